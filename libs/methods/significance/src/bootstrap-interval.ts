import { Fault } from '@soliloquy/fault';
import { normalBelow, normalQuantile } from './normal.ts';

/** A figure of a sample, and where it lies. */
export interface BootstrapInterval {
  readonly estimate: number;
  /** absent where the sample cannot tell: one unit, a figure that no unit moves, or one beside all its resamples */
  readonly interval?: readonly [low: number, high: number];
}

/** How often to draw, by what, and how sure to be. */
export interface BootstrapDraws {
  /** resamples, from 1; 9999 keeps the ends of a 95 % interval still */
  readonly draws: number;
  /** numbers of [0, 1), one for each unit of each resample */
  readonly random: () => number;
  /** of confidence, 0 … 1 */
  readonly level?: number;
}

/**
 * The interval of any figure of a sample by drawing the sample anew: bias-corrected and accelerated (Efron 1987, BC_a).
 * The ends are the quantiles Φ(z₀ + (z₀ + z_α) / (1 − a (z₀ + z_α))) of the figure over the resamples, z₀ = Φ⁻¹ of the
 * share of them below the estimate (of ties half), a = Σ u³ / (6 (Σ u²)^(3/2)), u the mean of the figures without one
 * unit less each of them. What depends on each other (seeds of a film, both films of a pair) is one unit.
 *
 * @param units     what is drawn: values, pairs, clips
 * @param statistic the figure of a sample of as many units or one less
 * @throws Fault `significance.argument` where there are no units, or no draws
 */
export function bootstrapInterval<Unit>(
  units: readonly Unit[],
  statistic: (sample: readonly Unit[]) => number,
  { draws, random, level = 0.95 }: BootstrapDraws,
): BootstrapInterval {
  if (units.length === 0 || !Number.isInteger(draws) || draws < 1)
    throw new Fault({
      code: 'significance.argument',
      where: 'bootstrapInterval',
      expected: 'at least one unit and one draw',
      got: `${units.length} units, ${draws} draws`,
      remedy: 'give what to draw from, and how often',
      audience: 'author',
    });
  const estimate = statistic(units);
  const acceleration = accelerationOf(units, statistic);
  if (acceleration === undefined) return { estimate };
  const drawn = new Float64Array(draws);
  for (let draw = 0; draw < draws; draw++)
    drawn[draw] = statistic(units.map(() => units[Math.floor(random() * units.length)]));
  drawn.sort();
  const below = drawn.reduce((sum, value) => sum + (value < estimate ? 1 : value === estimate ? 0.5 : 0), 0);
  const bias = normalQuantile(below / draws);
  const end = (z: number): number => {
    const moved = bias + z;
    return quantile(drawn, normalBelow(bias + moved / (1 - acceleration * moved)));
  };
  const z = normalQuantile((1 - level) / 2);
  return Number.isFinite(bias) ? { estimate, interval: [end(z), end(-z)] } : { estimate };
}

/** a of BC_a by leaving out each unit; `undefined` where none moves the figure. */
function accelerationOf<Unit>(
  units: readonly Unit[],
  statistic: (sample: readonly Unit[]) => number,
): number | undefined {
  if (units.length < 2) return undefined;
  const without = units.map((_, i) => statistic(units.filter((_, j) => j !== i)));
  const mean = without.reduce((sum, value) => sum + value, 0) / without.length;
  const scale = Math.max(...without.map(Math.abs));
  const squares = without.reduce((sum, value) => sum + (mean - value) ** 2, 0);
  if (Math.sqrt(squares / without.length) <= scale * 1e-14) return undefined;
  return without.reduce((sum, value) => sum + (mean - value) ** 3, 0) / (6 * squares ** 1.5);
}

/** The quantile of sorted values, between two of them in proportion (Hyndman and Fan 1996, type 7). */
function quantile(sorted: Float64Array, share: number): number {
  const at = share * (sorted.length - 1);
  const low = Math.floor(at);
  const high = Math.min(low + 1, sorted.length - 1);
  return sorted[low] + (at - low) * (sorted[high] - sorted[low]);
}
