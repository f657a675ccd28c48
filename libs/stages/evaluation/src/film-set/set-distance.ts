import { StageError, type Reading, type StageContext } from '@soliloquy/stage';
import { restsOn } from '../rests-on.ts';
import { FILM_SET } from './inputs.ts';

/** What a distance of two sets rests on. */
interface Rows {
  readonly made: readonly Float64Array[];
  readonly truth: readonly Float64Array[];
}

/** What is said of a distance. */
interface About {
  /** What a row is, e.g. `clips`. */
  readonly of: string;
  readonly enough: number;
  readonly why: string;
  readonly at?: string;
  readonly ridge?: number;
  readonly ctx: Pick<StageContext, 'log'>;
}

/** The figures of a distance: itself, and how many rows each of the two sets has. */
export function distanceFigures<N extends string>(name: N, text: string, of: string) {
  return {
    [name]: { better: 'lower', text },
    [`${name}/count`]: { text: `${of} of the films that ${name} rests on` },
    [`${name}/truth-count`]: { text: `${of} of the true films` },
  } as Record<N | `${N}/count` | `${N}/truth-count`, { better?: 'lower'; text: string }>;
}

/**
 * Fréchet distance of two sets of rows, with how much it rests on.
 *
 * @throws StageError `stage.too-few-windows` where a set has fewer than two rows
 */
export async function setDistance<N extends string>(
  name: N,
  { made, truth }: Rows,
  { of, enough, why, at, ridge = 0, ctx }: About,
): Promise<Record<N | `${N}/count` | `${N}/truth-count`, Reading>> {
  for (const [where, rows] of Object.entries({ videos: made, truths: truth }))
    if (rows.length < 2)
      throw new StageError({
        code: 'stage.too-few-windows',
        where: `${FILM_SET}.${where}`,
        expected: `two ${of} at least for ${name}`,
        got: String(rows.length),
        remedy: 'give more or longer films',
      });
  const { frechetDistance } = await import('../frechet-distance.ts');
  const support = { count: Math.min(made.length, truth.length), of, enough, why };
  return {
    [name]: restsOn(name, frechetDistance(made, truth, ridge), support, { ...(at !== undefined && { at }), ctx }),
    [`${name}/count`]: made.length,
    [`${name}/truth-count`]: truth.length,
  } as Record<N | `${N}/count` | `${N}/truth-count`, Reading>;
}
