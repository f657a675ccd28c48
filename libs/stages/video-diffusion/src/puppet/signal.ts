/** Gaussian smoothing without delay; ends repeated. f64 [F], `sigma` in frames. */
export function smooth(values: ArrayLike<number>, sigma: number): Float64Array {
  const reach = Math.ceil(3 * sigma);
  if (reach === 0) return Float64Array.from(values);
  const kernel = Float64Array.from({ length: 2 * reach + 1 }, (_, i) => Math.exp(-0.5 * ((i - reach) / sigma) ** 2));
  const total = kernel.reduce((a, b) => a + b, 0);
  return Float64Array.from({ length: values.length }, (_, f) => {
    let sum = 0;
    for (let d = -reach; d <= reach; d++)
      sum += kernel[d + reach] * values[Math.min(values.length - 1, Math.max(0, f + d))];
    return sum / total;
  });
}

/** 3t² − 2t³ from `from` to `to`, 0 before and 1 after; C1. */
export function smoothstep(from: number, to: number, x: number): number {
  const t = Math.min(1, Math.max(0, (x - from) / (to - from)));
  return t * t * (3 - 2 * t);
}

/** cos² bump of half width 1 around 0; C1. */
export function bump(x: number): number {
  return Math.abs(x) < 1 ? Math.cos((Math.PI / 2) * x) ** 2 : 0;
}
