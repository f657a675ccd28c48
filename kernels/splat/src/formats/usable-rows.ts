import type { GaussianArrays } from '../scene.ts';
import { restOf } from '../validate.ts';

/** Gaussians that can all be drawn, and how many of a file could not. */
export type UsableRows = { readonly gaussians: GaussianArrays; readonly leftOut: number };

/** logit of an opacity that is 1, or 0, to a renderer: the infinite one has no number. */
const SURE = 20;

/**
 * Leaves out Gaussians with a number that is not finite or with a quaternion of no length, as training leaves them: one
 * of them would spoil the picture. An infinite opacity is opaque, or clear. Without any such the arrays are the same.
 */
export function usableRows(gaussians: GaussianArrays): UsableRows {
  const { opacityLogits } = gaussians;
  const count = opacityLogits.length;
  const widths = [
    ['means', 3],
    ['quats', 4],
    ['logScales', 3],
    ['opacityLogits', 1],
    ['colors', 3],
    ['shRest', 3 * restOf(gaussians)],
  ] as const;
  for (let g = 0; g < count; g++)
    if (Math.abs(opacityLogits[g]) === Infinity) opacityLogits[g] = opacityLogits[g] > 0 ? SURE : -SURE;
  const kept: number[] = [];
  for (let g = 0; g < count; g++) {
    const finite = widths.every(([name, width]) => isFinite(gaussians[name], g * width, width));
    if (finite && Math.hypot(...gaussians.quats.subarray(4 * g, 4 * g + 4)) > 1e-12) kept.push(g);
  }
  if (kept.length === count) return { gaussians, leftOut: 0 };
  const only = (values: Float32Array, width: number): Float32Array => {
    const out = new Float32Array(kept.length * width);
    for (const [to, g] of kept.entries()) out.set(values.subarray(g * width, (g + 1) * width), to * width);
    return out;
  };
  const { means, quats, logScales, colors, shRest } = gaussians;
  return {
    gaussians: {
      means: only(means, 3),
      quats: only(quats, 4),
      logScales: only(logScales, 3),
      opacityLogits: only(opacityLogits, 1),
      colors: only(colors, 3),
      ...(shRest === undefined ? {} : { shRest: only(shRest, widths[5][1]) }),
    },
    leftOut: count - kept.length,
  };
}

function isFinite(values: Float32Array | undefined, from: number, width: number): boolean {
  for (let i = from; i < from + width; i++) if (!Number.isFinite(values?.[i])) return false;
  return true;
}

/** What is said of Gaussians that were left out. */
export function leftOutNotice(leftOut: number, count: number): string {
  return `${leftOut} of ${count} Gaussians left out: a number that is not finite, or a rotation of no length`;
}
