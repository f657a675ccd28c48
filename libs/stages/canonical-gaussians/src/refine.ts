import type { Gaussians } from '@soliloquy/ports';
import type { DeviceRasterizer, FitProblem } from '@soliloquy/splat';
import { PERSON_DISTANCE } from './surface-depth.ts';

/** What the Gaussians are refined to show. */
export interface RefineTarget {
  /** f32 [H, W, 3] the person's own colour, straight */
  readonly color: Float32Array;
  /**
   * f32 [H, W, 3] what may be behind the person, taken in turn: a person that is opaque before all of them has no holes
   */
  readonly backgrounds: readonly Float32Array[];
  /** f32 [H, W] 0 … 1 */
  readonly matte: Float32Array;
  /** f32 [H, W] how much each pixel counts */
  readonly weights: Float32Array;
}

/** Which Gaussians are refined, and for how long. */
export interface Refinement {
  /** first and last + 1 */
  readonly range: readonly [number, number];
  /** u8 [N] 1 where a Gaussian keeps its shape and colour: it would make up for another layer that overlaps it */
  readonly held: Uint8Array;
  readonly steps: number;
  /** Awaited every `REPORT_EVERY` steps; what it throws ends the refinement. */
  readonly onStep: (step: number, loss: number) => Promise<void>;
}

/** Steps from one report of the loss to the next. */
export const REPORT_EVERY = 5;

const GROUPS = ['means', 'quats', 'logScales', 'opacityLogits', 'colors'] as const;

/**
 * Refines position (in the image plane), rotation, scale, opacity and colour of Gaussians `first` … `last` - 1 by Adam
 * on L1 + SSIM (Kerbl et al. 2023, λ = 0.2) and on the matte (squared difference of coverage), on the rasteriser's
 * device, in place. The others are left as they are: no picture shows what is hidden.
 *
 * @returns the loss of every `REPORT_EVERY`th step
 */
export async function refine(
  rasterizer: DeviceRasterizer,
  gaussians: Gaussians,
  target: RefineTarget,
  { range: [first, last], held, steps, onStep }: Refinement,
): Promise<number[]> {
  if (steps === 0) return [];
  const { camera, means, quats, logScales, opacityLogits, colors } = gaussians;
  const pixel = PERSON_DISTANCE / camera.fx;
  const transmittance = target.matte.map((coverage) => 1 - coverage);
  const losses: number[] = [];
  const { gaussians: refined } = await rasterizer.fit({
    gaussians: { means, quats, logScales, opacityLogits, colors },
    views: target.backgrounds.map((background) => ({
      camera,
      background,
      weights: target.weights,
      transmittance,
      target: background.map((value, i) => value + target.matte[Math.floor(i / 3)] * (target.color[i] - value)),
    })),
    steps,
    rates: { means: 0.12 * pixel, quats: 0.04, logScales: 0.035, opacityLogits: 0.06, colors: 0.03 },
    decay: 0.15,
    betas: [0.9, 0.99],
    epsilon: 1e-10,
    ssimWeight: 0.2,
    transmittanceWeight: 0.6,
    bounds: boundsOf(gaussians, { range: [first, last], held }, pixel),
    reportEvery: REPORT_EVERY,
    onReport: async ({ step, loss }) => {
      losses.push(loss);
      await onStep(step, loss);
    },
  });
  for (const group of GROUPS) gaussians[group].set(refined[group]);
  return losses;
}

/** Pixels that a Gaussian may go: under what is before it nothing would call it back, and a limb may uncover it. */
const FARTHEST = 2;
/** How far a colour that is held may change. */
const HELD = 0.04;

/**
 * No depth from one picture, places near what they were, scales about what they were and no smaller than the filter
 * shows, opacities that still learn, colours that there are; and nothing outside the range moves.
 */
function boundsOf(
  gaussians: Gaussians,
  { range: [first, last], held }: Pick<Refinement, 'range' | 'held'>,
  pixel: number,
): Required<FitProblem>['bounds'] {
  const smallest = Math.log(0.3 * pixel);
  const within = (
    group: (typeof GROUPS)[number],
    range: (value: number, i: number) => readonly [number, number],
  ): [Float32Array, Float32Array] => {
    const values = gaussians[group];
    const stride = values.length / gaussians.count;
    const [low, high] = [values.slice(), values.slice()];
    for (let i = first * stride; i < last * stride; i++) [low[i], high[i]] = range(values[i], i);
    return [low, high];
  };
  const isHeld = (i: number, stride: number): boolean => held[Math.floor(i / stride)] === 1;
  return {
    means: within('means', (value, i) => {
      const far = i % 3 === 2 ? 0 : isHeld(i, 3) ? 0.25 * FARTHEST * pixel : FARTHEST * pixel;
      return [value - far, value + far];
    }),
    quats: within('quats', (value, i) => (isHeld(i, 4) ? [value, value] : [-Infinity, Infinity])),
    logScales: within('logScales', (value, i) => [
      Math.min(value + 0.7, Math.max(smallest, value - 1.2)),
      isHeld(i, 3) ? Math.max(value, smallest) : value + 0.7,
    ]),
    opacityLogits: within('opacityLogits', () => [0, 5]),
    colors: within('colors', (value, i) => {
      const reach = isHeld(i, 3) ? HELD : 1;
      return [Math.max(0, value - reach), Math.min(1, value + reach)];
    }),
  };
}
