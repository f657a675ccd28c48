import { filmFace } from '@soliloquy/face';
import { Fault } from '@soliloquy/fault';
import type { Landmarks } from '@soliloquy/ports';
import type { CanonicalPoints } from '../canonical-points.ts';
import { filmView, type Box } from '../film-view.ts';
import { fromTokens, tokenLayout, toTokens } from '../flow-tokens.ts';
import { fitHeld, HELD } from '../held-fit.ts';
import { encodePixels, pullBack, type LinearEncoder } from '../linear-encoder.ts';
import type { LatentFlow } from './latent-flow-model.ts';

/** A small picture that an encoder sees of a film. */
export interface PersonView {
  /** film pixels */
  readonly box: Box;
  /** pixels */
  readonly width: number;
  readonly height: number;
}

/** How latents of one person are read of films: ẑ = offset + E (I − rest). Plain values. */
export interface DescribedPerson {
  readonly kind: 'linear';
  readonly views: readonly PersonView[];
  /** f32 [latent, px] E; px counts the views one after the other, rows from the top, red green blue of 0 … 1 */
  readonly encoder: Float32Array;
  /** f32 [px] of the picture at rest */
  readonly rest: Float32Array;
  /** f32 [latent] of the picture at rest */
  readonly offset: Float32Array;
  /** f32 [latent] on poses that it was not fitted on: 1 − residual over variance; below 0.3 it is not to be used */
  readonly r2: Float32Array;
  readonly schedule: string;
}

/** Somebody to describe. */
export interface PersonScene {
  readonly landmarks: Landmarks;
  readonly points: CanonicalPoints;
  /** film pixels */
  readonly width: number;
  readonly height: number;
  /** Paints a pose, tracks f32 [Q, 2] film pixels and appearance f32 [4], as u8 [height, width, 4]. */
  readonly paint: (
    pose: { readonly tracks: Float32Array; readonly appearance: Float32Array },
    rgba: Uint8ClampedArray,
  ) => Promise<void>;
}

/** λ of the ridge regression, of the mean square of the poses' pictures. */
const RIDGE = 3e-3;
const SIZES = { whole: { width: 64, height: 96 }, face: { width: 64, height: 64 } } as const;

/** The whole film, and the face with room to move. */
export function personViews({ landmarks, width, height }: Omit<PersonScene, 'points' | 'paint'>): PersonView[] {
  const { origin, unit } = filmFace(landmarks, width, height);
  return [
    { box: { left: 0, top: 0, width, height }, ...SIZES.whole },
    {
      box: { left: origin.x - 2 * unit, top: origin.y - 2.7 * unit, width: 4 * unit, height: 4 * unit },
      ...SIZES.face,
    },
  ];
}

/**
 * Fits the encoder of a person on poses that the model's corpus has, painted by the decoder of films: ridge regression
 * of latents from views (`fitLinearEncoder`), each less what they are at rest.
 *
 * @param poses how many, at most as many as the model keeps
 * @param step  called after every painted pose
 * @throws Fault `latent-flow.argument` for fewer than ten poses, or more than the model keeps
 */
export async function describePerson(
  model: LatentFlow,
  scene: PersonScene,
  {
    views,
    poses,
    step,
  }: {
    readonly views: readonly PersonView[];
    readonly poses: number;
    readonly step: (done: number, total: number) => Promise<void>;
  },
): Promise<DescribedPerson> {
  const { latent, bank } = model;
  if (!(poses >= 2 * HELD && poses * latent <= bank.length))
    throw new Fault({
      code: 'latent-flow.argument',
      where: 'latent-flow.describe.poses',
      expected: `${2 * HELD} to ${bank.length / latent} poses`,
      got: String(poses),
      remedy: 'correct it',
    });
  const taker = viewTaker(scene, views);
  const layout = tokenLayout(scene.points);
  const { positions } = scene.points;
  const still = { tokens: toTokens(scene.points, layout, positions), appearance: new Float32Array(4) };
  const rest = await taker.take({ tracks: positions, appearance: still.appearance });
  const offset = model.encode(still);
  const pictures = new Float32Array(poses * rest.length);
  const latents = bank.slice(0, poses * latent);
  for (let i = 0; i < poses; i++) {
    const { tokens, appearance } = model.decode(latents.slice(i * latent, (i + 1) * latent));
    const seen = await taker.take({ tracks: fromTokens(scene.points, layout, tokens), appearance });
    pictures.set(
      seen.map((value, p) => value - rest[p]),
      i * rest.length,
    );
    for (let k = 0; k < latent; k++) latents[i * latent + k] -= offset[k];
    await step(i + 1, poses);
  }
  const { encoder, r2 } = fitHeld(
    { count: poses, width: rest.length, data: pictures },
    { count: poses, width: latent, data: latents },
    RIDGE,
  );
  return {
    kind: 'linear',
    views,
    encoder: encoder.matrix,
    rest,
    offset,
    r2,
    schedule: `cosine-${model.noiseSteps}`,
  };
}

/** ẑ of a film's views, f32 [F, latent]. */
export function readLatents(person: DescribedPerson, pixels: Float32Array): Float32Array {
  const encoder = encoderOf(person);
  const frames = pixels.length / encoder.pixels;
  const latents = new Float32Array(frames * encoder.latent);
  for (let f = 0; f < frames; f++) {
    const row = latents.subarray(f * encoder.latent, (f + 1) * encoder.latent);
    const seen = pixels.subarray(f * encoder.pixels, (f + 1) * encoder.pixels);
    encodePixels(
      encoder,
      seen.map((value, p) => value - person.rest[p]),
      row,
    );
    person.offset.forEach((value, k) => (row[k] += value));
  }
  return latents;
}

/** A gradient on ẑ as one on the views' pixels: Eᵀ, f32 [F, px]. */
export function pullToPixels(person: DescribedPerson, gradient: Float32Array): Float32Array {
  const encoder = encoderOf(person);
  const frames = gradient.length / encoder.latent;
  const pulled = new Float32Array(frames * encoder.pixels);
  for (let f = 0; f < frames; f++)
    pullBack(
      encoder,
      gradient.subarray(f * encoder.latent, (f + 1) * encoder.latent),
      pulled.subarray(f * encoder.pixels, (f + 1) * encoder.pixels),
    );
  return pulled;
}

function encoderOf({ encoder, rest, offset }: DescribedPerson): LinearEncoder {
  return { pixels: rest.length, latent: offset.length, matrix: encoder };
}

/** Poses as small pictures. */
function viewTaker({ width, height, paint }: PersonScene, views: readonly PersonView[]) {
  const rgba = new Uint8ClampedArray(4 * width * height);
  const takers = views.map((view) => filmView({ width, height }, view.box, view));
  const pixels = views.reduce((sum, view) => sum + 3 * view.width * view.height, 0);
  return {
    async take(pose: { readonly tracks: Float32Array; readonly appearance: Float32Array }): Promise<Float32Array> {
      await paint(pose, rgba);
      const seen = new Float32Array(pixels);
      let at = 0;
      for (const taker of takers) {
        const size = 3 * taker.width * taker.height;
        taker.take(rgba, seen.subarray(at, at + size));
        at += size;
      }
      return seen;
    },
  };
}
