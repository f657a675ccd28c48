export { faceBox } from './face-box.ts';
export { colorReader, luma, mix, patchColor, shade } from './face-colors.ts';
export { toFace, toPicture } from './face-frame.ts';
export { lipSeam } from './lip-seam.ts';
export { lowerLipEdge } from './lower-lip-edge.ts';
export { filmFace, pictureFrame } from './mouth-frames.ts';
export { fromPupils, pupilFrame, resizedPupilFrame, toPupils } from './pupil-frame.ts';

export type { EyesAndMouth } from './face-box.ts';
export type { Color, ReadColor } from './face-colors.ts';
export type { FaceFrame } from './face-frame.ts';
export type { LipSeam } from './lip-seam.ts';
export type { FilmFace, PictureFrame } from './mouth-frames.ts';
export type { FacePoint, Point } from './point.ts';
export type { PupilFrame } from './pupil-frame.ts';
