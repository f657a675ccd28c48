import { openMotionDecoder } from '@soliloquy/gaussian-codec';
import { openLatentFlow, shippedLatentFlow } from '@soliloquy/latent-flow/motion';
import { cosineSchedule, packMotionModel } from '@soliloquy/motion-transformer';
import { openRasterizer } from '@soliloquy/splat';
import { metricsOf, StageError, type RunOf, type StageContext } from '@soliloquy/stage';
import { createRng, meanOfLastTenth, type Rng } from '@soliloquy/tensor';
import { requireInput } from '../check-inputs.ts';
import { distill, studentForward } from '../distill.ts';
import { DISTILLATION_FIGURES } from '../figures.ts';
import { learnPerson } from '../learned-person.ts';
import { teachRefinement, type RefineParams } from '../refine.ts';
import { sampledVariance } from '../sampled-variance.ts';
import type { scoreDistillationStage } from '../stage.ts';
import { openTerms } from '../terms.ts';

type Given = Parameters<RunOf<typeof scoreDistillationStage, 'distill'>>;

/** Below this the linear route tells little of where the exact one goes. */
const LEAST_AGREEMENT = 0.5;

/**
 * A motion model is trained on: L_simple on its clips, the teacher's score on voices without clips, the motion of the
 * teacher's films, and its clips drawn again, by their weights.
 */
export const run: RunOf<typeof scoreDistillationStage, 'distill'> = async (inputs, params, ctx) => {
  const { model, space } = inputs;
  const { voices, tracks, filmVoices, videos } = neededInputs(inputs, params);
  const person = await learnPerson({ ...inputs, voices, filmVoices }, ctx.threads);
  await person.opened.dispose();
  const { network, opened, clips } = person;
  const decoder = await openMotionDecoder(space, { frames: network.frames, threads: ctx.threads });
  const teacherModel =
    params.vsd > 0 ? await openLatentFlow(inputs.teacherModel ?? (await shippedLatentFlow()), ctx.threads) : undefined;
  const rasterizer = await openRasterizer({ device: 'cpu', threads: ctx.threads });
  const schedule = cosineSchedule(model.card.noiseSteps);
  const root = createRng(ctx.seed);
  try {
    const scene = {
      ...inputs,
      packedTeacher: inputs.teacherModel,
      voices,
      tracks,
      videos,
      person,
      decoder,
      teacherModel,
      rasterizer,
      schedule,
    };
    const { terms, figures } = await openTerms(scene, params, { ctx, root });
    const curves: Record<string, number[]> = {};
    const emaParams = await distill(
      { network, clips, schedule, decoder, terms },
      {
        ...params,
        threads: ctx.threads,
        async onStep(step, seen) {
          for (const [name, value] of Object.entries(seen)) {
            (curves[name] ??= []).push(value);
            ctx.scalar(name, step + 1, value);
          }
          await ctx.step(step + 1, params.steps, `loss ${seen.loss.toFixed(4)}`);
        },
      },
      root,
    );
    if (Math.min(...(curves.agreement ?? [1])) < LEAST_AGREEMENT)
      ctx.log('score-distillation: linear and exact gradients disagree; lower exactEvery');
    const trained = { ...network, params: emaParams };
    const judged = await varianceOf(
      {
        network: trained,
        decoder,
        schedule,
        voices: voices.length > 0 ? person.voices : person.filmVoices,
        clips: opened.partVariance,
      },
      { threads: ctx.threads, rng: root.fork('variance') },
    );
    const refined = params.refine
      ? await refinementOf({ network: trained, clips, schedule }, params, { ctx, root })
      : undefined;
    return {
      model: packMotionModel({
        ...trained,
        refinement: refined?.refinement,
        noiseSteps: model.card.noiseSteps,
        partVariance: opened.partVariance,
        blinks: opened.blinks,
        card: { ...model.card, distilled: { steps: params.steps, losses: curves.loss } },
      }),
      metrics: metricsOf(
        DISTILLATION_FIGURES,
        { ...figures, ...summary(curves), ...shares(judged), refinement: refined?.left },
        { curves },
      ),
    };
  } finally {
    rasterizer.dispose();
    await decoder.dispose();
    await teacherModel?.dispose();
  }
};

/**
 * What the terms with a weight learn from; of the others nothing.
 *
 * @throws StageError `stage.input-missing`, `stage.bad-params`
 */
function neededInputs(inputs: Given[0], { vsd, traj, render, tauMin, tauMax }: Given[1]) {
  if (tauMin > tauMax)
    throw new StageError({
      code: 'stage.bad-params',
      where: 'score-distillation.params.tauMin',
      expected: `at most tauMax, ${tauMax}`,
      got: `${tauMin}`,
      remedy: 'change one of them',
    });
  return {
    voices: vsd > 0 ? requireInput(inputs.voices, { input: 'voices', term: 'vsd' }) : [],
    tracks: traj > 0 ? requireInput(inputs.tracks, { input: 'tracks', term: 'traj' }) : [],
    filmVoices: traj > 0 ? requireInput(inputs.filmVoices, { input: 'filmVoices', term: 'traj' }) : [],
    videos: render > 0 ? requireInput(inputs.videos, { input: 'videos', term: 'render' }) : [],
  };
}

async function refinementOf(
  scene: Parameters<typeof teachRefinement>[0],
  params: Omit<RefineParams, 'threads' | 'step'>,
  { ctx, root }: { readonly ctx: StageContext; readonly root: Rng },
): ReturnType<typeof teachRefinement> {
  const steps = Math.max(1, Math.round(params.steps / 2));
  const step = (done: number) => ctx.step(done, steps, 'refinement');
  return teachRefinement(scene, { ...params, steps, threads: ctx.threads, step }, root);
}

/** Nothing where there is no voice to sample for. */
async function varianceOf(
  scene: Parameters<typeof sampledVariance>[0],
  { threads, rng }: { readonly threads: number; readonly rng: Rng },
): Promise<Partial<Awaited<ReturnType<typeof sampledVariance>>>> {
  if (scene.voices.length === 0) return {};
  const forward = studentForward(scene.network, threads);
  return sampledVariance(scene, forward.with(scene.network.params), rng).finally(() => forward.dispose());
}

/** Figures of the curves, those of terms that ran. */
function summary(curves: Readonly<Record<string, readonly number[]>>) {
  const of = (name: string, figure: (values: readonly number[]) => number) =>
    curves[name] === undefined || curves[name].length === 0 ? undefined : figure(curves[name]);
  const last = (name: string) => of(name, (values) => meanOfLastTenth(values));
  const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
  return {
    loss: last('loss'),
    distance: last('distance'),
    'distance-start': of('distance', (values) => mean(values.slice(0, Math.max(1, Math.floor(values.length / 10))))),
    agreement: of('agreement', mean),
    'agreement-least': of('agreement', (values) => Math.min(...values)),
    trajectory: last('trajectory'),
    render: last('render'),
    rigidity: last('rigidity'),
    'vsd-steps': of('vsd-steps', (values) => values.reduce((sum, value) => sum + value, 0)),
  };
}

function shares(judged: Partial<Record<'body' | 'face' | 'hand', number | undefined>>) {
  return { 'variance:body': judged.body, 'variance:face': judged.face, 'variance:hand': judged.hand };
}
