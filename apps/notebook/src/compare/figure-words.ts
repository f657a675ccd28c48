import type { Figure } from '@soliloquy/gateway/protocol';
import { figureText } from '@soliloquy/ports/figure-text';

/** Which element of its node's axes a figure is of, e.g. `clip 2`; empty where it has none. */
export function elementWords({ element }: Figure): string {
  return Object.entries(element)
    .map(([axis, index]) => `${axis} ${index + 1}`)
    .join(', ');
}

/**
 * Indices of the best values: all that are shown as the best one is. None where nothing says which way is better, or
 * all are shown alike.
 */
export function bestOf({ better, values }: Pick<Figure, 'better' | 'values'>): readonly number[] {
  const known = values.filter((value) => value !== null);
  if (better === undefined || known.length < 2) return [];
  const best = figureText(known.reduce((a, b) => ((better === 'higher' ? b > a : b < a) ? b : a)));
  if (known.every((value) => figureText(value) === best)) return [];
  return values.flatMap((value, index) => (value !== null && figureText(value) === best ? [index] : []));
}

/** Whether its values are not all shown alike, or some are missing. */
export function differs({ values }: Pick<Figure, 'values'>): boolean {
  const words = (value: number | null | undefined): string => (value == null ? '' : figureText(value));
  return values.some((value) => words(value) !== words(values[0]));
}
