import type { Rasterizer } from './bind.ts';
import {
  applyOffsets,
  FIT_GROUPS,
  multiply,
  OFFSET_GROUPS,
  rateFactor,
  viewsOfStep,
  type CheckedFit,
  type FitBounds,
  type FitReport,
  type FitResult,
} from './fit.ts';
import { allocateGradients } from './gradient-groups.ts';
import type { FrameOffsets, GaussianArrays, GaussianGradients, GradientGroup } from './scene.ts';
import { SplatError } from './splat-error.ts';
import { restOf } from './validate.ts';

/** One Adam update of `values` (Kingma and Ba 2015), as `optimise.wgsl.ts`. */
function update(
  values: Float32Array,
  gradient: Float32Array,
  [m, v]: readonly [Float32Array, Float32Array],
  rate: number,
  t: number,
  { betas: [beta1, beta2], epsilon }: CheckedFit,
  bounds?: FitBounds,
): void {
  const [first, second] = [1 / (1 - beta1 ** t), 1 / (1 - beta2 ** t)];
  for (let i = 0; i < values.length; i++) {
    const g = gradient[i];
    m[i] = beta1 * m[i] + (1 - beta1) * g;
    v[i] = beta2 * v[i] + (1 - beta2) * g * g;
    values[i] -= (rate * m[i] * first) / (Math.sqrt(v[i] * second) + epsilon);
  }
  if (bounds === undefined) return;
  const [low, high] = bounds;
  for (let i = 0; i < values.length; i++) values[i] = Math.max(low[i], Math.min(high[i], values[i]));
}

const memoryOf = (values: Float32Array): [Float32Array, Float32Array] => [
  new Float32Array(values.length),
  new Float32Array(values.length),
];

type FitGroup = (typeof FIT_GROUPS)[number];

/** What a fit on the CPU holds from step to step. */
interface FitState {
  readonly gaussians: GaussianArrays;
  readonly offsets: FrameOffsets | undefined;
  /** the Gaussians as a frame's offsets move them */
  readonly moved: GaussianArrays;
  readonly groups: readonly FitGroup[];
  /** of Adam, by group */
  readonly memory: Readonly<Record<string, [Float32Array, Float32Array]>>;
  readonly offsetMemory: Readonly<Record<(typeof OFFSET_GROUPS)[number], [Float32Array, Float32Array]>>;
  /** gradients, summed over the views of a step */
  readonly sums: Readonly<Record<FitGroup, Float32Array>>;
  readonly offsetSums: FrameOffsets;
  /** how often each frame was seen */
  readonly visits: Int32Array;
  /** of one view, overwritten by the next */
  readonly gradients: ReturnType<typeof allocateGradients>;
  /** of the largest view: dL/dtransmittance */
  readonly byTransmittance: Float32Array;
}

/** What the views of a step come to: sums over them. */
interface StepSums {
  loss: number;
  l1: number;
  ssim: number;
  /** frames that were seen */
  readonly seen: Set<number>;
}

/** Fits on the CPU: the same steps as `fitOnGpu`, one call of the rasteriser after another. */
export async function fitOnCpu(rasterizer: Rasterizer, problem: CheckedFit): Promise<FitResult> {
  const { batch, steps } = problem;
  const state = openState(problem);
  const { gaussians, offsets } = state;
  let last: FitReport = { step: 0, loss: Number.NaN, l1: Number.NaN, ssim: Number.NaN };
  for (let step = 0; step < steps; step++) {
    problem.signal?.throwIfAborted();
    const sums: StepSums = { loss: 0, l1: 0, ssim: 0, seen: new Set() };
    for (const group of state.groups) state.sums[group].fill(0);
    for (const v of viewsOfStep(problem, step)) addView(rasterizer, problem, state, v, sums);
    const loss = sums.loss / batch;
    if (!Number.isFinite(loss))
      throw new SplatError({
        code: 'splat.diverged',
        where: 'fit.loss',
        expected: 'a finite loss',
        got: `${loss} at step ${step} (before it ${last.loss})`,
        remedy: 'lower the rates',
      });
    takeStep(problem, state, step, sums.seen);
    last = { step: step + 1, loss, l1: sums.l1 / batch, ssim: sums.ssim / batch };
    if ((step + 1) % problem.reportEvery === 0 || step + 1 === steps) await problem.onReport?.(last);
  }
  return { gaussians, ...(offsets === undefined ? {} : { offsets }), last };
}

function openState(problem: CheckedFit): FitState {
  const { views, count, frames, transmittanceWeight } = problem;
  const gaussians = Object.fromEntries(
    Object.entries(problem.gaussians).map(([name, values]) => [name, values.slice()]),
  ) as unknown as GaussianArrays;
  const groups = FIT_GROUPS.filter((group) => gaussians[group] !== undefined);
  const offsetSums: FrameOffsets = {
    means: new Float32Array(frames * count * 3),
    rotations: new Float32Array(frames * count * 4),
    logScales: new Float32Array(frames * count * 3),
  };
  const largest = Math.max(...views.map(({ camera }) => camera.width * camera.height));
  return {
    gaussians,
    offsets: problem.offsets && copyOf(problem.offsets),
    moved: {
      ...gaussians,
      means: gaussians.means.slice(),
      quats: gaussians.quats.slice(),
      logScales: gaussians.logScales.slice(),
    },
    groups,
    memory: Object.fromEntries(groups.map((group) => [group, memoryOf(gaussians[group] ?? new Float32Array(0))])),
    offsetMemory: {
      means: memoryOf(offsetSums.means),
      rotations: memoryOf(offsetSums.rotations),
      logScales: memoryOf(offsetSums.logScales),
    },
    sums: Object.fromEntries(groups.map((group) => [group, new Float32Array(gaussians[group]?.length ?? 0)])) as Record<
      FitGroup,
      Float32Array
    >,
    offsetSums,
    visits: new Int32Array(frames),
    gradients: allocateGradients(count, restOf(gaussians), [0, 0, 0], new Set<GradientGroup>(groups), undefined),
    byTransmittance: new Float32Array(transmittanceWeight > 0 ? largest : 0),
  };
}

function copyOf({ means, rotations, logScales }: FrameOffsets): FrameOffsets {
  return { means: means.slice(), rotations: rotations.slice(), logScales: logScales.slice() };
}

/** Adds the loss of view `v` and its gradients to the sums of the step. */
function addView(rasterizer: Rasterizer, problem: CheckedFit, state: FitState, v: number, sums: StepSums): void {
  const { views, count, ssimWeight, transmittanceWeight, compensateOpacity } = problem;
  const { gaussians, offsets, moved, groups, gradients } = state;
  const { camera, background, target, weights, transmittance, frame } = views[v];
  const { width, height } = camera;
  if (offsets !== undefined && frame !== undefined) applyOffsets(gaussians, offsets, frame, moved);
  // what a step would copy and allocate is megabytes
  const output = rasterizer.render(frame === undefined ? gaussians : moved, camera, background, {
    compensateOpacity,
    lend: true,
  });
  const picture = rasterizer.imageLoss(
    { width, height, image: output.color, target, weights, ssimWeight },
    { lend: true },
  );
  const through = state.byTransmittance.subarray(0, width * height);
  const matte = transmittanceWeight > 0 ? transmittance : undefined;
  let squares = 0;
  for (let i = 0; matte !== undefined && i < through.length; i++) {
    const apart = output.transmittance[i] - matte[i];
    squares += apart * apart;
    through[i] = (transmittanceWeight * apart) / (width * height);
  }
  sums.loss += picture.value + (0.5 * transmittanceWeight * squares) / (width * height);
  sums.l1 += picture.l1;
  sums.ssim += picture.ssim;
  const gradient = rasterizer.backward(
    { color: picture.gradient, transmittance: matte && through },
    { groups, into: gradients },
  );
  if (offsets !== undefined && frame !== undefined) {
    addOffsetGradient(gradient, gaussians, offsets, frame, state.offsetSums, sums.seen.has(frame));
    turnBack(gradient, offsets, frame, count);
    sums.seen.add(frame);
  }
  for (const group of groups) {
    const from = gradient[group];
    if (from !== undefined) for (let i = 0; i < from.length; i++) state.sums[group][i] += from[i];
  }
}

/** One step of Adam for every group that has a rate, and for the offsets of the frames that were seen. */
function takeStep(problem: CheckedFit, state: FitState, step: number, seen: ReadonlySet<number>): void {
  const { count, rates, offsetRates } = problem;
  const { gaussians, offsets, memory, offsetMemory, sums, offsetSums, visits } = state;
  const factor = rateFactor(problem, step);
  for (const group of state.groups) {
    const rate = (rates[group] ?? 0) * factor;
    const values = gaussians[group];
    if (rate > 0 && values !== undefined)
      update(values, sums[group], memory[group], rate, step + 1, problem, problem.bounds?.[group]);
  }
  for (const frame of seen) {
    visits[frame]++;
    for (const group of OFFSET_GROUPS) {
      const rate = (offsetRates[group] ?? 0) * factor;
      const width = group === 'rotations' ? 4 : 3;
      const part = (values: Float32Array): Float32Array =>
        values.subarray(frame * count * width, (frame + 1) * count * width);
      const [m, v] = offsetMemory[group];
      if (rate > 0 && offsets !== undefined)
        update(part(offsets[group]), part(offsetSums[group]), [part(m), part(v)], rate, visits[frame], problem);
    }
  }
}

/** Gradient of a frame's offsets from that of its Gaussians: mean and scale add, quat = rotation ⊗ canonical. */
function addOffsetGradient(
  gradient: GaussianGradients,
  canonical: GaussianArrays,
  offsets: FrameOffsets,
  frame: number,
  sums: FrameOffsets,
  add: boolean,
): void {
  const count = canonical.opacityLogits.length;
  const keep = add ? 1 : 0;
  for (const name of ['means', 'logScales'] as const) {
    const base = frame * count * 3;
    for (let i = 0; i < count * 3; i++) sums[name][base + i] = keep * sums[name][base + i] + gradient[name][i];
  }
  for (let g = 0; g < count; g++)
    multiply(gradient.quats, 4 * g, canonical.quats, 4 * g, sums.rotations, 4 * (frame * count + g), 1, -1, add);
}

/** The gradient of the frame's quaternions as that of the canonical ones. */
function turnBack(gradient: GaussianGradients, offsets: FrameOffsets, frame: number, count: number): void {
  for (let g = 0; g < count; g++)
    multiply(offsets.rotations, 4 * (frame * count + g), gradient.quats, 4 * g, gradient.quats, 4 * g, -1, 1);
}
