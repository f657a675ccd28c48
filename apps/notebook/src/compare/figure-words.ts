import type { Figure } from '@soliloquy/gateway/protocol';

/** Which element of its node's axes a figure is of, e.g. `clip 2`; empty where it has none. */
export function elementWords({ element }: Figure): string {
  return Object.entries(element)
    .map(([axis, index]) => `${axis} ${index + 1}`)
    .join(', ');
}

/** Index of the best value; none when nothing says which way is better, or all are equal. */
export function bestOf({ better, values }: Figure): number | undefined {
  const known = values.flatMap((value, index) => (value === null ? [] : [{ value, index }]));
  if (better === undefined || known.length < 2 || !differs({ values })) return undefined;
  return known.reduce((a, b) => ((better === 'higher' ? b.value > a.value : b.value < a.value) ? b : a)).index;
}

/** Whether its values are not all the same, or some are missing. */
export function differs({ values }: Pick<Figure, 'values'>): boolean {
  return values.some((value) => value !== values[0]);
}
