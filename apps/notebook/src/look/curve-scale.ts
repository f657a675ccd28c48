/** How a curve lies in a box. */
export interface CurveScale {
  /** for a polyline: `x,y` of each finite value */
  readonly points: string;
  readonly low: number;
  readonly high: number;
  /** whether heights are logarithms */
  readonly log: boolean;
  /** where the value at an index lies, from the left */
  x(index: number): number;
  /** the index whose value lies nearest to a share of the width */
  nearest(share: number): number;
}

const MARGIN = 8;
/** Losses fall over orders of magnitude: what spans more than this and is positive is drawn by its logarithm. */
const LOG_FROM = 30;

/**
 * @param steps where each value was measured, rising; their places in a row where left out
 * @param size of the box, px
 */
export function curveScale(
  values: readonly number[],
  steps: readonly number[] | undefined,
  { width, height }: { readonly width: number; readonly height: number },
): CurveScale {
  const finite = values.filter(Number.isFinite);
  const low = finite.reduce((least, value) => Math.min(least, value), Infinity);
  const high = finite.reduce((most, value) => Math.max(most, value), -Infinity);
  const log = low > 0 && high / low > LOG_FROM;
  const of = (value: number): number => (log ? Math.log(value) : value);
  const range = of(high) - of(low) || 1;
  const y = (value: number): number => height - MARGIN - ((of(value) - of(low)) / range) * (height - 2 * MARGIN);
  const at = (index: number): number => steps?.[index] ?? index;
  const [first, span] = [at(0), at(values.length - 1) - at(0)];
  const x = (index: number): number => (span === 0 ? width / 2 : ((at(index) - first) / span) * width);
  return {
    points: values
      .map((value, index) => (Number.isFinite(value) ? `${x(index).toFixed(1)},${y(value).toFixed(1)}` : ''))
      .join(' '),
    low,
    high,
    log,
    x,
    nearest: (share) =>
      values.reduce(
        (best, _, index) => (Math.abs(x(index) - share * width) < Math.abs(x(best) - share * width) ? index : best),
        0,
      ),
  };
}
