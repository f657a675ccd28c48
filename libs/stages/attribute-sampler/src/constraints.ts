import type { Dictionary } from './dictionary.ts';

/** A dictionary by numbers: attribute a has values 0 … sizes[a] − 1. */
export interface Space {
  readonly names: readonly string[];
  readonly values: readonly (readonly string[])[];
  readonly sizes: readonly number[];
  /** For each rule: attribute -> values that must not all meet. */
  readonly rules: readonly ReadonlyMap<number, ReadonlySet<number>>[];
}

/** One choice per attribute; −1 is not chosen yet. */
export type Row = number[];

export function spaceOf(dictionary: Dictionary): Space {
  const names = Object.keys(dictionary.attributes);
  const values = names.map((name) => dictionary.attributes[name]);
  const rules = dictionary.forbid.map(
    (rule) =>
      new Map(
        Object.entries(rule).map(([name, words]) => [
          names.indexOf(name),
          new Set([words].flat().map((value) => values[names.indexOf(name)].indexOf(value))),
        ]),
      ),
  );
  return { names, values, sizes: values.map((list) => list.length), rules };
}

/** Whether what is chosen so far already breaks a rule. */
export function breaksRule(space: Space, row: readonly number[]): boolean {
  return space.rules.some((rule) => {
    for (const [attribute, values] of rule) if (!values.has(row[attribute])) return false;
    return true;
  });
}

/**
 * Whether the open attributes of a row can be filled so that no rule is broken: depth-first search over the attributes
 * that rules name (the others are always free).
 */
export function canBeCompleted(space: Space, row: readonly number[]): boolean {
  if (breaksRule(space, row)) return false;
  const open = [...new Set(space.rules.flatMap((rule) => [...rule.keys()]))].filter((attribute) => row[attribute] < 0);
  const trial = [...row];
  const fill = (depth: number): boolean => {
    if (depth === open.length) return true;
    for (let value = 0; value < space.sizes[open[depth]]; value++) {
      trial[open[depth]] = value;
      if (!breaksRule(space, trial) && fill(depth + 1)) return true;
    }
    trial[open[depth]] = -1;
    return false;
  };
  return fill(0);
}
