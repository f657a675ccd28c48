export { camera, cameraSchema, scaleCamera } from './camera.ts';
export { canonicalJson, jsonPort } from './json-port.ts';
export { LANDMARKS, PARTS, landmarks, landmarksSchema } from './landmarks.ts';
export { REGIONS } from './gaussians.ts';

export type { ArtifactFiles, PortType, Preview, UserGiven, ValueOf } from './port-type.ts';
export type { Camera } from './camera.ts';
export type { Deformation, DenseDeformation, ParticleDeformation } from './deformation.ts';
export type { FaceLandmarkName, LandmarkName, LandmarkPoint, Landmarks, Part } from './landmarks.ts';
export type { Gaussians, RegionName } from './gaussians.ts';
export type { Attributes, BackboneReference, Metrics, Model, Motion, Report, Timings, Tracks, UserFile } from './values.ts';
export type { Audio, FrameData, Image, Video, VideoMatte } from '@soliloquy/media';
