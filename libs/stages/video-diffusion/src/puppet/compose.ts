import { createGather, type GatherEngine, type Planes } from '@soliloquy/image-kernels';
import { pointBuffers } from './place-pixels.ts';
import { OVERSAMPLING, type MovingPixels, type PreparedScene } from './prepare-scene.ts';

/** What of a film is painted once: where nothing moves. */
export interface StillLayer {
  /** u8 [height, width, 4] background, and the parts of the person that never move */
  readonly rgba: Uint8ClampedArray;
  /** u8 [height, width] coverage of the person where no outline moves */
  readonly matte: Uint8ClampedArray;
}

/** What the person's moving pixels show in one frame. */
export interface FrameSamples {
  /** f32 [moving] each, premultiplied sRGB 0 … 1 */
  readonly colors: readonly Float32Array[];
  /** f32 [outline] coverage of the person */
  readonly alpha: Float32Array;
  /** f32 [moving, 4] what is painted over the person: sRGB and coverage */
  readonly paint: Float32Array;
}

/** What never moves is painted once, sampled as the rest is, so that no seam of sharpness shows between them. */
export async function paintStill(
  { width, height, background, pixels }: PreparedScene,
  source: Planes,
  engine: GatherEngine,
): Promise<StillLayer> {
  const rgba = background.slice();
  const matte = new Uint8ClampedArray(width * height);
  for (const i of pixels.inside) matte[i] = 255;
  if (pixels.still.length === 0) return { rgba, matte };
  const { xs, ys } = pointBuffers(pixels.still.length);
  pixels.still.forEach((index, i) => {
    xs[i] = OVERSAMPLING * ((index % width) + 0.5);
    ys[i] = OVERSAMPLING * (Math.floor(index / width) + 0.5);
  });
  const gather = await createGather(source, xs.length, engine);
  const samples = await gather.sample(xs, ys);
  pixels.still.forEach((index, i) => {
    const coverage = clamp01(samples[3][i]);
    for (let c = 0; c < 3; c++)
      rgba[4 * index + c] = 255 * between(samples[c][i], coverage) + (1 - coverage) * rgba[4 * index + c];
    matte[index] = 255 * coverage;
  });
  await gather.close();
  return { rgba, matte };
}

/** Lays the moving pixels of a frame over what is behind them: paint over person over background. */
export function composeFrame(
  rgba: Uint8ClampedArray,
  { indices, outline }: MovingPixels,
  { colors, alpha, paint }: FrameSamples,
): void {
  const [red, green, blue] = colors;
  for (let i = 0; i < indices.length; i++) {
    const at = 4 * indices[i];
    const painted = paint[4 * i + 3];
    if (i >= outline && painted === 0) {
      rgba[at] = 255 * red[i];
      rgba[at + 1] = 255 * green[i];
      rgba[at + 2] = 255 * blue[i];
      continue;
    }
    const coverage = i < outline ? clamp01(alpha[i]) : 1;
    if (coverage === 0) continue;
    const keep = 255 * (1 - painted);
    const over = 255 * painted * coverage;
    const behind = 1 - coverage;
    rgba[at] = keep * between(red[i], coverage) + over * paint[4 * i] + behind * rgba[at];
    rgba[at + 1] = keep * between(green[i], coverage) + over * paint[4 * i + 1] + behind * rgba[at + 1];
    rgba[at + 2] = keep * between(blue[i], coverage) + over * paint[4 * i + 2] + behind * rgba[at + 2];
  }
}

/** Writes the outline's coverage of a frame, u8. */
export function composeMatte(
  coverage: Uint8ClampedArray,
  { indices, outline }: MovingPixels,
  alpha: Float32Array,
): void {
  for (let i = 0; i < outline; i++) coverage[indices[i]] = 255 * clamp01(alpha[i]);
}

function clamp01(x: number): number {
  return x < 0 ? 0 : x > 1 ? 1 : x;
}

/** A premultiplied color is between nothing and its coverage; cubic weights overshoot. */
function between(color: number, coverage: number): number {
  return color < 0 ? 0 : color > coverage ? coverage : color;
}
