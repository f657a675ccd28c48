import { bodyLayers, type BodyLayers } from '@soliloquy/body-layers';
import { colorReader, filmFace, lipSeam, toFace, type FilmFace } from '@soliloquy/face';
import { premultipliedPlanes, type Planes } from '@soliloquy/image-kernels';
import { resizeImage } from '@soliloquy/media';
import type { Image, Landmarks } from '@soliloquy/ports';
import { activePixels, type ActivePixels, type Coverage } from './active-pixels.ts';
import { bodyField, type BodyField } from './body-field.ts';
import { createEyes, type Eyes } from './eyes.ts';
import { armRigs, type ArmRigs } from './limbs/arm-pose.ts';
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
  /** the person at the film's size taken apart (`takeApart`) */
  readonly taken: BodyLayers;
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
  readonly rigs: ArmRigs;
  /** the person at OVERSAMPLING times the film's size, premultiplied */
  readonly whole: Planes;
  /** the same without the arms that move by themselves, filled in behind them; undefined where none does */
  readonly trunk: Planes | undefined;
  /** u8 [height, width, 4] the background, opaque */
  readonly background: Uint8ClampedArray;
  readonly pixels: ActivePixels;
  readonly moving: MovingPixels;
}

/** The person at the film's size, in layers. */
export async function takeApart({
  image,
  landmarks,
  width,
  height,
}: Pick<PuppetScene, 'image' | 'landmarks' | 'width' | 'height'>): Promise<BodyLayers> {
  return bodyLayers(await resizeImage(image, width, height), landmarks);
}

/** Finds lips and lids in the picture, and says which pixels can ever change. */
export async function prepareScene(scene: PuppetScene, motion: PuppetMotion): Promise<PreparedScene> {
  const { width, height, taken, landmarks } = scene;
  // Down to the film's size first: what a film pixel cannot show would shimmer as the picture moves.
  const person = await resizeImage(scene.image, width, height);
  const whole = await sourceOf(person);
  const trunkImage = taken.layers.length > 1 ? taken.layers[0].image : undefined;
  const background = (await resizeImage(scene.background, width, height)).data;
  for (let i = 3; i < background.length; i += 4) background[i] = 255;

  const face = filmFace(landmarks, width, height);
  const read = colorReader(scene.image, filmFace(landmarks, scene.image.width, scene.image.height));
  const mouth = createMouth(face, lipSeam(face, read), read);
  const eyes = createEyes(face, read);
  const rigs = armRigs(taken);
  const body = bodyField(landmarks, width, height, rigs);
  const travel = body.travel(motion);
  const onFace = (x: number, y: number, margin: number): boolean => {
    const { u, v } = toFace(face, x + 0.5, y + 0.5);
    return mouth.concerns(u, v, margin / face.unit) || eyes.concerns(u, v, margin / face.unit);
  };
  const pixels = activePixels(coverageOf(person, trunkImage), (x, y) => {
    const far = travel(x, y);
    const near = onFace(x, y, far);
    return far < STILL && !near ? 0 : far + (near ? FARTHEST_FACE_TRAVEL * face.unit : 0) + 3;
  });
  const moving = movingPixels(pixels, width, body, (x, y) => onFace(x, y, travel(x, y)));
  const trunk = trunkImage && (await sourceOf(trunkImage));
  return { width, height, face, mouth, eyes, body, rigs, whole, trunk, background, pixels, moving };
}

async function sourceOf(image: Image): Promise<Planes> {
  const [width, height] = [OVERSAMPLING * image.width, OVERSAMPLING * image.height];
  return premultipliedPlanes((await resizeImage(image, width, height)).data, width, height);
}

/** What the person covers with the arms in the picture, and with the trunk alone. */
function coverageOf({ width, height, data }: Image, trunk: Image = { width, height, data }): Coverage {
  const alphas = (pick: (a: number, b: number) => number): Uint8Array =>
    Uint8Array.from({ length: width * height }, (_, i) => pick(data[4 * i + 3], trunk.data[4 * i + 3]));
  return { width, height, least: alphas(Math.min), most: alphas(Math.max) };
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
