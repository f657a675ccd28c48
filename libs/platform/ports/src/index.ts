export { attributes } from './attributes.ts';
export { audio } from './audio.ts';
export { backbone } from './backbone.ts';
export { camera, cameraSchema, scaleCamera } from './camera.ts';
export { deformation } from './deformation.ts';
export { exampleCard } from './example-card.ts';
export { file } from './file.ts';
export { gaussians, REGIONS } from './gaussians.ts';
export { image } from './image.ts';
export { canonicalJson, jsonPort } from './json-port.ts';
export { LANDMARKS, landmarks, landmarksSchema, PARTS } from './landmarks.ts';
export { FILMS, metrics } from './metrics.ts';
export { contentsOf, model } from './model.ts';
export { motion } from './motion.ts';
export { parseValue, PortError } from './port-error.ts';
export { isPortType } from './port-type.ts';
export { report } from './report.ts';
export { text } from './text.ts';
export { timings } from './timings.ts';
export { TRACK_PARTS, tracks } from './tracks.ts';
export { video } from './video.ts';
export { viewerOf, VIEWERS } from './viewers.ts';
export { plainFileName, splitEnding } from './plain-name.ts';

export type { PortFile } from './port-file.ts';
export type { ArtifactFiles, Giving, PortType, Preview, UserGiven, ValueOf } from './port-type.ts';
export type { Camera } from './camera.ts';
export type { Deformation, DenseDeformation, ParticleDeformation } from './deformation.ts';
export type {
  DenseHand,
  DensePoint,
  FaceLandmarkName,
  LandmarkName,
  LandmarkPoint,
  Landmarks,
  Part,
} from './landmarks.ts';
export type { Gaussians, RegionName } from './gaussians.ts';
export type { Attributes } from './attributes.ts';
export type { BackboneReference } from './backbone.ts';
export type { MetricNote, Metrics } from './metrics.ts';
export type { Model, ModelContents, ModelFiles, ModelOf, ModelPort, NetworkContents, TensorContents } from './model.ts';
export type { Motion } from './motion.ts';
export type { Report } from './report.ts';
export type { Timings } from './timings.ts';
export type { TrackLabels, TrackPart, Tracks } from './tracks.ts';
export type { UserFile } from './file.ts';
export type { Viewer } from './viewers.ts';
export type { Audio, Image, Video } from '@soliloquy/media';
