import { particleNeighbours, type ParticleNeighbours } from '@soliloquy/gaussian-cloud';
import { pullBackMotion, restoreMotion, type MotionDecoder } from '@soliloquy/gaussian-codec';
import {
  denoisingLoss,
  injectedLoss,
  motionTransformer,
  trainingBatches,
  type BatchSize,
  type LearnedClip,
  type NoiseSchedule,
  type TrainedNetwork,
} from '@soliloquy/motion-transformer';
import {
  compile,
  createTrainer,
  encodeCheckpoint,
  restoreCheckpoint,
  warmupCosine,
  type Rng,
  type Tensor,
} from '@soliloquy/tensor';
import { joinRows, type Rows } from './judged-rows.ts';
import { rigidity } from './rigidity.ts';
import { addTo, type Predict, type RowMotion, type Term } from './term.ts';

/** What is trained on, and by what it is judged. */
export interface Distillation {
  readonly network: TrainedNetwork;
  readonly clips: readonly LearnedClip[];
  readonly schedule: NoiseSchedule;
  readonly decoder: MotionDecoder;
  readonly terms: readonly Term[];
}

/** How it is trained. */
export interface DistillationParams extends Pick<BatchSize, 'batch' | 'audioNoise'> {
  readonly steps: number;
  readonly learningRate: number;
  readonly velocityWeight: number;
  /** weight of `rigidity` on all judged rows */
  readonly rigidity: number;
  readonly threads: number;
  /** Called after every step with its figures. */
  readonly onStep: (step: number, figures: Readonly<Record<string, number>>) => Promise<void>;
  /** A checkpoint to go on from: the training goes on to the bit. */
  readonly resume?: Uint8Array;
  readonly checkpoint?: { readonly every: number; readonly save: (bytes: Uint8Array, step: number) => Promise<void> };
}

const WARMUP = 30;
/** Decay of the moving average, and how much of it may still be what training began with. */
const EMA = { most: 0.99, left: 0.02 } as const;

/**
 * Trains a motion model on: L_simple on clips with the gradients of all terms on predictions (`injectedLoss`).
 * Every draw is a function of the step's number. Without terms it is plain training.
 *
 * @returns the moving average of the parameters
 */
export async function distill(
  { network, clips, schedule, decoder, terms }: Distillation,
  params: DistillationParams,
  root: Rng,
): Promise<TrainedNetwork['params']> {
  const { size, frames } = network;
  const forward = studentForward(network, params.threads);
  const judging = { network, decoder, terms, rigidity: params.rigidity, springs: particleNeighbours(decoder.rig) };
  const clipRows = (step: number) =>
    trainingBatches(clips, schedule, { ...size, ...params, frames }, root.fork(`clips ${step}`))();
  const trainer = await createTrainer({
    name: 'score-distillation',
    params: network.params,
    batchExample: terms.length === 0 ? { clips: clipRows(0) } : await exampleBatch(judging, clipRows(0), forward),
    loss: (p, batch) =>
      terms.length === 0
        ? denoisingLoss(size, params.velocityWeight)(p, batch.clips)
        : injectedLoss(size, params.velocityWeight)(p, batch as never),
    optimizer: {
      kind: 'adamw',
      learningRate: warmupCosine({
        peak: params.learningRate,
        warmup: Math.min(WARMUP, params.steps / 10),
        total: params.steps,
      }),
      clipNorm: 1,
      weightDecay: 0.02,
    },
    ema: Math.min(EMA.most, EMA.left ** (1 / params.steps)),
    threads: params.threads,
  });
  try {
    if (params.resume) restoreCheckpoint(trainer, params.resume);
    for (let step = trainer.state().step; step < params.steps; step++) {
      const predict = forward.with(trainer.params());
      const judged = terms.length === 0 ? undefined : await judgedRows(judging, step, predict);
      const batch = { clips: clipRows(step), ...(judged && { judged: judged.rows }) };
      const { aux } = await trainer.step(batch as never);
      await params.onStep(step, { loss: aux.simple, ...judged?.figures });
      if (params.checkpoint && (step + 1) % params.checkpoint.every === 0)
        await params.checkpoint.save(encodeCheckpoint(trainer), step + 1);
    }
    return trainer.emaParams();
  } finally {
    await trainer.dispose();
    await forward.dispose();
  }
}

interface Judging extends Pick<Distillation, 'network' | 'decoder' | 'terms'> {
  readonly rigidity: number;
  readonly springs: ParticleNeighbours;
}

/** Draws, predicts and judges the rows of a step: what goes into `injectedLoss`. */
async function judgedRows(judging: Judging, step: number, predict: Predict) {
  const { network, decoder, terms } = judging;
  const drawn: Rows[] = [];
  for (const term of terms) drawn.push(await term.draw(step, predict));
  const rows = joinRows(drawn);
  const latent = restored(await predict(rows), network);
  const tokens = await decoder.tokens(latent);
  const width = tokens.length / rows.count;
  const { scale } = network.motion;
  const pull = async (x: Float32Array, gradient: Float32Array): Promise<Float32Array> =>
    (await decoder.pullBack(x, gradient)).map((value, i) => value * scale[i % scale.length]);
  const motions = Array.from({ length: rows.count }, (_, b): RowMotion => {
    const own = tokens.subarray(b * width, (b + 1) * width);
    const x = latent.subarray((b * latent.length) / rows.count, ((b + 1) * latent.length) / rows.count);
    return {
      tokens: own,
      translations: restoreMotion(decoder.layout, own),
      gradient: new Float32Array(width),
      pull: (gradient) => pull(x, gradient),
    };
  });
  const figures: Record<string, number> = {};
  let at = 0;
  for (const [i, term] of terms.entries())
    Object.assign(figures, await term.judge(step, motions.slice(at, (at += drawn[i].count))));
  if (judging.rigidity > 0) figures.rigidity = addRigidity(judging, motions);
  const gradient = new Float32Array(tokens.length);
  motions.forEach((motion, b) => gradient.set(motion.gradient, b * width));
  return { rows: tensorsOf(rows, network, await pull(latent, gradient)), figures };
}

function addRigidity({ decoder, springs, rigidity: weight }: Judging, motions: readonly RowMotion[]): number {
  let value = 0;
  for (const motion of motions) {
    const strained = rigidity(decoder.rig.positions, springs, motion.translations);
    addTo(motion.gradient, pullBackMotion(decoder.layout, strained.gradient), weight / motions.length);
    value += strained.value / motions.length;
  }
  return value;
}

/** x_t as the space knows it. */
function restored(x: Float32Array, { motion: { mean, scale } }: TrainedNetwork): Float32Array {
  return x.map((value, i) => value * scale[i % scale.length] + mean[i % mean.length]);
}

function tensorsOf({ count, x, audio, tau, start }: Rows, { size, frames }: TrainedNetwork, gradient: Float32Array) {
  return {
    x: { shape: [count, frames, size.latent], data: x },
    audio: { shape: [count, frames, size.audio], data: audio },
    tau: { shape: [count], data: tau },
    start: { shape: [count], data: start },
    gradient: { shape: [count, frames, size.latent], data: gradient },
  };
}

async function exampleBatch<Clips>({ network, terms }: Judging, clips: Clips, forward: StudentForward) {
  const drawn: Rows[] = [];
  for (const term of terms) drawn.push(await term.draw(0, forward.with(network.params)));
  const rows = joinRows(drawn);
  return { clips, judged: tensorsOf(rows, network, new Float32Array(rows.x.length)) };
}

/** Predictions of the student, compiled once for each number of rows. */
export interface StudentForward {
  with(params: TrainedNetwork['params']): Predict;
  dispose(): Promise<void>;
}

export function studentForward(network: TrainedNetwork, threads: number): StudentForward {
  const compiled = async (rows: Rows) => {
    const { gradient: _, ...inputs } = tensorsOf(rows, network, rows.x);
    const program = await compile(
      (p, given) => motionTransformer(p, given, network.size),
      [network.params, inputs] as const,
      { threads, name: `student-${rows.count}` },
    );
    return {
      dispose: () => program.dispose(),
      async predict(params: TrainedNetwork['params'], given: Rows): Promise<Float32Array> {
        const { gradient: _unused, ...fed } = tensorsOf(given, network, given.x);
        return ((await program.run(params, fed)) as Tensor).data;
      },
    };
  };
  const programs = new Map<number, ReturnType<typeof compiled>>();
  return {
    with: (params) => async (rows) => {
      let program = programs.get(rows.count);
      if (program === undefined) programs.set(rows.count, (program = compiled(rows)));
      return (await program).predict(params, rows);
    },
    async dispose() {
      for (const program of programs.values()) await (await program).dispose();
    },
  };
}
