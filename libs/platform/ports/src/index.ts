export { attributes } from './attributes.ts';
export { audio } from './audio.ts';
export { backbone } from './backbone.ts';
export { camera, cameraSchema, scaleCamera } from './camera.ts';
export { deformation } from './deformation-port.ts';
export { file } from './file.ts';
export { REGIONS } from './gaussians.ts';
export { gaussians } from './gaussians-port.ts';
export { image } from './image.ts';
export { canonicalJson, jsonPort } from './json-port.ts';
export { LANDMARKS, landmarks, landmarksSchema, PARTS } from './landmarks.ts';
export { metrics } from './metrics.ts';
export { model } from './model.ts';
export { motion } from './motion.ts';
export { parseValue, PortError } from './port-error.ts';
export { PORT_TYPES, portTypeById } from './port-types.ts';
export { report } from './report.ts';
export { text } from './text.ts';
export { timings } from './timings.ts';
export { tracks } from './tracks.ts';
export { video } from './video.ts';

export type { ArtifactFiles, PortType, Preview, UserGiven, ValueOf } from './port-type.ts';
export type { Camera } from './camera.ts';
export type { Deformation, DenseDeformation, ParticleDeformation } from './deformation.ts';
export type { FaceLandmarkName, LandmarkName, LandmarkPoint, Landmarks, Part } from './landmarks.ts';
export type { Gaussians, RegionName } from './gaussians.ts';
export type {
  Attributes,
  BackboneReference,
  MetricNote,
  Metrics,
  Model,
  Motion,
  Report,
  Timings,
  Tracks,
  UserFile,
} from './values.ts';
export type { Audio, FrameData, Image, Video, VideoMatte } from '@soliloquy/media';
