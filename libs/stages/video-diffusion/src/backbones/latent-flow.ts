import { canonicalPoints, createWarpDecoder, type CanonicalPoints, type WarpDecoder } from '@soliloquy/latent-flow';
import {
  describePerson,
  heardBy,
  mannerFor,
  openLatentFlow,
  personNumbers,
  personViews,
  pullToPixels,
  readLatents,
  sampleFilm,
  scoreLatents,
  shippedLatentFlow,
  type DescribedPerson,
  type FilmTime,
  type LatentFlow,
  type PersonView,
  type Score,
} from '@soliloquy/latent-flow/motion';
import type { PackedLatentFlow } from '@soliloquy/latent-flow/port';
import { evenSize, framesOf } from '@soliloquy/media';
import type { Audio, Image, Landmarks } from '@soliloquy/ports';
import { requireSameShape, StageError, type RunOf, type StageContext } from '@soliloquy/stage';
import { paintedFilm } from '../painted-film.ts';
import { mannerOf, PLAIN_MANNER } from '../puppet/gestures/manner.ts';
import { takeApart } from '../puppet/prepare-scene.ts';
import type { videoDiffusionStage } from '../stage.ts';

/** Windows of latents overlap by this many frames while a motion is scored. */
const SCORED_OVERLAP = 40;

/**
 * The motion of a person who says this, sampled by the diffusion model, and the picture warped by it. Frames are
 * painted when they are read.
 *
 * @throws StageError `stage.landmarks-size`; Faults of `openLatentFlow` for a model that is none of these points
 */
export const run: RunOf<typeof videoDiffusionStage, 'latent-flow'> = async (inputs, params, ctx) => {
  const { image, landmarks, audio } = inputs;
  requireSameShape('video-diffusion.landmarks', image, landmarks);
  const { fps } = params;
  const film = { fps, frames: params.frames > 0 ? params.frames : framesOf(audio, fps) };
  const size = evenSize(image.width, image.height, params.area);
  const { width, height } = size;
  const points = canonicalPoints(landmarks, width, height);
  const model = await openLatentFlow(inputs.model ?? (await shippedLatentFlow()), ctx.threads);
  const { expressiveness } = params;
  const person = { audio, landmarks, points, ...size, expressiveness, manner: mannerOf(inputs.prompt) };
  const step = (done: number, total: number): Promise<void> => ctx.step(done, total, 'noise steps');
  const poses = await sampleFilm(model, person, { ...params, film, seed: ctx.seed, step }).finally(() =>
    model.dispose(),
  );
  const decoder = await decoderOf({ ...inputs, ...size, points }, ctx);
  const painter = {
    frame: (f: number, rgba: Uint8ClampedArray) => decoder.frame(poses[f], rgba),
    matte: (f: number, coverage: Uint8ClampedArray) => decoder.matte(poses[f], coverage),
  };
  return { video: paintedFilm({ ...size, ...film, audio }, painter, ctx) };
};

interface Scene {
  readonly image: Image;
  readonly landmarks: Landmarks;
  readonly background: Image;
  readonly points: CanonicalPoints;
  readonly width: number;
  readonly height: number;
}

async function decoderOf(scene: Scene, { device }: StageContext): Promise<WarpDecoder> {
  return createWarpDecoder({ ...scene, taken: await takeApart(scene) }, { device, threads: 1 });
}

/** Somebody whose films are to be read: `describe`. */
export interface DescribeArgs {
  readonly image: Image;
  readonly landmarks: Landmarks;
  readonly background: Image;
  /** pixels of the film, even */
  readonly width: number;
  readonly height: number;
  /** whole film and face where they are left out */
  readonly views?: readonly PersonView[];
  /** that the encoder is fitted on */
  readonly poses?: number;
  /** the shipped one where it is left out */
  readonly model?: PackedLatentFlow;
}

/** How latents of that person are read, and who it is. */
export interface Described extends DescribedPerson {
  /** f32 [8] `PERSON_NUMBERS` */
  readonly person: Float32Array;
}

/** A film or a motion to be scored: `score`. One of `pixels` and `latent`. */
export interface ScoreArgs {
  /** f32 [F, px] views of the frames, as `described` counts them */
  readonly pixels?: Float32Array;
  /** f32 [F, latent] */
  readonly latent?: Float32Array;
  readonly described: Described;
  readonly audio: Audio;
  /** noise step */
  readonly tau: number;
  readonly seed: number;
  readonly guidance?: number;
  /** the shipped one where it is left out */
  readonly model?: PackedLatentFlow;
}

/** All that is known is in the arguments; nothing is kept between calls. */
export const operations = {
  /** The encoder of a person: fitted on poses of the corpus, painted by the decoder of films. */
  describe: async (args: DescribeArgs, _params: unknown, ctx: StageContext): Promise<Described> => {
    const { landmarks, width, height } = args;
    requireSameShape('video-diffusion.landmarks', args.image, landmarks);
    const points = canonicalPoints(landmarks, width, height);
    return withModel(args, ctx, async (model) => {
      const decoder = await decoderOf({ ...args, points }, ctx);
      try {
        const scene = { landmarks, points, width, height, paint: decoder.frame };
        const described = await describePerson(model, scene, {
          views: args.views ?? personViews(scene),
          poses: args.poses ?? 256,
          step: (done, total) => ctx.step(done, total, 'poses'),
        });
        return { ...described, person: personNumbers(landmarks, width, height) };
      } finally {
        await decoder.close();
      }
    });
  },
  /** w (ε̂ − ε) on what came in: latents, or pixels by the transposed encoder. */
  score: (args: ScoreArgs, _params: unknown, ctx: StageContext): Promise<Score> =>
    withModel(args, ctx, async (model) => {
      const { described, audio, tau, seed, guidance = 1 } = args;
      const latent = args.pixels ? readLatents(described, args.pixels) : args.latent;
      if (latent === undefined || (args.pixels && args.latent))
        throw new StageError({
          code: 'stage.bad-call',
          where: 'video-diffusion.latent-flow.score',
          expected: 'pixels or latent',
          got: args.pixels ? 'both' : 'neither',
          remedy: 'give one of them',
        });
      const film: FilmTime = { frames: latent.length / model.latent, fps: model.fps };
      const manner = mannerFor(model.manners, 1, PLAIN_MANNER);
      const speech = { ...(await heardBy(model, audio, film)), manner, person: described.person };
      const scoring = { latent, speech, tau, seed, guidance, overlap: SCORED_OVERLAP };
      const score = await scoreLatents(model, scoring);
      return args.pixels ? { ...score, gradient: pullToPixels(described, score.gradient) } : score;
    }),
};

async function withModel<T>(
  { model }: { readonly model?: PackedLatentFlow },
  { threads }: StageContext,
  work: (model: LatentFlow) => Promise<T>,
): Promise<T> {
  const opened = await openLatentFlow(model ?? (await shippedLatentFlow()), threads);
  return work(opened).finally(() => opened.dispose());
}
