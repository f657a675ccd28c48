import type { LatentFlow } from './latent-flow-model.ts';

/** How somebody moves, beside what is usual. */
export interface WantedManner {
  /** how far, 1 is usual */
  readonly size: number;
  /** how fast, 1 is usual */
  readonly pace: number;
  /** whether hands gesture */
  readonly hands: boolean;
}

/**
 * How somebody is to move, as the model is told it: what is usual in its corpus, larger or faster by factors, within
 * what the corpus has. Hands that are to be still are told the least that arms did there.
 *
 * @returns f32 [3] `MANNER_NUMBERS`
 */
export function mannerFor(
  { low, usual, high }: LatentFlow['manners'],
  expressiveness: number,
  { size, pace, hands }: WantedManner,
): Float32Array {
  const within = (i: number, factor: number): number =>
    Math.min(high[i], Math.max(low[i], usual[i] + Math.log(Math.max(Number.MIN_VALUE, factor))));
  const way = expressiveness * size;
  return Float32Array.of(within(0, way), hands ? within(1, way) : low[1], within(2, pace));
}
