import type { LatentFlow } from '@soliloquy/latent-flow/motion';
import type { Manner } from '../puppet/gestures/manner.ts';

/**
 * How somebody is to move, as the model is told it: what is usual in its corpus, larger or faster by factors, within
 * what the corpus has. Hands that are to be still are told the least that arms did there.
 *
 * @returns f32 [3] `MANNER_NUMBERS`
 */
export function mannerFor(
  { low, usual, high }: LatentFlow['manners'],
  expressiveness: number,
  { size, pace, hands }: Manner,
): Float32Array {
  const within = (i: number, factor: number): number =>
    Math.min(high[i], Math.max(low[i], usual[i] + Math.log(Math.max(Number.MIN_VALUE, factor))));
  const way = expressiveness * size;
  return Float32Array.of(within(0, way), hands ? within(1, way) : low[1], within(2, pace));
}
