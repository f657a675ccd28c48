import type { FrameOffsets, FrameView, GaussianArrays } from './scene.ts';
import { SplatError } from './splat-error.ts';
import { checkBackground, checkCamera, checkFloats, checkGaussians, failNotFinite } from './validate.ts';

/** What one view should look like. */
export type FitView = FrameView & {
  /** f32 [H, W, 3] */
  readonly target: Float32Array;
  /** f32 [H, W], not negative, not all zero; none means 1 everywhere. L1 and SSIM are averaged with it. */
  readonly weights?: Float32Array;
  /** f32 [H, W] the transmittance to reach; needed where `transmittanceWeight` is above 0 */
  readonly transmittance?: Float32Array;
};

/** Parameters that a fit may move. */
export const FIT_GROUPS = ['means', 'quats', 'logScales', 'opacityLogits', 'colors', 'shRest'] as const;
/** What a group of numbers is kept within: arrays like it, lowest and highest. Equal ones hold a number where it is. */
export type FitBounds = readonly [low: Float32Array, high: Float32Array];

/** Offsets that a fit may move. */
export const OFFSET_GROUPS = ['means', 'rotations', 'logScales'] as const;

/** State of a fit, told every `reportEvery` steps. */
export type FitReport = { readonly step: number; readonly loss: number; readonly l1: number; readonly ssim: number };

/**
 * Minimises the mean over the views of a step of (1 - λ) L1 + λ (1 - SSIM) + w/2 mean (T - T*)² by Adam (Kingma and Ba
 * 2015).
 *
 * A step takes `batch` views in turn. A group without a rate stays as it is. The rate at step t is rate · decay^(t /
 * steps). After each step a number that has bounds is brought within them.
 */
export type FitProblem = {
  readonly gaussians: GaussianArrays;
  readonly offsets?: FrameOffsets;
  readonly views: readonly FitView[];
  readonly steps: number;
  readonly rates: { readonly [K in (typeof FIT_GROUPS)[number]]?: number };
  readonly offsetRates?: { readonly [K in (typeof OFFSET_GROUPS)[number]]?: number };
  readonly bounds?: { readonly [K in (typeof FIT_GROUPS)[number]]?: FitBounds };
  /** views a step. Default 1. */
  readonly batch?: number;
  /** λ, default 0.2 */
  readonly ssimWeight?: number;
  /** w, default 0 */
  readonly transmittanceWeight?: number;
  /** share of the rates that is left at the end, default 1 */
  readonly decay?: number;
  readonly betas?: readonly [number, number];
  /** default 1e-15, as in 3DGS: gradients of single Gaussians are tiny */
  readonly epsilon?: number;
  readonly compensateOpacity?: boolean;
  /** steps from one report to the next. Default 10. */
  readonly reportEvery?: number;
  readonly onReport?: (report: FitReport) => void | Promise<void>;
  readonly signal?: AbortSignal;
};

/** The fitted numbers, the caller's own. */
export type FitResult = {
  readonly gaussians: GaussianArrays;
  readonly offsets?: FrameOffsets;
  readonly last: FitReport;
};

/** A problem with every default filled in. */
export type CheckedFit = Required<Omit<FitProblem, 'offsets' | 'onReport' | 'signal' | 'offsetRates' | 'bounds'>> &
  Pick<FitProblem, 'offsets' | 'onReport' | 'signal' | 'bounds'> & {
    readonly offsetRates: NonNullable<FitProblem['offsetRates']>;
    readonly count: number;
    readonly frames: number;
  };

function fail(what: string, expected: string, got: unknown, remedy: string): never {
  throw new SplatError({
    code: 'splat.input',
    where: `fit.${what}`,
    expected,
    got: String(got),
    remedy,
  });
}

/** Frames of offsets for N Gaussians; throws unless the lengths agree. */
export function checkOffsets(where: string, offsets: FrameOffsets | undefined, count: number): number {
  if (offsets === undefined) return 0;
  const frames = count === 0 ? 0 : Math.floor(offsets.means.length / (3 * count));
  const shape = (width: number): string => `[F, N, ${width}] with F=${frames}, N=${count}`;
  checkFloats(`${where}.offsets.means`, offsets.means, frames * count * 3, shape(3));
  checkFloats(`${where}.offsets.rotations`, offsets.rotations, frames * count * 4, shape(4));
  checkFloats(`${where}.offsets.logScales`, offsets.logScales, frames * count * 3, shape(3));
  for (const group of OFFSET_GROUPS) {
    const index = offsets[group].findIndex((value) => !Number.isFinite(value));
    if (index >= 0) failNotFinite(`${where}.offsets.${group}`, offsets[group], index);
  }
  return frames;
}

/** Checks a view of a batch. */
export function checkView(where: string, view: FrameView, frames: number): void {
  checkCamera(`${where}.camera`, view.camera);
  checkBackground(`${where}.background`, view.background, view.camera);
  if (view.frame !== undefined && !(Number.isInteger(view.frame) && view.frame >= 0 && view.frame < frames)) {
    throw new SplatError({
      code: 'splat.input',
      where: `${where}.frame`,
      expected: `a whole number below ${frames}`,
      got: `${view.frame}`,
      remedy: 'pass offsets of as many frames',
    });
  }
}

/** @throws SplatError `splat.input` */
export function checkFit(problem: FitProblem): CheckedFit {
  const count = checkGaussians('fit', problem.gaussians);
  const frames = checkOffsets('fit', problem.offsets, count);
  const {
    views,
    batch = 1,
    ssimWeight = 0.2,
    transmittanceWeight = 0,
    decay = 1,
    betas = [0.9, 0.999],
    epsilon = 1e-15,
    reportEvery = 10,
    compensateOpacity = false,
    offsetRates = {},
  } = problem;
  checkNumbers({ ...problem, batch, ssimWeight, transmittanceWeight, decay, betas, epsilon, reportEvery, offsetRates });
  for (const group of FIT_GROUPS) checkBounds(group, problem);
  for (const [v, view] of views.entries()) checkFitView(`fit.views[${v}]`, view, frames, transmittanceWeight);
  return {
    ...problem,
    offsetRates,
    batch,
    ssimWeight,
    transmittanceWeight,
    decay,
    betas,
    epsilon,
    reportEvery,
    compensateOpacity,
    count,
    frames,
  };
}

function checkNumbers(problem: Omit<CheckedFit, 'compensateOpacity' | 'count' | 'frames'>): void {
  const { views, steps, batch, ssimWeight, transmittanceWeight, decay, betas, epsilon, reportEvery } = problem;
  if (views.length === 0) fail('views', 'at least one view', 'none', 'give a target');
  if (!Number.isInteger(steps) || steps < 1) fail('steps', 'a whole number from 1', steps, 'choose how many');
  if (!Number.isInteger(batch) || batch < 1 || batch > views.length)
    fail('batch', `a whole number 1 … ${views.length}`, batch, 'at most all views');
  if (!Number.isInteger(reportEvery) || reportEvery < 1)
    fail('reportEvery', 'a whole number from 1', reportEvery, '10 is usual');
  if (!(ssimWeight >= 0 && ssimWeight <= 1)) fail('ssimWeight', '0 … 1', ssimWeight, '0.2 is usual');
  if (!(transmittanceWeight >= 0 && transmittanceWeight < Infinity))
    fail('transmittanceWeight', 'a number from 0', transmittanceWeight, 'leave it out for 0');
  if (!(decay > 0 && decay <= 1)) fail('decay', 'above 0, at most 1', decay, 'leave it out for 1');
  if (!(epsilon > 0)) fail('epsilon', 'above 0', epsilon, 'leave it out');
  for (const beta of betas) if (!(beta >= 0 && beta < 1)) fail('betas', '0 … below 1', beta, 'leave them out');
  for (const [name, rate] of [...Object.entries(problem.rates), ...Object.entries(problem.offsetRates)])
    if (!(rate >= 0 && rate < Infinity))
      fail(`rates.${name}`, 'a number from 0', rate, 'leave it out to keep the group');
}

function checkBounds(group: (typeof FIT_GROUPS)[number], problem: FitProblem): void {
  const count = problem.gaussians[group]?.length ?? 0;
  const bounds = problem.bounds?.[group];
  if (bounds === undefined) return;
  for (const bound of bounds)
    checkFloats(`fit.bounds.${group}`, bound, count, `[${count}], as many as there are ${group}`);
  const wrong = bounds[0].findIndex((low, i) => !(low <= bounds[1][i]));
  if (wrong >= 0)
    fail(
      `bounds.${group}`,
      'none below the other',
      `${bounds[0][wrong]} … ${bounds[1][wrong]} at index ${wrong}`,
      'give the lower first',
    );
}

function checkFitView(where: string, view: FitView, frames: number, transmittanceWeight: number): void {
  checkView(where, view, frames);
  const { width, height } = view.camera;
  const shape = `with H=${height}, W=${width}`;
  checkFloats(`${where}.target`, view.target, width * height * 3, `[H, W, 3] ${shape}`);
  if (view.weights !== undefined) checkFloats(`${where}.weights`, view.weights, width * height, `[H, W] ${shape}`);
  if (view.transmittance !== undefined || transmittanceWeight > 0)
    checkFloats(`${where}.transmittance`, view.transmittance, width * height, `[H, W] ${shape}`);
  for (const [name, values] of [
    ['target', view.target],
    ['weights', view.weights],
    ['transmittance', view.transmittance],
  ] as const) {
    const index = values?.findIndex((value) => !Number.isFinite(value)) ?? -1;
    if (index >= 0 && values !== undefined) failNotFinite(`${where}.${name}`, values, index);
  }
}

/** The views of a step, in turn. */
export function viewsOfStep({ views, batch }: Pick<CheckedFit, 'views' | 'batch'>, step: number): number[] {
  return Array.from({ length: batch }, (_, b) => (step * batch + b) % views.length);
}

/** Rate factor of a step. */
export const rateFactor = ({ decay, steps }: Pick<CheckedFit, 'decay' | 'steps'>, step: number): number =>
  decay ** (step / steps);

/** Gaussians at a frame: the canonical ones with the offsets applied. `into` is filled. */
export function applyOffsets(
  gaussians: GaussianArrays,
  offsets: FrameOffsets,
  frame: number,
  into: GaussianArrays,
): void {
  const count = gaussians.opacityLogits.length;
  const base = frame * count;
  for (let i = 0; i < 3 * count; i++) {
    into.means[i] = gaussians.means[i] + offsets.means[3 * base + i];
    into.logScales[i] = gaussians.logScales[i] + offsets.logScales[3 * base + i];
  }
  for (let g = 0; g < count; g++)
    multiply(offsets.rotations, 4 * (base + g), gaussians.quats, 4 * g, into.quats, 4 * g, 1, 1);
}

/** out = a ⊗ b of quaternions wxyz, the vector part of either times its sign (-1 conjugates); added when asked. */
export function multiply(
  a: Float32Array,
  i: number,
  b: Float32Array,
  j: number,
  out: Float32Array,
  k: number,
  signA: 1 | -1,
  signB: 1 | -1,
  add = false,
): void {
  const [aw, ax, ay, az] = [a[i], signA * a[i + 1], signA * a[i + 2], signA * a[i + 3]];
  const [bw, bx, by, bz] = [b[j], signB * b[j + 1], signB * b[j + 2], signB * b[j + 3]];
  const keep = add ? 1 : 0;
  out[k] = keep * out[k] + aw * bw - ax * bx - ay * by - az * bz;
  out[k + 1] = keep * out[k + 1] + aw * bx + ax * bw + ay * bz - az * by;
  out[k + 2] = keep * out[k + 2] + aw * by - ax * bz + ay * bw + az * bx;
  out[k + 3] = keep * out[k + 3] + aw * bz + ax * by - ay * bx + az * bw;
}
