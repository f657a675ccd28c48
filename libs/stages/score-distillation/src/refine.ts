import { numpy as np } from '@jax-js/jax';
import {
  initRefinement,
  refinementTransformer,
  trainingBatches,
  type BatchSize,
  type LearnedClip,
  type NoiseSchedule,
  type TrainedNetwork,
  type TrainedRefinement,
} from '@soliloquy/motion-transformer';
import { createTrainer, meanOfLastTenth, warmupCosine, type Rng, type Tensor } from '@soliloquy/tensor';
import { studentForward } from './distill.ts';

/** Share of x_t that is refined: face and hands, its last two of three parts. */
const REFINED = 2 / 3;
const SIZE = { width: 96, layers: 2, heads: 4, reach: 12 } as const;
/** Numbers of first frames that half of the sequences begin with, so that no clip is known by its frames' numbers. */
const STARTS = 1000;
/** Noise of the sequences, share of the noise steps at most: sampling refines its last predictions only. */
const LATEST = 0.15;

/** How a refinement is taught. */
export interface RefineParams extends Pick<BatchSize, 'batch' | 'audioNoise'> {
  readonly steps: number;
  readonly learningRate: number;
  readonly velocityWeight: number;
  readonly threads: number;
  readonly step: (done: number) => Promise<void>;
}

/**
 * Teaches R on what a trained network leaves: L = ‖x_0 − (x̂_0 + R(x̂_0 | A, t))‖² + w L_vel on face, hands of clips,
 * x̂_0 held fixed and predicted at little noise, as where sampling refines.
 *
 * @returns the refinement, and the share of the squared error on face and hands that it leaves, mean of the last tenth
 */
export async function teachRefinement(
  scene: {
    readonly network: TrainedNetwork;
    readonly clips: readonly LearnedClip[];
    readonly schedule: NoiseSchedule;
  },
  params: RefineParams,
  root: Rng,
): Promise<{ readonly refinement: TrainedRefinement; readonly left: number }> {
  const { network, clips, schedule } = scene;
  const { latent, audio } = network.size;
  const size = { ...SIZE, latent, audio, refined: Math.round(REFINED * latent) };
  const forward = studentForward(network, params.threads);
  const predict = forward.with(network.params);
  const quiet = { ...schedule, steps: Math.max(1, Math.round(LATEST * schedule.steps)) };
  const batchOf = async (step: number): Promise<RefineBatch> => {
    const rng = root.fork(`refine ${step}`);
    const rows = trainingBatches(clips, quiet, { ...params, latent, audio, frames: network.frames }, rng)();
    const x = await predict({
      count: params.batch,
      x: rows.x.data,
      audio: rows.audio.data,
      tau: rows.tau.data,
      start: rows.start.data,
    });
    const draws = rng.fork('start').uniform([params.batch, 2]).data;
    const start = Float32Array.from({ length: params.batch }, (_, b) =>
      draws[2 * b] < 0.5 ? 0 : Math.floor(draws[2 * b + 1] * STARTS),
    );
    return {
      clean: rows.clean,
      x: { shape: rows.x.shape, data: x },
      audio: rows.audio,
      start: { shape: [params.batch], data: start },
    };
  };
  const trainer = await createTrainer({
    name: 'refinement',
    params: initRefinement(root.fork('refinement'), size),
    batchExample: await batchOf(0),
    loss: (p, { clean, x, audio: heard, start }) => {
      const own = (rows: np.Array): np.Array => rows.slice([], [], [latent - size.refined, latent]);
      const before = own(x.ref).sub(own(clean));
      const after = before.ref.add(refinementTransformer(p, { x, audio: heard, start }, size));
      const square = np.square(after.ref).mean();
      const velocity = np.square(after.ref.slice([], [1], []).sub(after.slice([], [0, -1], []))).mean();
      return {
        loss: square.ref.add(velocity.mul(params.velocityWeight)),
        aux: { left: square.div(np.square(before).mean()) },
      };
    },
    optimizer: {
      kind: 'adamw',
      learningRate: warmupCosine({
        peak: params.learningRate,
        warmup: Math.min(30, params.steps / 10),
        total: params.steps,
      }),
      clipNorm: 1,
      weightDecay: 0.02,
    },
    threads: params.threads,
  });
  const left: number[] = [];
  try {
    for (let step = 0; step < params.steps; step++) {
      left.push((await trainer.step(await batchOf(step))).aux.left);
      await params.step(step + 1);
    }
    return { refinement: { params: trainer.params(), size }, left: meanOfLastTenth(left) };
  } finally {
    await trainer.dispose();
    await forward.dispose();
  }
}

/** Sequences to refine; a type, not an interface: batches are trees of tensors. */
type RefineBatch = {
  readonly clean: Tensor;
  readonly x: Tensor;
  readonly audio: Tensor;
  readonly start: Tensor;
};
