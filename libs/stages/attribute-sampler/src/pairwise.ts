import { canBeCompleted, type Row, type Space } from './constraints.ts';
import { seededRandom, type Random } from './random.ts';

/** Candidates tried for each subject; AETG reports no gain beyond 50. */
const CANDIDATES = 50;

/** A pair of values of two attributes, `first` < `second`. */
export interface Pair {
  readonly first: number;
  readonly firstValue: number;
  readonly second: number;
  readonly secondValue: number;
}

/** All pairs of values that some subject may have. */
export function possiblePairs(space: Space, fixed: readonly number[]): Pair[] {
  const pairs: Pair[] = [];
  for (let first = 0; first < space.sizes.length; first++) {
    for (let second = first + 1; second < space.sizes.length; second++) {
      for (let firstValue = 0; firstValue < space.sizes[first]; firstValue++) {
        for (let secondValue = 0; secondValue < space.sizes[second]; secondValue++) {
          const row = [...fixed];
          if ((row[first] >= 0 && row[first] !== firstValue) || (row[second] >= 0 && row[second] !== secondValue))
            continue;
          row[first] = firstValue;
          row[second] = secondValue;
          if (canBeCompleted(space, row)) pairs.push({ first, firstValue, second, secondValue });
        }
      }
    }
  }
  return pairs;
}

const keyOf = (first: number, firstValue: number, second: number, secondValue: number): number =>
  ((first * 64 + firstValue) * 64 + second) * 64 + secondValue;

/** The pairs of `row` that are still `missing`. */
function newPairs(row: readonly number[], missing: ReadonlyMap<number, Pair>): number[] {
  const keys: number[] = [];
  for (let first = 0; first < row.length; first++) {
    for (let second = first + 1; second < row.length; second++) {
      const key = keyOf(first, row[first], second, row[second]);
      if (missing.has(key)) keys.push(key);
    }
  }
  return keys;
}

/**
 * Draw subjects so that few of them show every pair of values (AETG: Cohen, Dalal, Fredman and Patton 1997), and every
 * value equally often.
 *
 * Subject by subject: of 50 candidates, each grown from a missing pair attribute by attribute, the one with most new
 * pairs is taken. A value may be taken only when no other that the rules allow there has been taken less often; without
 * rules all values of an attribute are thus within ±1 of each other after every subject, and every missing pair becomes
 * free at least once in lcm(sizes) subjects. Where there are rules, and as many subjects as the longest attribute has
 * values showed nothing new, covering goes before balance.
 * The draw of n subjects is the beginning of the draw of n + 1: to ask for more changes none of those that are there.
 *
 * @param fixed one value per attribute, −1 where it is drawn; must be completable
 * @yields      count rows, each a full row that breaks no rule
 */
export function* pairwiseRows(
  space: Space,
  count: number,
  seed: number,
  fixed: Row = space.sizes.map(() => -1),
): Generator<Row> {
  const random = seededRandom(seed);
  const missing = new Map(
    possiblePairs(space, fixed).map((pair) => [
      keyOf(pair.first, pair.firstValue, pair.second, pair.secondValue),
      pair,
    ]),
  );
  const taken = space.sizes.map((size) => new Array<number>(size).fill(0));
  const patience = space.rules.length === 0 ? Infinity : Math.max(...space.sizes);
  let sinceProgress = 0;
  let heldBack = false;
  for (let drawn = 0; drawn < count; drawn++) {
    const seeds = random.shuffled([...missing.values()]);
    let best: Row | undefined;
    let bestNew: number[] = [];
    const consider = (row: Row): void => {
      const gained = newPairs(row, missing);
      if (best === undefined || gained.length > bestNew.length) [best, bestNew] = [row, gained];
    };
    let tried = 0;
    for (const pair of seeds) {
      if (tried === CANDIDATES) break;
      const start = seeded(space, fixed, pair, taken, heldBack);
      if (start === undefined) continue;
      consider(grow(space, start, taken, missing, random));
      tried++;
    }
    if (best === undefined)
      for (let again = 0; again < CANDIDATES / 5; again++) consider(grow(space, [...fixed], taken, missing, random));
    const row = best as unknown as Row;
    sinceProgress = bestNew.length > 0 ? 0 : sinceProgress + 1;
    heldBack ||= sinceProgress >= patience;
    for (const key of bestNew) missing.delete(key);
    row.forEach((value, attribute) => taken[attribute][value]++);
    yield row;
  }
}

/** All rows of `pairwiseRows` at once. */
export function drawPairwise(...draw: Parameters<typeof pairwiseRows>): Row[] {
  return [...pairwiseRows(...draw)];
}

/**
 * `fixed` with the two values of a pair, or undefined where balance (unless `urgent`) or the rules stand against it.
 */
function seeded(space: Space, fixed: Row, pair: Pair, taken: readonly number[][], urgent: boolean): Row | undefined {
  const row = [...fixed];
  for (const [attribute, value] of [
    [pair.first, pair.firstValue],
    [pair.second, pair.secondValue],
  ]) {
    if (row[attribute] === value) continue;
    if (!urgent && !rarest(space, row, attribute, taken).includes(value)) return undefined;
    row[attribute] = value;
  }
  return canBeCompleted(space, row) ? row : undefined;
}

/** Of the values that the rules allow in this row, those taken least often. */
function rarest(space: Space, row: Row, attribute: number, taken: readonly number[][]): number[] {
  let least = Infinity;
  let result: number[] = [];
  const trial = [...row];
  for (let value = 0; value < space.sizes[attribute]; value++) {
    if (taken[attribute][value] > least) continue;
    trial[attribute] = value;
    if (!canBeCompleted(space, trial)) continue;
    if (taken[attribute][value] < least) [least, result] = [taken[attribute][value], []];
    result.push(value);
  }
  return result;
}

/**
 * Fills the open attributes in random order, each with the allowed rarest value that meets most missing pairs with what
 * is there.
 */
function grow(
  space: Space,
  start: Row,
  taken: readonly number[][],
  missing: ReadonlyMap<number, Pair>,
  random: Random,
): Row {
  const row = [...start];
  for (const attribute of random.shuffled(row.flatMap((value, index) => (value < 0 ? [index] : [])))) {
    let best = -1;
    let most = -1;
    for (const value of random.shuffled(rarest(space, row, attribute, taken))) {
      let gained = 0;
      row.forEach((other, index) => {
        if (other < 0 || index === attribute) return;
        if (
          missing.has(index < attribute ? keyOf(index, other, attribute, value) : keyOf(attribute, value, index, other))
        )
          gained++;
      });
      if (gained > most) [best, most] = [value, gained];
    }
    row[attribute] = best;
  }
  return row;
}
