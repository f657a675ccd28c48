import { bodyLayers } from '@soliloquy/body-layers';
import { lowerLipEdge, pictureFrame, type PictureFrame } from '@soliloquy/face';
import { alphaOf, rgbOf } from '@soliloquy/media';
import type { Image, Landmarks } from '@soliloquy/ports';
import { faceDepth } from './face-depth.ts';
import { armsApart, personLayers, type PersonLayers } from './person-layers.ts';
import { regionsOfPicture } from './regions-of-picture.ts';

/** The picture with the layers of its person, at the film's size. */
export interface Lifted {
  readonly width: number;
  readonly height: number;
  /** f32 [H, W, 3] 0 … 1, the own colours of what each pixel shows most of */
  readonly color: Float32Array;
  /** f32 [H, W] 0 … 1 */
  readonly matte: Float32Array;
  /** f32 [H, W] world depth of the surface */
  readonly depth: Float32Array;
  readonly frame: PictureFrame;
  readonly regionAt: (x: number, y: number) => number;
  readonly person: PersonLayers;
}

/** @param picture rgba at the film's size, alpha is the matte */
export function liftPicture(picture: Image, landmarks: Landmarks): Lifted {
  const { width, height } = picture;
  const frame = pictureFrame(landmarks, width);
  const body = bodyLayers(picture, landmarks);
  const lips = lowerLipEdge(rgbOf(picture), width, height, frame);
  const person = personLayers(body, {
    regionAt: regionsOfPicture(frame, lips, armsApart(body)),
    face: faceDepth(landmarks, width, height),
  });
  const { layers, top } = person;
  return {
    width,
    height,
    matte: alphaOf(picture),
    frame,
    person,
    color: Float32Array.from(
      { length: 3 * width * height },
      (_, k) => layers[top[Math.floor(k / 3)]].rgba[4 * Math.floor(k / 3) + (k % 3)] / 255,
    ),
    depth: Float32Array.from(top, (k, i) => layers[k].depth[i]),
    regionAt: (x, y) => layers[top[Math.floor(y) * width + Math.floor(x)]].regionAt(x, y),
  };
}
