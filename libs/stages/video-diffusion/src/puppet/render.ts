import {
  createGather,
  planesFrom,
  premultipliedPlanes,
  type Gather,
  type GatherEngine,
  type Planes,
} from '@soliloquy/image-kernels';
import { resizeImage } from '@soliloquy/media';
import type { Image, Landmarks } from '@soliloquy/ports';
import { activePixels } from './active-pixels.ts';
import { bodyField } from './body-field.ts';
import { createEyes } from './eyes.ts';
import { colourReader } from './face-colours.ts';
import { faceFrame } from './face-frame.ts';
import { lipLine } from './lip-line.ts';
import type { PuppetMotion } from './motion.ts';
import { createMouth, FARTHEST_FACE_TRAVEL } from './mouth.ts';
import type { Placement } from './placement.ts';

/**
 * The picture is stored finer than the film by this factor, so that bicubic sampling between its pixels loses nothing
 * that a film pixel can show.
 */
const OVERSAMPLING = 2;

/** What moves by less than this over the whole film, in film pixels, does not move. */
const STILL = 0.02;

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
 * Prepares a picture for being moved. The person is a layer over a still background; of its pixels only those near the
 * matte are ever computed.
 *
 * @param scene.image      alpha is the matte
 * @param scene.background same aspect as the picture; any size
 */
export async function puppetRenderer(
  scene: {
    readonly image: Image;
    readonly landmarks: Landmarks;
    readonly background: Image;
    readonly width: number;
    readonly height: number;
  },
  motion: PuppetMotion,
  engine: GatherEngine,
): Promise<PuppetRenderer> {
  const { width, height } = scene;
  // Down to the film's size first: what a film pixel cannot show would shimmer as the picture moves.
  const person = await resizeImage(scene.image, width, height);
  const source: Planes = premultipliedPlanes(
    (await resizeImage(person, OVERSAMPLING * width, OVERSAMPLING * height)).data,
    OVERSAMPLING * width,
    OVERSAMPLING * height,
  );
  const still = (await resizeImage(scene.background, width, height)).data;
  for (let i = 3; i < still.length; i += 4) still[i] = 255;

  const face = faceFrame(scene.landmarks, width, height);
  const own = faceFrame(scene.landmarks, scene.image.width, scene.image.height);
  const read = colourReader(scene.image, own);
  const mouth = createMouth(face, lipLine(face, read), read, face.unit);
  const eyes = createEyes(face, read, face.unit);
  const body = bodyField(
    face,
    width,
    height,
    (x, y) => person.data[4 * (clamp(Math.floor(y), height - 1) * width + clamp(Math.floor(x), width - 1)) + 3] > 127,
  );
  const travel = body.travel(motion);
  const onFace = (x: number, y: number, margin: number): boolean => {
    const { a, b } = face.toLocal(x + 0.5, y + 0.5);
    return mouth.concerns(a, b, margin / face.unit) || eyes.concerns(a, b, margin / face.unit);
  };
  const pixels = activePixels(person.data, width, height, (x, y) => {
    const far = travel(x, y);
    const near = onFace(x, y, far);
    return far < STILL && !near ? 0 : far + (near ? FARTHEST_FACE_TRAVEL * face.unit : 0) + 3;
  });
  const { inside, edge } = pixels;

  const gridXs = new Float32Array(body.rows * body.columns);
  const gridYs = new Float32Array(body.rows * body.columns);
  const active = Int32Array.from([...edge, ...inside]);
  const [all, outline] = [pointBuffers(active.length), pointBuffers(edge.length)];
  // Where each active pixel lies in the grid, and whether the face's own motion may concern it.
  const cells = new Int32Array(active.length);
  const us = new Float32Array(active.length);
  const vs = new Float32Array(active.length);
  const faceFlags = new Uint8Array(active.length);
  active.forEach((index, i) => {
    const [x, y] = [index % width, Math.floor(index / width)];
    const [gx, gy] = [(x + 0.5) / body.step, (y + 0.5) / body.step];
    cells[i] = Math.floor(gy) * body.columns + Math.floor(gx);
    us[i] = gx - Math.floor(gx);
    vs[i] = gy - Math.floor(gy);
    faceFlags[i] = onFace(x, y, travel(x, y)) ? 1 : 0;
  });
  const paint = new Float32Array(4 * active.length);
  const gathers: { colour?: Gather; coverage?: Gather } = {};
  const pixel: Placement = { a: 0, b: 0, red: 0, green: 0, blue: 0, cover: 0 };

  /** Fills the first `count` of xs, ys (pixels of the source) and of paint (sRGB and coverage) for one frame. */
  function place(frame: number, count: number, { xs, ys }: { xs: Float32Array; ys: Float32Array }): void {
    body.backward(motion, frame, gridXs, gridYs);
    const { channels } = motion;
    const lips = mouth.state(channels.jawOpen[frame], channels.lipWidth[frame], channels.lipPart[frame]);
    const [blink, brow] = [channels.blink[frame], channels.browRaise[frame]];
    const eyesMove = blink > 0 || brow > 0;
    const { columns } = body;
    const { unit, across, down, toLocal } = face;
    const origin = toLocal(0, 0);
    const [ax, ay, bx, by] = [across.x / unit, across.y / unit, down.x / unit, down.y / unit];
    for (let i = 0; i < count; i++) {
      const at = cells[i];
      const u = us[i];
      const v = vs[i];
      let x =
        (1 - v) * ((1 - u) * gridXs[at] + u * gridXs[at + 1]) +
        v * ((1 - u) * gridXs[at + columns] + u * gridXs[at + columns + 1]);
      let y =
        (1 - v) * ((1 - u) * gridYs[at] + u * gridYs[at + 1]) +
        v * ((1 - u) * gridYs[at + columns] + u * gridYs[at + columns + 1]);
      if (faceFlags[i] === 0) {
        xs[i] = OVERSAMPLING * x;
        ys[i] = OVERSAMPLING * y;
        continue;
      }
      const a = origin.a + x * ax + y * ay;
      const b = origin.b + x * bx + y * by;
      paint[4 * i + 3] = 0;
      const onMouth = mouth.concerns(a, b, 0);
      const onEyes = eyesMove && !onMouth && eyes.concerns(a, b, 0);
      if (onMouth || onEyes) {
        pixel.a = a;
        pixel.b = b;
        pixel.cover = 0;
        if (onMouth) mouth.place(lips, pixel);
        else eyes.place(blink, brow, pixel);
        // Only the difference is carried over, so that a pixel at rest stays where it is to the last bit.
        const da = (pixel.a - a) * unit;
        const db = (pixel.b - b) * unit;
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

  /** Coverage of the edge pixels in the frame that was placed last, f32 [edge]. */
  async function outlineCoverage(from: { xs: Float32Array; ys: Float32Array }): Promise<Float32Array> {
    outline.xs.set(from.xs.subarray(0, edge.length));
    outline.ys.set(from.ys.subarray(0, edge.length));
    gathers.coverage ??= await createGather(planesFrom(source, 3, 1), outline.xs.length, engine);
    return (await gathers.coverage.sample(outline.xs, outline.ys))[0];
  }

  const stillMatte = new Uint8ClampedArray(width * height);
  for (const i of inside) stillMatte[i] = 255;
  await paintStill();

  /** What never moves is painted once, sampled as the rest is, so that no seam of sharpness shows between them. */
  async function paintStill(): Promise<void> {
    if (pixels.still.length === 0) return;
    const { xs, ys } = pointBuffers(pixels.still.length);
    pixels.still.forEach((index, i) => {
      xs[i] = OVERSAMPLING * ((index % width) + 0.5);
      ys[i] = OVERSAMPLING * (Math.floor(index / width) + 0.5);
    });
    const samples = await (await createGather(source, xs.length, engine)).sample(xs, ys);
    pixels.still.forEach((index, i) => {
      const coverage = clamp01(samples[3][i]);
      for (let c = 0; c < 3; c++)
        still[4 * index + c] = 255 * between(samples[c][i], coverage) + (1 - coverage) * still[4 * index + c];
      stillMatte[index] = 255 * coverage;
    });
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
        gathers.colour ??= await createGather(planesFrom(source, 0, 3), all.xs.length, engine);
        place(index, active.length, all);
        const alpha = edge.length > 0 ? await outlineCoverage(all) : new Float32Array(0);
        const [red, green, blue] = await gathers.colour.sample(all.xs, all.ys);
        for (let i = 0; i < active.length; i++) {
          const at = 4 * active[i];
          const painted = paint[4 * i + 3];
          if (i >= edge.length && painted === 0) {
            rgba[at] = 255 * red[i];
            rgba[at + 1] = 255 * green[i];
            rgba[at + 2] = 255 * blue[i];
            continue;
          }
          const coverage = i < edge.length ? clamp01(alpha[i]) : 1;
          if (coverage === 0) continue;
          const keep = 255 * (1 - painted);
          const over = 255 * painted * coverage;
          const behind = 1 - coverage;
          rgba[at] = keep * between(red[i], coverage) + over * paint[4 * i] + behind * rgba[at];
          rgba[at + 1] = keep * between(green[i], coverage) + over * paint[4 * i + 1] + behind * rgba[at + 1];
          rgba[at + 2] = keep * between(blue[i], coverage) + over * paint[4 * i + 2] + behind * rgba[at + 2];
        }
      }),
    matte: (index, coverage) =>
      inTurn(async () => {
        coverage.set(stillMatte);
        if (edge.length === 0) return;
        place(index, edge.length, all);
        const alpha = await outlineCoverage(all);
        for (let i = 0; i < edge.length; i++) coverage[edge[i]] = 255 * clamp01(alpha[i]);
      }),
  };
}

/** Coordinates of `count` points, in the number that a gather takes. */
function pointBuffers(count: number): { xs: Float32Array; ys: Float32Array } {
  const padded = Math.max(4, Math.ceil(count / 4) * 4);
  return { xs: new Float32Array(padded), ys: new Float32Array(padded) };
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
