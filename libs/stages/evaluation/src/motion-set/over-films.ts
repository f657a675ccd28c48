import { FILMS } from '@soliloquy/ports';
import type { Figure, Reading } from '@soliloquy/stage';
import { mean } from '../evaluation/tracked/statistics.ts';

/** What is said of a figure. */
type Note = Pick<Figure, 'unit' | 'better'> & { readonly text: string };

/** Each figure and, as `name/count`, of how many films it is the mean. */
export function countedFigures<N extends string>(
  notes: Readonly<Record<N, Note>>,
): Record<N | `${N}/count`, Note & { series?: string }> {
  const entries = Object.entries<Note>(notes).flatMap(([name, note]) => [
    [name, { ...note, text: `${note.text}; mean over films`, series: FILMS }],
    [`${name}/count`, { text: 'films that have the figure' }],
  ]);
  return Object.fromEntries(entries) as Record<N | `${N}/count`, Note & { series?: string }>;
}

/**
 * The mean over the films that have a figure, how many those are, and the figure of each film: only where all have it,
 * since whatever pairs two courses film by film takes one place for one film.
 *
 * @param value of each film; undefined where the film does not say it
 */
export function overFilms<N extends string>(
  name: N,
  value: readonly (number | undefined)[],
  at?: string,
): { [K in N | `${N}/count`]?: Reading } {
  const known = value.filter((each) => each !== undefined);
  const count = { [`${name}/count`]: known.length };
  if (known.length === 0) return count as { [K in N | `${N}/count`]?: Reading };
  const reading: Reading = {
    value: mean(known),
    ...(known.length === value.length && { series: known }),
    ...(at !== undefined && { at }),
  };
  return { [name]: reading, ...count } as { [K in N | `${N}/count`]?: Reading };
}
