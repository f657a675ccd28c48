import { colorReader, filmFace, lipSeam, toFace, type FilmFace } from '@soliloquy/face';
import { premultipliedPlanes, type Planes } from '@soliloquy/image-kernels';
import { resizeImage } from '@soliloquy/media';
import type { Image, Landmarks } from '@soliloquy/ports';
import { activePixels, type ActivePixels } from './active-pixels.ts';
import { bodyField, type BodyField } from './body-field.ts';
import { createEyes, type Eyes } from './eyes.ts';
import type { PuppetMotion } from './motion.ts';
import { createMouth, FARTHEST_FACE_TRAVEL, type Mouth } from './mouth.ts';

/**
 * The picture is stored finer than the film by this factor, so that bicubic sampling between its pixels loses nothing
 * that a film pixel can show.
 */
export const OVERSAMPLING = 2;

/** What moves by less than this over the whole film, in film pixels, does not move. */
const STILL = 0.02;

/** A picture that is to be moved. */
export interface PuppetScene {
  /** alpha is the matte */
  readonly image: Image;
  readonly landmarks: Landmarks;
  /** same aspect as the picture; any size */
  readonly background: Image;
  /** film pixels */
  readonly width: number;
  readonly height: number;
}

/** The moving pixels of a film in the order they are computed in: those of the outline first. */
export interface MovingPixels {
  /** i32 [moving] index of each pixel in the film */
  readonly indices: Int32Array;
  /** the first so many may show the outline, all others are inside the person in every frame */
  readonly outline: number;
  /** i32 [moving] node of the body's grid at the upper left of each pixel's middle */
  readonly cells: Int32Array;
  /** f32 [moving] how far the middle lies from that node towards the next, 0 … 1 */
  readonly cellXs: Float32Array;
  readonly cellYs: Float32Array;
  /** u8 [moving] 1 where mouth, lids or brows may be concerned in some frame */
  readonly onFace: Uint8Array;
}

/** All of a film that no frame changes. */
export interface PreparedScene {
  readonly width: number;
  readonly height: number;
  readonly face: FilmFace;
  readonly mouth: Mouth;
  readonly eyes: Eyes;
  readonly body: BodyField;
  /** the person at OVERSAMPLING times the film's size, premultiplied */
  readonly source: Planes;
  /** u8 [height, width, 4] the background, opaque */
  readonly background: Uint8ClampedArray;
  readonly pixels: ActivePixels;
  readonly moving: MovingPixels;
}

/** Brings the picture to the film's size, finds lips and lids in it, and says which pixels can ever change. */
export async function prepareScene(scene: PuppetScene, motion: PuppetMotion): Promise<PreparedScene> {
  const { width, height } = scene;
  // Down to the film's size first: what a film pixel cannot show would shimmer as the picture moves.
  const person = await resizeImage(scene.image, width, height);
  const source = premultipliedPlanes(
    (await resizeImage(person, OVERSAMPLING * width, OVERSAMPLING * height)).data,
    OVERSAMPLING * width,
    OVERSAMPLING * height,
  );
  const background = (await resizeImage(scene.background, width, height)).data;
  for (let i = 3; i < background.length; i += 4) background[i] = 255;

  const face = filmFace(scene.landmarks, width, height);
  const read = colorReader(scene.image, filmFace(scene.landmarks, scene.image.width, scene.image.height));
  const mouth = createMouth(face, lipSeam(face, read), read);
  const eyes = createEyes(face, read);
  const body = bodyField(
    face,
    width,
    height,
    (x, y) => person.data[4 * (clamp(Math.floor(y), height - 1) * width + clamp(Math.floor(x), width - 1)) + 3] > 127,
  );
  const travel = body.travel(motion);
  const onFace = (x: number, y: number, margin: number): boolean => {
    const { u, v } = toFace(face, x + 0.5, y + 0.5);
    return mouth.concerns(u, v, margin / face.unit) || eyes.concerns(u, v, margin / face.unit);
  };
  const pixels = activePixels(person.data, width, height, (x, y) => {
    const far = travel(x, y);
    const near = onFace(x, y, far);
    return far < STILL && !near ? 0 : far + (near ? FARTHEST_FACE_TRAVEL * face.unit : 0) + 3;
  });
  const moving = movingPixels(pixels, width, body, (x, y) => onFace(x, y, travel(x, y)));
  return { width, height, face, mouth, eyes, body, source, background, pixels, moving };
}

function movingPixels(
  { edge, inside }: ActivePixels,
  width: number,
  { grid }: BodyField,
  onFace: (x: number, y: number) => boolean,
): MovingPixels {
  const indices = Int32Array.from([...edge, ...inside]);
  const moving: MovingPixels = {
    indices,
    outline: edge.length,
    cells: new Int32Array(indices.length),
    cellXs: new Float32Array(indices.length),
    cellYs: new Float32Array(indices.length),
    onFace: new Uint8Array(indices.length),
  };
  indices.forEach((index, i) => {
    const [x, y] = [index % width, Math.floor(index / width)];
    const [gx, gy] = [(x + 0.5) / grid.step, (y + 0.5) / grid.step];
    moving.cells[i] = Math.floor(gy) * grid.columns + Math.floor(gx);
    moving.cellXs[i] = gx - Math.floor(gx);
    moving.cellYs[i] = gy - Math.floor(gy);
    moving.onFace[i] = onFace(x, y) ? 1 : 0;
  });
  return moving;
}

function clamp(value: number, largest: number): number {
  return Math.min(largest, Math.max(0, value));
}
