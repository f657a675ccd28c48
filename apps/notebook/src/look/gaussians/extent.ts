import type { GaussianArrays } from '@soliloquy/splat';

export type Triple = readonly [number, number, number];

/** Gaussians that are looked at for the bounds, at most: evenly taken from all. */
const SAMPLES = 20_000;
/** Shares of the opacity between which the middle lies, along each axis. */
const MIDDLE = [0.05, 0.95] as const;

/**
 * Where the Gaussians are and how far they reach: mean and three standard deviations by opacity, of those that lie
 * within the middle nine tenths of the opacity along each axis, or as far again beside them. So a few far ones, as
 * training leaves them, do not empty the view, and of a scene without any none is left out.
 */
export function centreAndSpread(gaussians: GaussianArrays): { readonly centre: Triple; readonly spread: Triple } {
  const { means, opacityLogits } = gaussians;
  const bounds = boundsOf(gaussians);
  const sums = [0, 0, 0];
  const squares = [0, 0, 0];
  let weights = 0;
  const each = (visit: (weight: number, at: number) => void): void => {
    for (const [n, logit] of opacityLogits.entries()) {
      const inside = bounds.every(([least, most], axis) => {
        const value = means[3 * n + axis] as number;
        return value >= least && value <= most;
      });
      if (inside) visit(opacityOf(logit), 3 * n);
    }
  };
  each((weight, at) => {
    weights += weight;
    for (let axis = 0; axis < 3; axis++) sums[axis] = (sums[axis] as number) + weight * (means[at + axis] as number);
  });
  const centre = sums.map((value) => value / (weights || 1));
  each((weight, at) => {
    for (let axis = 0; axis < 3; axis++)
      squares[axis] =
        (squares[axis] as number) + weight * ((means[at + axis] as number) - (centre[axis] as number)) ** 2;
  });
  const spread = squares.map((value) => 3 * Math.sqrt(value / (weights || 1)) || 1);
  return { centre: centre as unknown as Triple, spread: spread as unknown as Triple };
}

const opacityOf = (logit: number): number => 1 / (1 + Math.exp(-logit));

/** Least and most of each axis that count. */
function boundsOf({ means, opacityLogits }: GaussianArrays): (readonly [number, number])[] {
  const count = opacityLogits.length;
  const step = Math.max(1, Math.ceil(count / SAMPLES));
  const taken = Array.from({ length: Math.ceil(count / step) }, (_, i) => i * step);
  const total = taken.reduce((sum, n) => sum + opacityOf(opacityLogits[n] as number), 0);
  return [0, 1, 2].map((axis) => {
    const value = (n: number): number => means[3 * n + axis] as number;
    const sorted = taken.toSorted((a, b) => value(a) - value(b));
    const quantile = (share: number): number => {
      let sum = 0;
      for (const n of sorted) {
        sum += opacityOf(opacityLogits[n] as number);
        if (sum >= share * total) return value(n);
      }
      return value(sorted.at(-1) ?? 0);
    };
    if (sorted.length === 0) return [0, 0];
    const [least, most] = [quantile(MIDDLE[0]), quantile(MIDDLE[1])];
    return [least - (most - least), most + (most - least)];
  });
}
