import { TensorError } from './tensor-error.ts';

/**
 * Linear warm-up to `peak` over `warmup` steps, then a cosine down to `floor` at step `total` (Loshchilov and Hutter
 * 2017).
 *
 * @returns a schedule for `learningRate`; steps count from 0
 */
export function warmupCosine({
  peak,
  warmup,
  total,
  floor = 0,
}: {
  peak: number;
  warmup: number;
  total: number;
  floor?: number;
}): (step: number) => number {
  if (!(total > 0) || warmup < 0 || warmup > total) {
    throw new TensorError({
      code: 'tensor.options',
      where: 'warmup-cosine.warmup',
      expected: '0 <= warmup <= total',
      got: `${warmup} of ${total}`,
    });
  }
  return (step) => {
    if (step < warmup) return (peak * (step + 1)) / warmup;
    const progress = Math.min(1, (step - warmup) / Math.max(1, total - warmup));
    return floor + 0.5 * (peak - floor) * (1 + Math.cos(Math.PI * progress));
  };
}
