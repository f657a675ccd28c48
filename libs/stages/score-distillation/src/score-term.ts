import { pullBackMotion, type MotionLayout } from '@soliloquy/gaussian-codec';
import type { LinearBasis } from '@soliloquy/latent-flow';
import { partVariance } from '@soliloquy/motion-clips';
import type { NoiseSchedule } from '@soliloquy/motion-transformer';
import { PARTS } from '@soliloquy/ports';
import type { Rng } from '@soliloquy/tensor';
import { noiseRange, rampAt, type Curriculum } from './curriculum.ts';
import type { DrawnMotion } from './drawn-motion.ts';
import type { Reading } from './encoder-reading.ts';
import { drawPlaces, simulatedRows, type Place, type RowSize, type StudentVoice } from './judged-rows.ts';
import {
  cosine,
  drawViews,
  linearLatents,
  pullToParticles,
  pullToPictures,
  pullToTokens,
  readPictures,
} from './routes.ts';
import { componentWeights, latentScore } from './score-gradient.ts';
import type { SmallView } from './small-views.ts';
import type { Asked, HeardVoice, LatentTeacher, PixelTeacher, Teacher } from './teacher.ts';
import { addTo, type RowMotion, type Term } from './term.ts';

/** What L_vsd is made of. */
export interface ScoreScene {
  readonly voices: readonly StudentVoice[];
  readonly heard: readonly HeardVoice[];
  readonly teacher: Teacher;
  /** of its corpus */
  readonly basis: Pick<LinearBasis, 'width' | 'widths'>;
  /** f32 [K] what each number is divided by before the teacher sees it */
  readonly scale: Float32Array;
  readonly reading: Reading;
  readonly layout: MotionLayout;
  readonly drawn: DrawnMotion;
  readonly views: readonly SmallView[];
  readonly regions: Uint8Array;
  /** f32 [parts] world², of the clips */
  readonly partVariance: Float32Array;
  readonly size: RowSize;
  readonly schedule: NoiseSchedule;
  readonly fps: number;
  /** Called after every frame that is drawn. */
  readonly breathe: () => Promise<void>;
}

/** How L_vsd is weighted and asked. */
export interface ScoreParams extends Curriculum {
  readonly vsd: number;
  readonly scoreBatch: number;
  readonly hops: number;
  readonly guidance: number;
  readonly idle: number;
  readonly exactEvery: number;
  readonly keepVariance: boolean;
  readonly teacherHears: 'own' | 'another';
}

/**
 * L_vsd: what the student predicts for voices without clips is read as latents of the teacher, of renders or by their
 * linearisation, and the teacher's score of it is pulled back to the particles.
 */
export function scoreTerm(scene: ScoreScene, params: ScoreParams, root: Rng): Term {
  const rngOf = (step: number): Rng => root.fork(`score ${step}`);
  const placesOf = (step: number): Place[] =>
    drawPlaces(scene.voices, params.scoreBatch, scene.size.frames, rngOf(step).fork('places'));
  return {
    draw: (step, predict) =>
      simulatedRows(
        { voices: scene.voices, places: placesOf(step), hops: params.hops },
        {
          ...scene,
          rng: rngOf(step),
        },
        predict,
      ),
    async judge(step, rows) {
      const { teacher } = scene;
      const asked = askedAt(scene, params, { step, places: placesOf(step), rng: rngOf(step).fork('asked') });
      const factor = (params.vsd * rampAt(params, step)) / rows.length;
      const isExact = step % params.exactEvery === 0;
      if (teacher.kind === 'pixels')
        return isExact
          ? judgePictures(scene, teacher, { row: rows[0], asked: asked[0], factor: factor * rows.length })
          : {};
      const weights = weightsOf(scene, params, rows);
      const full = weightsOf(scene, { ...params, keepVariance: false }, rows);
      let distance = 0;
      let agreement: number | undefined;
      for (const [b, row] of rows.entries()) {
        const linear = await linearScore(scene, teacher, { row, asked: asked[b], weights });
        distance += linear.distance / rows.length;
        const exact =
          b === 0 && isExact ? await exactScore(scene, teacher, { row, asked: asked[b], weights }) : undefined;
        if (exact) agreement = cosine(await row.pull(exact.gradient), await row.pull(linear.gradient));
        addTo(row.gradient, (exact ?? linear).gradient, factor);
      }
      const acts = weights.every((weight, k) => weight === full[k]);
      return { distance, 'vsd-steps': acts ? 1 : 0, ...(agreement !== undefined && { agreement }) };
    },
  };
}

function askedAt(
  { heard, size, fps }: ScoreScene,
  params: ScoreParams,
  { step, places, rng }: { readonly step: number; readonly places: readonly Place[]; readonly rng: Rng },
): Asked[] {
  const [low, high] = noiseRange(params, step);
  return places.map(({ voice, from }) => {
    const [noise, seed] = rng.uniform([2]).data;
    const told = params.teacherHears === 'own' ? voice : (voice + 1) % heard.length;
    const latest = heard[told].frames - size.frames;
    return {
      voice: heard[told],
      from: Math.min(from, latest),
      frames: size.frames,
      fps,
      noise: low + noise * (high - low),
      seed: Math.floor(seed * 2 ** 24),
      guidance: params.guidance,
    };
  });
}

/** f32 [K] of part, trust and what still moves in the rows. */
function weightsOf(
  { basis, reading, regions, partVariance: clips }: ScoreScene,
  { idle, keepVariance }: Pick<ScoreParams, 'idle' | 'keepVariance'>,
  rows: readonly RowMotion[],
): Float32Array {
  const moved = new Float64Array(PARTS.length);
  for (const { translations } of rows)
    partVariance(translations, regions).forEach((value, part) => (moved[part] += value / rows.length));
  const shares = PARTS.map((part, i) => [part, clips[i] > 0 ? moved[i] / clips[i] : 1] as const);
  const variance = keepVariance ? (Object.fromEntries(shares) as Record<(typeof PARTS)[number], number>) : undefined;
  return componentWeights(basis, reading.latent, { idle, variance }).map((weight, k) => weight * reading.trust[k]);
}

interface Scored {
  readonly row: RowMotion;
  readonly asked: Asked;
  readonly weights: Float32Array;
}

async function linearScore({ reading, scale }: ScoreScene, teacher: LatentTeacher, { row, asked, weights }: Scored) {
  const latent = linearLatents(reading, row.tokens);
  const { gradient, distance } = latentScore(latent, await teacher.clean(latent, asked), weights, scale);
  return { gradient: pullToTokens(reading, gradient), distance };
}

/** ∂L_vsd/∂tokens of one row through decoder's tokens, skinning, rasteriser and encoder. */
export async function exactScore(
  scene: Pick<ScoreScene, 'reading' | 'scale' | 'layout' | 'drawn' | 'views' | 'breathe'>,
  teacher: LatentTeacher,
  { row, asked, weights }: Scored,
): Promise<{ readonly gradient: Float32Array; readonly distance: number }> {
  const { reading, scale, layout, breathe } = scene;
  const pictures = await drawViews(scene, row.translations, breathe);
  const latent = readPictures(reading, pictures);
  const { gradient, distance } = latentScore(latent, await teacher.clean(latent, asked), weights, scale);
  const onPictures = pullToPictures(reading, gradient);
  const onParticles = await pullToParticles(scene, { translations: row.translations, gradient: onPictures }, breathe);
  return { gradient: pullBackMotion(layout, onParticles), distance };
}

/** A teacher of pictures has no linear route: one row of every exact step is judged. */
async function judgePictures(
  scene: ScoreScene,
  teacher: PixelTeacher,
  { row, asked, factor }: { readonly row: RowMotion; readonly asked: Asked; readonly factor: number },
): Promise<Record<string, number>> {
  const { translations } = row;
  const pictures = await drawViews(scene, translations, scene.breathe);
  const { gradient, distance } = await teacher.score(pictures, asked);
  const onParticles = await pullToParticles(scene, { translations, gradient }, scene.breathe);
  addTo(row.gradient, pullBackMotion(scene.layout, onParticles), factor);
  return { distance, 'vsd-steps': 1 };
}
