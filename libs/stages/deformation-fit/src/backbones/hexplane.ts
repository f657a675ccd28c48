import { numpy as np } from '@jax-js/jax';
import type { ParticleRig } from '@soliloquy/gaussian-cloud';
import { REGIONS } from '@soliloquy/ports';
import { metricsOf, type RunOf, type StageContext } from '@soliloquy/stage';
import {
  compile,
  createRng,
  createTrainer,
  trainLoop,
  warmupCosine,
  type OptimizerOptions,
  type Tensor,
  type Traced,
} from '@soliloquy/tensor';
import {
  hexPlaneFrames,
  initHexPlane,
  initMlp,
  mlp,
  type HexPlaneParams,
  type HexPlaneSize,
  type MlpParams,
} from '@soliloquy/tensor/modules';
import { ClipFit, frameOf, HOLD } from '../clip-fit.ts';
import { FIELD_FIGURES } from '../fit-figures.ts';
import type { deformationFitStage } from '../stage.ts';

/** of a scale's feature vector */
const FEATURES = 8;
/** cells along each axis of space at the coarsest scale, and how many times finer the others are */
const SPACE = 6;
const SCALES = [1, 2, 4, 8];
const HIDDEN = 48;
/** Frames in a batch of the field's training. */
const BATCH = 25;
/** Training steps in one call: cancellation waits no longer than that. */
const CALL = 10;
/** pixels of the whole view; far above it a frame's step was lost, and one point must not bend the field */
const ROBUST = 1;

/**
 * A HexPlane field of space and time gives every particle its shift (Cao and Johnson 2023; 4D Gaussian splatting, Wu et
 * al. 2024). It is fitted in rounds: from where the field has the particles, each frame takes a Gauss-Newton step
 * through the rasteriser (`FrameFitter`), and the field learns where those steps led. In the first round it knows
 * nothing yet, so each frame starts from the one before. What comes out is the field's own motion, never a frame's.
 */
export const run: RunOf<typeof deformationFitStage, 'hexplane'> = async (input, params, ctx) => {
  const clip = await ClipFit.open(input, params, ctx);
  try {
    const { frames, size } = clip;
    const field = await createField({
      rig: clip.rig,
      frames,
      fx: clip.fx,
      total: params.fieldSteps * params.rounds,
      seed: ctx.seed,
      threads: ctx.threads,
    });
    try {
      const passes = frames * params.rounds;
      let motion: Float32Array = new Float32Array(frames * size);
      for (let round = 0; round < params.rounds; round++) {
        const wanted = motion.slice();
        for (let frame = 0; frame < frames; frame++) {
          const at = frameOf(wanted, frame, size);
          if (round === 0) {
            clip.start(wanted, frame);
            await clip.follow(frame, at, params);
          } else {
            await clip.findLids(frame, at);
            const stiffness = { rigidity: params.rigidity, anchor: HOLD + params.smoothness };
            await clip.step(frame, at, at.slice(), { stiffness });
          }
          await ctx.step(round * frames + frame + 1, passes, round === 0 ? 'following' : 'refining');
        }
        await field.learn(wanted, params.fieldSteps, ctx);
        motion = await field.motion();
      }
      const { deformation, metrics } = await clip.result(motion);
      const own = metricsOf(FIELD_FIGURES, { 'field-error': field.error() });
      return {
        deformation,
        metrics: { values: { ...metrics.values, ...own.values }, about: { ...metrics.about, ...own.about } },
      };
    } finally {
      await field.dispose();
    }
  } finally {
    clip.dispose();
  }
};

interface Field {
  /** Learn f32 [F, P, 3] world. */
  learn(wanted: Float32Array, steps: number, ctx: Pick<StageContext, 'signal' | 'scalar'>): Promise<void>;
  /** What the field has learned: f32 [F, P, 3] world. */
  motion(): Promise<Float32Array>;
  /** pixels */
  error(): number;
  dispose(): Promise<void>;
}

interface FieldOptions {
  readonly rig: ParticleRig;
  readonly frames: number;
  /** of the whole view: the field speaks pixels */
  readonly fx: number;
  /** training steps in all, for the learning rate */
  readonly total: number;
  readonly seed: number;
  readonly threads: number;
}

async function createField(options: FieldOptions): Promise<Field> {
  const { frames, threads } = options;
  const rng = createRng(options.seed).fork('hexplane');
  const size: HexPlaneSize = { features: FEATURES, space: SPACE, time: Math.max(2, frames), scales: SCALES };
  const batches = new FieldBatches(options);
  const { at, count } = batches;
  const params = {
    planes: initHexPlane(rng.fork('planes'), size),
    head: initMlp(rng.fork('head'), { widths: [FEATURES * SCALES.length, HIDDEN, 2], outputGain: 0.1 }),
  };
  const shiftsAt: ShiftsAt = (p, places, times) => mlp(p.head, hexPlaneFrames(p.planes, places, times, size));
  const nothing = batches.nothing();
  const trainer = await createTrainer({
    name: 'hexplane',
    params,
    batchExample: nothing,
    loss: fieldLoss(shiftsAt),
    optimizer: fieldOptimizer(options.total),
    ema: 0.95,
    threads,
  });
  const program = await compile(shiftsAt, [params, at, nothing.times] as const, { threads, name: 'hexplane' });
  let recent = 0;
  return {
    async learn(wanted, steps, { signal, scalar }) {
      const { losses } = await trainLoop(trainer, {
        steps: trainer.state().step + steps,
        batch: (step) => batches.of(Array.from(rng.fork(`frames ${step}`).integers([count], frames).data), wanted),
        stepsPerCall: CALL,
        signal,
        scalar,
      });
      signal.throwIfAborted();
      const last = losses.slice(-10);
      recent = last.reduce((sum, loss) => sum + loss, 0) / last.length;
    },
    async motion() {
      const learned = trainer.emaParams();
      const out = new Float32Array(frames * at.shape[0] * 3);
      for (let first = 0; first < frames; first += count) {
        const picked = Array.from({ length: count }, (_, b) => Math.min(frames - 1, first + b));
        const { data } = await program.run(learned, at, batches.timesOf(picked));
        batches.spread(data, picked, out);
      }
      return out;
    },
    // The loss is √(e² + ρ²) − ρ.
    error: () => Math.sqrt((recent + ROBUST) ** 2 - ROBUST ** 2),
    async dispose() {
      await program.dispose();
      await trainer.dispose();
    },
  };
}

type FieldParams = { readonly planes: HexPlaneParams; readonly head: MlpParams };
/** at f32 [P, 3], times f32 [B], shift f32 [P, B, 2] pixels */
type FieldBatch = { readonly at: Tensor; readonly times: Tensor; readonly shift: Tensor };
/** f32 [P, B, 2] pixels of places [P, 3] at times [B] */
type ShiftsAt = (params: Traced<FieldParams>, places: np.Array, times: np.Array) => np.Array;

/** √(e² + ρ²) − ρ: e²/2ρ near the target. */
function fieldLoss(shiftsAt: ShiftsAt) {
  return (params: Traced<FieldParams>, batch: Traced<FieldBatch>): np.Array => {
    const error = shiftsAt(params, batch.at, batch.times).sub(batch.shift);
    const squared = np.square(error).sum(-1);
    return np
      .sqrt(squared.add(ROBUST ** 2))
      .mean()
      .sub(ROBUST);
  };
}

function fieldOptimizer(total: number): OptimizerOptions {
  return {
    kind: 'adamw',
    learningRate: warmupCosine({ peak: 3e-2, warmup: Math.min(20, total), total, floor: 3e-4 }),
    weightDecay: 0,
  };
}

/** Between motions, f32 [F, P, 3] world, and what the field learns and gives: f32 [P, B, 2] pixels of B frames. */
class FieldBatches {
  /** where each particle is in the field, f32 [P, 3] */
  readonly at: Tensor;
  /** frames in a batch, B */
  readonly count: number;
  readonly #frames: number;
  /** of one unit of the world, by particle */
  readonly #pixels: Float64Array;

  constructor({ rig, frames, fx }: Pick<FieldOptions, 'rig' | 'frames' | 'fx'>) {
    const P = rig.particles;
    this.at = { shape: [P, 3], data: fieldPlaces(rig) };
    this.count = Math.min(BATCH, frames);
    this.#frames = frames;
    this.#pixels = Float64Array.from({ length: P }, (_, p) => fx / rig.positions[p * 3 + 2]);
  }

  /** f32 [B] in 0 … 1 */
  timesOf(picked: readonly number[]): Tensor {
    const last = this.#frames - 1;
    return {
      shape: [this.count],
      data: Float32Array.from(picked, (frame) => (last === 0 ? 0 : frame / last)),
    };
  }

  /** What is wanted of the picked frames. */
  of(picked: readonly number[], wanted: Float32Array): FieldBatch {
    const P = this.#pixels.length;
    const B = this.count;
    const shift = new Float32Array(P * B * 2);
    picked.forEach((frame, b) => {
      for (let p = 0; p < P; p++)
        for (let axis = 0; axis < 2; axis++)
          shift[(p * B + b) * 2 + axis] = wanted[(frame * P + p) * 3 + axis] * this.#pixels[p];
    });
    return { at: this.at, times: this.timesOf(picked), shift: { shape: [P, B, 2], data: shift } };
  }

  /** A batch in which nothing moves. */
  nothing(): FieldBatch {
    const still = new Float32Array(this.#frames * this.#pixels.length * 3);
    return this.of(new Array<number>(this.count).fill(0), still);
  }

  /** Writes the shifts of the picked frames to a motion. */
  spread(shift: ArrayLike<number>, picked: readonly number[], out: Float32Array): void {
    const P = this.#pixels.length;
    const B = this.count;
    picked.forEach((frame, b) => {
      for (let p = 0; p < P; p++)
        for (let axis = 0; axis < 2; axis++)
          out[(frame * P + p) * 3 + axis] = shift[(p * B + b) * 2 + axis] / this.#pixels[p];
    });
  }
}

/**
 * Where each particle is in the field, f32 [P, 3] in 0 … 1: its place in the picture plane, and its region for the
 * third axis. One camera shows no depth, but lips that touch move apart.
 */
function fieldPlaces(rig: ParticleRig): Float32Array {
  const P = rig.particles;
  const out = new Float32Array(P * 3);
  const low = [Infinity, Infinity];
  const high = [-Infinity, -Infinity];
  for (let p = 0; p < P; p++) {
    for (let axis = 0; axis < 2; axis++) {
      const value = rig.positions[p * 3 + axis];
      low[axis] = Math.min(low[axis], value);
      high[axis] = Math.max(high[axis], value);
    }
  }
  // One scale for both axes: cells are square.
  const extent = Math.max(high[0] - low[0], high[1] - low[1], 1e-9);
  for (let p = 0; p < P; p++) {
    for (let axis = 0; axis < 2; axis++) out[p * 3 + axis] = (rig.positions[p * 3 + axis] - low[axis]) / extent;
    out[p * 3 + 2] = rig.regions[p] / (REGIONS.length - 1);
  }
  return out;
}
