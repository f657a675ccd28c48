/** What one element of a node made: the element as the runner names it, e.g. `fit[3]`, and the key of its result. */
export interface ElementKey {
  readonly element: string;
  readonly key: string;
}

/** Index along each axis of an element: `fit[3,0]` gives 3 and 0; a node without axes gives none. */
function indexOf(element: string): readonly number[] {
  return (/\[(.*)\]$/.exec(element)?.[1] ?? '')
    .split(',')
    .filter((part) => part !== '')
    .map(Number);
}

/** In the order of their indices, whichever finished first. */
export function inOrder(elements: readonly ElementKey[]): ElementKey[] {
  return elements.toSorted((a, b) => {
    const [first, second] = [indexOf(a.element), indexOf(b.element)];
    const at = first.findIndex((index, axis) => index !== second[axis]);
    return at < 0 ? 0 : (first[at] as number) - (second[at] ?? -1);
  });
}

/** An element's number as a person counts: `4` of `fit[3]`; `4,1` of `fit[3,0]`; empty where a node has but one. */
export function elementNumber(element: string): string {
  return indexOf(element)
    .map((index) => index + 1)
    .join();
}
