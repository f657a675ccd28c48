import { numpy as np } from '@jax-js/jax';
import { completeMotion, createParticleRig, type ParticleRig } from '@soliloquy/gaussian-cloud';
import { psnr } from '@soliloquy/image-quality';
import { evenSize } from '@soliloquy/media';
import { REGIONS } from '@soliloquy/ports';
import { openRasterizer } from '@soliloquy/splat';
import { StageError, type RunOf } from '@soliloquy/stage';
import { compile, createRng, createTrainer, warmupCosine, type Tensor, type Traced } from '@soliloquy/tensor';
import { hexPlane, initHexPlane, initMlp, mlp, type HexPlaneSize } from '@soliloquy/tensor/modules';
import { FrameFitter } from '../fit-frame.ts';
import type { deformationFitStage } from '../stage.ts';
import { cutView, faceView, wholeView } from '../views.ts';
import { GROWN, MEASURED, readTargets } from './control-nodes.ts';

/** of a scale's feature vector */
const FEATURES = 8;
/** cells along each axis of space at the coarsest scale, and how many times finer the others are */
const SPACE = 6;
const SCALES = [1, 2, 4, 8];
const HIDDEN = 48;
/** Frames in a batch of the field's training. */
const BATCH = 8;
/** pixels of the whole view; far above it a frame's step was lost, and one point must not bend the field */
const ROBUST = 1;

/**
 * A HexPlane field of space and time gives every particle its shift (Cao and Johnson 2023; 4D Gaussian splatting, Wu et al. 2024). It is fitted in rounds: from where the field has the
 * particles, each frame takes a Gauss-Newton step through the rasteriser (`FrameFitter`), and the field learns where those steps led. In the first round it knows nothing yet, so each
 * frame starts from the one before. What comes out is the field's own motion, never a frame's.
 */
export const run: RunOf<typeof deformationFitStage, 'hexplane'> = async ({ gaussians, background, video }, params, ctx) => {
  if (!video.matte) throw new StageError('no-matte', 'deformation-fit.video: expected a clip with its matte, got one without; use a backbone that gives it');
  const { width, height } = evenSize(gaussians.camera.width, gaussians.camera.height, params.area);
  const whole = wholeView(gaussians.camera, width, height);
  const face = faceView(gaussians, video, params.faceArea, whole);
  const views = face ? [whole, face] : [whole];
  const targets = await readTargets(video, views, ctx);
  const frames = targets.length;
  const rig = createParticleRig(gaussians, params.particles);
  const rasterizer = await openRasterizer({ device: ctx.device, threads: ctx.threads });
  const field = await createField(rig, frames, whole.camera.fx, params.fieldSteps * params.rounds, ctx.seed, ctx.threads);
  try {
    const fitter = new FrameFitter(gaussians, rig, rasterizer, views, views.map((view) => cutView(view, background.data, background.width, background.height, 4, 3)));
    const size = rig.particles * 3;
    const passes = frames * params.rounds;
    let motion: Float32Array = new Float32Array(frames * size);
    for (let round = 0; round < params.rounds; round++) {
      const wanted = motion.slice();
      for (let frame = 0; frame < frames; frame++) {
        const at = wanted.subarray(frame * size, (frame + 1) * size);
        if (round === 0 && frame > 0) at.set(wanted.subarray((frame - 1) * size, frame * size));
        const anchor = at.slice();
        const steps = round === 0 ? params.steps : 1;
        for (let step = 0; step < steps; step++) await fitter.step(at, targets[frame], anchor, { rigidity: params.rigidity, anchor: round === 0 ? 0.02 : 0.02 + params.smoothness });
        ctx.progress(round * frames + frame + 1, passes, round === 0 ? 'following' : 'refining');
        await new Promise(setImmediate);
        ctx.signal.throwIfAborted();
      }
      await field.learn(wanted, params.fieldSteps, ctx.signal);
      motion = await field.motion();
    }

    const at = (frame: number): Float32Array => motion.subarray(frame * size, (frame + 1) * size);
    const values = { psnr: 0, ssim: 0, undeformed: 0 };
    const rest = (await fitter.render(new Float32Array(size))).color.slice();
    const share = 1 / Math.ceil(frames / MEASURED);
    for (let frame = 0; frame < frames; frame += MEASURED) {
      const { color, mask } = targets[frame][0];
      const { color: shown } = await fitter.render(at(frame));
      values.psnr += share * psnr({ width, height, image: shown, target: color, mask });
      values.undeformed += share * psnr({ width, height, image: rest, target: color, mask });
      values.ssim += share * (await rasterizer.imageLoss({ width, height, image: shown, target: color, weights: mask, ssimWeight: 0.5 })).ssim;
    }
    const rotations = new Float32Array(frames * rig.particles * 4);
    const logScaleOffsets = new Float32Array(frames * size);
    for (let frame = 0; frame < frames; frame++) {
      completeMotion(rig.positions, fitter.springs, at(frame), rotations.subarray(frame * rig.particles * 4, (frame + 1) * rig.particles * 4), logScaleOffsets.subarray(frame * size, (frame + 1) * size));
    }
    return {
      deformation: { kind: 'particles' as const, frames, fps: video.fps, count: gaussians.count, ...rig, translations: motion, rotations, logScaleOffsets },
      metrics: {
        values: { psnr: values.psnr, ssim: values.ssim, 'psnr-undeformed': values.undeformed, gain: values.psnr - values.undeformed, 'field-error': field.error() },
        about: {
          psnr: { unit: 'dB', better: 'higher' as const, text: `inside the matte grown by ${GROWN} px, at ${width}x${height}, mean over every ${MEASURED}th frame` },
          ssim: { better: 'higher' as const, text: 'on the same pixels' },
          'psnr-undeformed': { unit: 'dB', text: 'the canonical Gaussians at rest on the same pixels' },
          gain: { unit: 'dB', better: 'higher' as const, text: 'psnr over psnr-undeformed' },
          'field-error': { unit: 'pixels', better: 'lower' as const, text: 'how far the field is from where the last steps led, root of the robust mean' },
        },
      },
    };
  } finally {
    rasterizer.dispose();
    await field.dispose();
  }
};

interface Field {
  /** Learn f32 [F, P, 3] world. */
  learn(wanted: Float32Array, steps: number, signal: AbortSignal): Promise<void>;
  /** What the field has learned: f32 [F, P, 3] world. */
  motion(): Promise<Float32Array>;
  /** pixels */
  error(): number;
  dispose(): Promise<void>;
}

/**
 * @param fx    of the whole view: the field speaks pixels
 * @param total training steps in all, for the learning rate
 */
async function createField(rig: ParticleRig, frames: number, fx: number, total: number, seed: number, threads: number): Promise<Field> {
  const P = rig.particles;
  const B = Math.min(BATCH, frames);
  const size: HexPlaneSize = { features: FEATURES, space: SPACE, time: Math.max(2, frames), scales: SCALES };
  const places = fieldPlaces(rig);
  const rng = createRng(seed).fork('hexplane');
  const draw = rng.fork('frames');
  const pixels = Float64Array.from({ length: P }, (_, p) => fx / rig.positions[p * 3 + 2]);
  const batchOf = (picked: readonly number[], wanted: Float32Array) => {
    const at = new Float32Array(B * P * 3);
    const time = new Float32Array(B * P);
    const shift = new Float32Array(B * P * 2);
    picked.forEach((frame, b) => {
      at.set(places, b * P * 3);
      time.fill(frames === 1 ? 0 : frame / (frames - 1), b * P, (b + 1) * P);
      for (let p = 0; p < P; p++) for (let axis = 0; axis < 2; axis++) shift[(b * P + p) * 2 + axis] = wanted[(frame * P + p) * 3 + axis] * pixels[p];
    });
    const tensor = (shape: number[], data: Float32Array): Tensor => ({ shape, data });
    return { at: tensor([B * P, 3], at), time: tensor([B * P], time), shift: tensor([B * P, 2], shift) };
  };
  const nothing = new Float32Array(frames * P * 3);
  const example = batchOf(Array.from({ length: B }, () => 0), nothing);
  const params = { planes: initHexPlane(rng.fork('planes'), size), head: initMlp(rng.fork('head'), { widths: [FEATURES * SCALES.length, HIDDEN, 2], outputGain: 0.1 }) };
  const fieldAt = (p: Traced<typeof params>, at: np.Array, time: np.Array): np.Array => mlp(p.head, hexPlane(p.planes, at, time, size));
  const trainer = await createTrainer({
    name: 'hexplane',
    params,
    batchExample: example,
    loss: (p, { at, time, shift }) => {
      const error = fieldAt(p, at, time).sub(shift);
      // √(e² + ρ²) − ρ: e²/2ρ near the target.
      return np.sqrt(np.square(error).sum(-1).add(ROBUST ** 2)).mean().sub(ROBUST);
    },
    optimizer: { kind: 'adamw', learningRate: warmupCosine({ peak: 2e-2, warmup: Math.min(20, total), total, floor: 2e-4 }), weightDecay: 0 },
    ema: 0.95,
    threads,
  });
  const program = await compile(fieldAt as (p: Traced<typeof params>, at: np.Array, time: np.Array) => np.Array, [params, example.at, example.time], { threads, name: 'hexplane' });
  let recent = 0;
  return {
    async learn(wanted, steps, signal) {
      recent = 0;
      for (let step = 0; step < steps; step++) {
        const picked = Array.from(draw.integers([B], frames).data);
        const { loss } = await trainer.step(batchOf(picked, wanted));
        if (step >= steps - 10) recent += loss / Math.min(10, steps);
        await new Promise(setImmediate);
        signal.throwIfAborted();
      }
    },
    async motion() {
      const learned = trainer.emaParams();
      const out = new Float32Array(frames * P * 3);
      for (let first = 0; first < frames; first += B) {
        const picked = Array.from({ length: B }, (_, b) => Math.min(frames - 1, first + b));
        const { at, time } = batchOf(picked, nothing);
        const { data } = await program.run(learned, at, time);
        picked.forEach((frame, b) => {
          for (let p = 0; p < P; p++) for (let axis = 0; axis < 2; axis++) out[(frame * P + p) * 3 + axis] = data[(b * P + p) * 2 + axis] / pixels[p];
        });
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

/**
 * Where each particle is in the field, f32 [P, 3] in 0 … 1: its place in the picture plane, and its region for the third axis. One camera shows no depth, but lips that touch move apart.
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
