import { createGather, onePlane, premultipliedPlanes } from '@soliloquy/image-kernels';
import type { Gather, GatherEngine, Planes } from '@soliloquy/image-kernels';
import { resizeImage } from '@soliloquy/media';
import type { Image, Landmarks } from '@soliloquy/ports';
import { bodyField } from './body-field.ts';
import { createEyes } from './eyes.ts';
import { colourReader } from './face-colours.ts';
import { faceFrame } from './face-frame.ts';
import { lipLine } from './lip-line.ts';
import type { PuppetMotion } from './motion.ts';
import { createMouth } from './mouth.ts';
import type { Placement } from './placement.ts';

/** The picture is stored finer than the film by this factor, so that bicubic sampling between its pixels loses nothing that a film pixel can show. */
const OVERSAMPLING = 2;
/** No point of the person travels further than this, in units of the face and of expressiveness 1. */
const FARTHEST_TRAVEL = 0.5;

/** Paints the frames of one film. Calls may overlap; they are done in turn. */
export interface PuppetRenderer {
  readonly width: number;
  readonly height: number;
  /** @param rgba u8 [height, width, 4] written */
  frame(index: number, rgba: Uint8ClampedArray): Promise<void>;
  /** @param coverage u8 [height, width] written: coverage of the person */
  matte(index: number, coverage: Uint8ClampedArray): Promise<void>;
}

/**
 * Prepares a picture for being moved. The person is a layer over a still background; of its pixels only those near the matte are ever computed.
 *
 * @param scene.image      alpha is the matte
 * @param scene.background same aspect as the picture; any size
 * @param scene.travel     how far the motion may go relative to expressiveness 1
 */
export async function puppetRenderer(
  scene: { readonly image: Image; readonly landmarks: Landmarks; readonly background: Image; readonly width: number; readonly height: number; readonly travel: number },
  motion: PuppetMotion,
  engine: GatherEngine,
): Promise<PuppetRenderer> {
  const { width, height } = scene;
  // Down to the film's size first: what a film pixel cannot show would shimmer as the picture moves.
  const person = await resizeImage(scene.image, width, height);
  const source: Planes = premultipliedPlanes((await resizeImage(person, OVERSAMPLING * width, OVERSAMPLING * height)).data, OVERSAMPLING * width, OVERSAMPLING * height);
  const still = (await resizeImage(scene.background, width, height)).data;
  for (let i = 3; i < still.length; i += 4) still[i] = 255;

  const face = faceFrame(scene.landmarks, width, height);
  const own = faceFrame(scene.landmarks, scene.image.width, scene.image.height);
  const read = colourReader(scene.image, own);
  const mouth = createMouth(face, lipLine(face, read), read, face.unit);
  const eyes = createEyes(face, read, face.unit);
  const body = bodyField(face, width, height, (x, y) => person.data[4 * (clamp(Math.floor(y), height - 1) * width + clamp(Math.floor(x), width - 1)) + 3] > 127);
  const active = nearPerson(person.data, width, height, Math.ceil(FARTHEST_TRAVEL * face.unit * Math.max(1, scene.travel)) + 3);

  const gridXs = new Float32Array(body.rows * body.columns);
  const gridYs = new Float32Array(body.rows * body.columns);
  const points = Math.max(4, Math.ceil(active.length / 4) * 4);
  const xs = new Float32Array(points);
  const ys = new Float32Array(points);
  const paint = new Float32Array(4 * active.length);
  const gathers: { colour?: Gather; matte?: Gather } = {};
  const pixel: Placement = { a: 0, b: 0, red: 0, green: 0, blue: 0, cover: 0 };

  /** Fills xs, ys (pixels of the source) and paint (sRGB and coverage) for one frame. */
  function place(frame: number): void {
    body.backward(motion, frame, gridXs, gridYs);
    const { channels } = motion;
    const lips = mouth.state(channels.jawOpen[frame], channels.lipWidth[frame], channels.lipPart[frame]);
    const [blink, brow] = [channels.blink[frame], channels.browRaise[frame]];
    const { step, columns } = body;
    const { unit, across, down, toLocal } = face;
    const origin = toLocal(0, 0);
    const [ax, ay, bx, by] = [across.x / unit, across.y / unit, down.x / unit, down.y / unit];
    paint.fill(0);
    for (let i = 0; i < active.length; i++) {
      const column = active[i] % width;
      const row = (active[i] - column) / width;
      const gx = (column + 0.5) / step;
      const gy = (row + 0.5) / step;
      const [x0, y0] = [Math.floor(gx), Math.floor(gy)];
      const [u, v] = [gx - x0, gy - y0];
      const at = y0 * columns + x0;
      let x = (1 - v) * ((1 - u) * gridXs[at] + u * gridXs[at + 1]) + v * ((1 - u) * gridXs[at + columns] + u * gridXs[at + columns + 1]);
      let y = (1 - v) * ((1 - u) * gridYs[at] + u * gridYs[at + 1]) + v * ((1 - u) * gridYs[at + columns] + u * gridYs[at + columns + 1]);
      const a = origin.a + x * ax + y * ay;
      const b = origin.b + x * bx + y * by;
      if (a > -1.3 && a < 1.3 && b > -1.7 && b < 1.7) {
        pixel.a = a;
        pixel.b = b;
        pixel.cover = 0;
        if (b < -0.5) eyes.place(blink, brow, pixel);
        else mouth.place(lips, pixel);
        // Only the difference is carried over, so that a pixel at rest stays where it is to the last bit.
        const [da, db] = [(pixel.a - a) * unit, (pixel.b - b) * unit];
        x += da * across.x + db * down.x;
        y += da * across.y + db * down.y;
        if (pixel.cover > 0) {
          paint[4 * i] = pixel.red;
          paint[4 * i + 1] = pixel.green;
          paint[4 * i + 2] = pixel.blue;
          paint[4 * i + 3] = pixel.cover;
        }
      }
      xs[i] = OVERSAMPLING * x;
      ys[i] = OVERSAMPLING * y;
    }
  }

  let last: Promise<void> = Promise.resolve();
  /** One at a time: coordinates and results are shared. */
  function inTurn(work: () => Promise<void>): Promise<void> {
    const done = last.then(work);
    last = done.catch(() => undefined);
    return done;
  }

  return {
    width,
    height,
    frame: (index, rgba) =>
      inTurn(async () => {
        rgba.set(still);
        if (active.length === 0) return;
        gathers.colour ??= await createGather(source, points, engine);
        place(index);
        const [red, green, blue, alpha] = await gathers.colour.sample(xs, ys);
        for (let i = 0; i < active.length; i++) {
          const coverage = clamp01(alpha[i]);
          if (coverage === 0) continue;
          const at = 4 * active[i];
          const painted = paint[4 * i + 3];
          const [keep, behind] = [1 - painted, 1 - coverage];
          rgba[at] = 255 * (keep * between(red[i], coverage) + painted * coverage * paint[4 * i]) + behind * rgba[at];
          rgba[at + 1] = 255 * (keep * between(green[i], coverage) + painted * coverage * paint[4 * i + 1]) + behind * rgba[at + 1];
          rgba[at + 2] = 255 * (keep * between(blue[i], coverage) + painted * coverage * paint[4 * i + 2]) + behind * rgba[at + 2];
        }
      }),
    matte: (index, coverage) =>
      inTurn(async () => {
        coverage.fill(0);
        if (active.length === 0) return;
        gathers.matte ??= await createGather(onePlane(source, 3), points, engine);
        place(index);
        const [alpha] = await gathers.matte.sample(xs, ys);
        for (let i = 0; i < active.length; i++) coverage[active[i]] = 255 * clamp01(alpha[i]);
      }),
  };
}

/** Pixels within `reach` (in both directions) of any that the person covers, ascending. */
function nearPerson(rgba: Uint8ClampedArray, width: number, height: number, reach: number): Int32Array {
  const along = new Uint8Array(width * height);
  for (let y = 0; y < height; y++) {
    let until = -1;
    for (let x = -reach; x < width; x++) {
      const ahead = x + reach;
      if (ahead < width && rgba[4 * (y * width + ahead) + 3] > 0) until = ahead + reach;
      if (x >= 0 && x <= until) along[y * width + x] = 1;
    }
  }
  const found: number[] = [];
  const near = new Uint8Array(width * height);
  for (let x = 0; x < width; x++) {
    let until = -1;
    for (let y = -reach; y < height; y++) {
      const ahead = y + reach;
      if (ahead < height && along[ahead * width + x]) until = ahead + reach;
      if (y >= 0 && y <= until) near[y * width + x] = 1;
    }
  }
  for (let i = 0; i < near.length; i++) if (near[i]) found.push(i);
  return Int32Array.from(found);
}

function clamp(value: number, largest: number): number {
  return Math.min(largest, Math.max(0, value));
}

function clamp01(x: number): number {
  return x < 0 ? 0 : x > 1 ? 1 : x;
}

/** A premultiplied colour is between nothing and its coverage; cubic weights overshoot. */
function between(colour: number, coverage: number): number {
  return colour < 0 ? 0 : colour > coverage ? coverage : colour;
}
