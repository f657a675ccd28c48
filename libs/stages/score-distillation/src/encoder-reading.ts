import { pullBackMotion, standardiseMotion, type MotionLayout } from '@soliloquy/gaussian-codec';
import { appearanceReader, fitHeld, tokenLayout, toTokens, type LinearEncoder } from '@soliloquy/latent-flow';
import type { LatentFlow } from '@soliloquy/latent-flow/motion';
import { resizeImage, rgbOf } from '@soliloquy/media';
import { scaleCamera, type Camera, type Image, type Landmarks } from '@soliloquy/ports';
import type { CarriedPoints } from './carried-points.ts';
import type { DrawnMotion } from './drawn-motion.ts';
import { pixelsOf, type SmallView } from './small-views.ts';

/** λ of the ridge regressions, of the mean square of what they see. */
const RIDGE = 3e-3;
/** Pixels of the frames that lids and mouth are read of, at most. */
const LOOK_AREA = 98_304;

/** How latents of the teacher are read of renders of one avatar, and of its particles: ẑ = offset + E (I − rest). */
export interface Reading {
  /** K */
  readonly latent: number;
  readonly encoder: LinearEncoder;
  /** f32 [px] the views of the avatar at rest */
  readonly rest: Float32Array;
  /** f32 [K] of the avatar at rest */
  readonly offset: Float32Array;
  /**
   * f32 [K] ρ, R² of what is read on poses that were not fitted on, times how steady its slope is (`meanSlope`); 0
   * where the first is below 0.3 or the second below 0.5
   */
  readonly trust: Float32Array;
  /** f32 [K] R² before that */
  readonly r2: Float32Array;
  /** The linear route: ẑ = offset + J (tokens − tokens at rest), on standardised tokens. */
  readonly linear: LinearEncoder;
  /** What a gradient on ẑ is pulled back by between exact steps: the Jacobian ∂ẑ/∂tokens, mean over poses */
  readonly slope: LinearEncoder;
  /** f32 [D] */
  readonly tokensAtRest: Float32Array;
  /** f32 [K] R² of the linear route against what the encoder reads */
  readonly linearR2: Float32Array;
}

/** Poses over which the Jacobian is averaged: of six the mean is still half noise. */
const SLOPES = 48;
/** Below this R² a number is not read of renders, and its gradient would be noise. */
const LEAST_R2 = 0.3;
/** Below this its slope is another at every pose, as that of lids and of the dark of the mouth. */
const LEAST_STEADINESS = 0.5;

/** An avatar whose latents are to be read. */
export interface ReadScene {
  readonly model: LatentFlow;
  readonly layout: MotionLayout;
  readonly carried: CarriedPoints;
  readonly drawn: DrawnMotion;
  readonly views: readonly SmallView[];
  readonly camera: Camera;
  readonly image: Image;
  readonly landmarks: Landmarks;
  readonly background: Image;
}

/**
 * Fits encoder and linear route of an avatar on poses of its clips: E reads latents of its own renders, each less its
 * render at rest, by ridge regression; the latents are those of its canonical points where the particles carry them,
 * and of lids and mouth as they look in a larger render. J is fitted to what E reads; it tells values better than
 * slopes, so gradients go by the mean Jacobian.
 *
 * @param poses f32 [M, P, 3] world
 */
export async function readAvatar(
  scene: ReadScene,
  poses: Float32Array,
  step: (done: number, total: number) => Promise<void>,
): Promise<Reading> {
  const { model, layout, drawn, views } = scene;
  const size = 3 * drawn.particles;
  const [count, pixels] = [poses.length / size, pixelsOf(views)];
  const still = new Float32Array(size);
  const rest = await seen(scene, still);
  const latents = await latentsOf(scene, poses);
  const pictures = new Float32Array(count * pixels);
  for (let i = 0; i < count; i++) {
    const picture = await seen(scene, poses.subarray(i * size, (i + 1) * size));
    pictures.set(
      picture.map((value, p) => value - rest[p]),
      i * pixels,
    );
    await step(i + 1, count);
  }
  const { latent } = model;
  const { encoder, r2 } = fitHeld(
    { count, width: pixels, data: pictures },
    { count, width: latent, data: latents.less },
    RIDGE,
  );
  const read = new Float32Array(count * latent);
  for (let i = 0; i < count; i++) {
    const picture = pictures.subarray(i * pixels, (i + 1) * pixels);
    for (let k = 0; k < latent; k++) {
      let sum = 0;
      for (let p = 0; p < pixels; p++) sum += encoder.matrix[k * pixels + p] * picture[p];
      read[i * latent + k] = sum;
    }
  }
  const tokensAtRest = inPlane(standardiseMotion(layout, still));
  const tokens = inPlane(standardiseMotion(layout, poses)).map(
    (value, i) => value - tokensAtRest[i % tokensAtRest.length],
  );
  const linear = fitHeld(
    { count, width: tokensAtRest.length, data: tokens },
    { count, width: latent, data: read },
    RIDGE,
  );
  const { slope, steadiness } = await meanSlope(scene, encoder, poses);
  return {
    latent,
    encoder,
    rest,
    offset: latents.offset,
    trust: trustOf(r2, steadiness),
    r2,
    linear: linear.encoder,
    slope,
    tokensAtRest,
    linearR2: linear.r2,
  };
}

function trustOf(r2: Float32Array, steadiness: Float32Array): Float32Array {
  return r2.map((value, k) => (value < LEAST_R2 || steadiness[k] < LEAST_STEADINESS ? 0 : value * steadiness[k]));
}

/**
 * ∂ẑ/∂tokens through the renderer, mean over poses: each row of E is pulled back to the particles.
 *
 * @returns `steadiness` f32 [K]: cosine of a number's slope at a pose and its mean slope, mean over poses
 */
async function meanSlope(
  scene: ReadScene,
  encoder: LinearEncoder,
  poses: Float32Array,
): Promise<{ readonly slope: LinearEncoder; readonly steadiness: Float32Array }> {
  const { layout, drawn } = scene;
  const { latent } = encoder;
  const size = 3 * drawn.particles;
  const count = poses.length / size;
  const used = Math.min(SLOPES, count);
  const width = 3 * layout.tokens;
  const mean = new Float32Array(latent * width);
  // Σ_i cos(J_i, J) = Σ_i u_i · J/|J|, u_i = J_i/|J_i|.
  const units = new Float32Array(latent * width);
  for (let i = 0; i < used; i++) {
    const pose = Math.floor(((i + 0.5) * count) / used);
    const at = await slopeAt(scene, encoder, poses.subarray(pose * size, (pose + 1) * size));
    for (let k = 0; k < latent; k++) {
      const row = at.subarray(k * width, (k + 1) * width);
      const length = Math.max(Number.MIN_VALUE, norm(row));
      for (let d = 0; d < width; d++) {
        mean[k * width + d] += row[d] / used;
        units[k * width + d] += row[d] / (used * length);
      }
    }
  }
  const steadiness = new Float32Array(latent);
  for (let k = 0; k < latent; k++) {
    const [row, unit] = [mean, units].map((of) => of.subarray(k * width, (k + 1) * width));
    const along = row.reduce((sum, value, d) => sum + value * unit[d], 0);
    steadiness[k] = along / Math.max(Number.MIN_VALUE, norm(row));
  }
  return { slope: { pixels: width, latent, matrix: mean }, steadiness };
}

/** ∂ẑ/∂tokens at one pose, f32 [K, tokens × 3]. */
async function slopeAt(
  { layout, drawn, views }: ReadScene,
  { matrix, pixels, latent }: LinearEncoder,
  pose: Float32Array,
): Promise<Float32Array> {
  const rows = new Float32Array(latent * pose.length);
  let at = 0;
  for (const view of views) {
    await drawn.draw(pose, view);
    for (let k = 0; k < latent; k++) {
      const row = matrix.subarray(k * pixels + at, k * pixels + at + view.background.length);
      await drawn.pullBack(row, rows.subarray(k * pose.length, (k + 1) * pose.length));
    }
    at += view.background.length;
  }
  return pullBackMotion(layout, rows);
}

function norm(values: Float32Array): number {
  return Math.sqrt(values.reduce((sum, value) => sum + value * value, 0));
}

/** All views of one pose, f32 [px]. */
async function seen({ drawn, views }: ReadScene, pose: Float32Array): Promise<Float32Array> {
  const all = new Float32Array(pixelsOf(views));
  let at = 0;
  for (const view of views) {
    all.set(await drawn.draw(pose, view), at);
    at += view.background.length;
  }
  return all;
}

/** Depth is seen by no camera: its tokens say nothing. */
function inPlane(tokens: Float32Array): Float32Array {
  return tokens.map((value, i) => (i % 3 === 2 ? 0 : value));
}

/** Latents of poses, less those of the avatar at rest: f32 [M, K], and f32 [K] of it. */
async function latentsOf(
  scene: ReadScene,
  poses: Float32Array,
): Promise<{ readonly less: Float32Array; readonly offset: Float32Array }> {
  const { model, carried } = scene;
  const { points } = carried;
  const layout = tokenLayout(points);
  const tracks = carried.shifts(poses).map((value, i) => value + points.positions[i % (2 * points.count)]);
  const tokens = toTokens(points, layout, tracks);
  const look = await looksOf(scene, { poses, tracks });
  const all = model.encode({ tokens, appearance: look });
  const offset = model.encode({ tokens: toTokens(points, layout, points.positions), appearance: new Float32Array(4) });
  return { less: all.map((value, i) => value - offset[i % offset.length]), offset };
}

/** f32 [M, 4] lids and mouth of each pose, less those of the avatar at rest. */
async function looksOf(
  { drawn, carried, camera, image, landmarks, background }: ReadScene,
  { poses, tracks }: { readonly poses: Float32Array; readonly tracks: Float32Array },
): Promise<Float32Array> {
  const share = Math.min(1, Math.sqrt(LOOK_AREA / (carried.width * carried.height)));
  const [width, height] = [Math.round(carried.width * share), Math.round(carried.height * share)];
  const points = scaled(carried.points, width / carried.width);
  const reader = await appearanceReader({ image, landmarks, points, width, height });
  const view = {
    camera: scaleCamera(camera, width, height),
    background: rgbOf(await resizeImage(background, width, height)),
  };
  const rgba = new Uint8ClampedArray(4 * width * height).fill(255);
  const read = async (pose: Float32Array, places: Float32Array): Promise<Float32Array> => {
    const color = await drawn.draw(pose, view);
    for (let i = 0; i < width * height; i++) for (let c = 0; c < 3; c++) rgba[4 * i + c] = 255 * color[3 * i + c];
    return reader.read(rgba, places);
  };
  const size = 3 * drawn.particles;
  const atRest = await read(new Float32Array(size), points.positions);
  const looks = new Float32Array((4 * poses.length) / size);
  for (let i = 0; i * size < poses.length; i++) {
    const places = tracks.subarray(2 * points.count * i, 2 * points.count * (i + 1));
    const look = await read(
      poses.subarray(i * size, (i + 1) * size),
      places.map((value) => (value * width) / carried.width),
    );
    looks.set(
      look.map((value, k) => value - atRest[k]),
      4 * i,
    );
  }
  return looks;
}

function scaled(points: CarriedPoints['points'], by: number): CarriedPoints['points'] {
  return { ...points, unit: points.unit * by, positions: points.positions.map((value) => value * by) };
}
