import type { Draws } from '@soliloquy/random';
import type { Mutator } from './mutate-bytes.ts';

const text = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);
const bytesOf = (value: string): Uint8Array => new TextEncoder().encode(value);

const NAMES = [
  '__proto__',
  'constructor',
  'toString',
  'hasOwnProperty',
  '',
  ' ',
  'a.b',
  '..',
  'é',
  '\u202e',
  '\n',
  '\0',
];

/** A value that somebody did not think of. */
function strange(draws: Draws): unknown {
  return draws.pick<() => unknown>([
    () => null,
    () => draws.pick([0, -0, -1, 1.5, 1e308, -1e308, 2 ** 53, 1e21, 5e-324]),
    () => draws.pick([true, false]),
    () => draws.pick(NAMES),
    () => 'x'.repeat(draws.pick([100, 5000, 100_000])),
    () => [],
    () => ({}),
    () => Array.from({ length: draws.pick([3, 2000]) }, () => draws.index(3)),
    () => Object.fromEntries(NAMES.map((name) => [name, 1])),
    () => nested(draws.pick([10, 400, 5000]), draws.next() < 0.5),
  ])();
}

/** Stands for a value in a value, so many deep: as an object it could not be written again. */
const nested = (depth: number, array: boolean): string => `deep ${depth} ${array ? '[' : '{'}`;

function withDepths(json: string): string {
  return json.replace(/"deep (\d+) (.)"/g, (_, depth: string, kind: string) =>
    kind === '['
      ? `${'['.repeat(Number(depth))}1${']'.repeat(Number(depth))}`
      : `${'{"a":'.repeat(Number(depth))}1${'}'.repeat(Number(depth))}`,
  );
}

interface Spot {
  readonly holder: Record<string, unknown> | unknown[];
  readonly key: string | number;
}

/** Every place of a document where a value stands. */
function spotsOf(value: unknown, spots: Spot[] = []): Spot[] {
  if (value === null || typeof value !== 'object') return spots;
  for (const key of Object.keys(value)) {
    spots.push({ holder: value as Spot['holder'], key });
    if (spots.length < 5000) spotsOf((value as Record<string, unknown>)[key], spots);
  }
  return spots;
}

/** Replaces, removes, renames or copies a value of a JSON document; of what is none its text is changed. */
export const mutateJson: Mutator = (bytes, draws) => {
  try {
    return changed(JSON.parse(text(bytes)), draws);
  } catch {
    // No JSON, or nested deeper than it can be written again.
    return mutateText(bytes, draws);
  }
};

function changed(root: unknown, draws: Draws): Uint8Array {
  const spots = spotsOf(root);
  if (spots.length === 0) return bytesOf(JSON.stringify(strange(draws)));
  const { holder, key } = draws.pick(spots);
  const values = holder as Record<string | number, unknown>;
  draws.pick<() => void>([
    () => void (values[key] = strange(draws)),
    () => void (values[key] = strange(draws)),
    () => void delete values[key],
    () => {
      const value = values[key];
      delete values[key];
      define(values, draws.pick(NAMES), value);
    },
    () => {
      const other = draws.pick(spots);
      values[key] = structuredClone((other.holder as Record<string | number, unknown>)[other.key]);
    },
    () => define(values, draws.pick([...NAMES, 'x'.repeat(3000)]), strange(draws)),
    () => void (values[key] = twisted(values[key], draws)),
  ])();
  const told = withDepths(JSON.stringify(root, null, draws.next() < 0.5 ? 2 : 0) ?? 'null');
  // A key twice, which no object can hold.
  return bytesOf(draws.next() < 0.05 ? told.replace(/\{("[^"]*":)/, '{$1 1,$1') : told);
}

/** Of a text a text, of a number a number. */
function twisted(value: unknown, draws: Draws): unknown {
  if (typeof value === 'number') return draws.pick([-value, value * 1e9, value + 0.5, value * 1000, 1 / (value || 1)]);
  if (typeof value === 'string') return text(mutateText(bytesOf(value), draws));
  return value;
}

/** As a parser does it: `__proto__` is a name like another. */
function define(values: object, key: string, value: unknown): void {
  Object.defineProperty(values, key, { value, enumerable: true, configurable: true, writable: true });
}

const PIECES = [
  ...['[', ']', '(', ')', '*', '_', '`', '```', '<', '>', '&', '|', '~~', '#', '- ', '1. ', '\n\n', '    ', '\\', '!['],
  ...['<script>', 'javascript:', 'data:image/png;base64,', 'http://', '{', '}', '"', ':', ',', '$', '|-|-|', '\u0000'],
  ...['NaN', '-1', '1e999', '0x10', 'true', 'é', '\ud83d\ude00', '\ufeff', '\u2028', '\t', '\r', 'inf', '4294967296'],
];

/** Puts in, takes out, repeats and swaps pieces of a text. */
export const mutateText: Mutator = (bytes, draws) => {
  const said = text(bytes);
  const at = draws.index(said.length + 1);
  const to = Math.min(said.length, at + 1 + draws.index(40));
  const piece = draws.pick(PIECES);
  return bytesOf(
    draws.pick<() => string>([
      () => said.slice(0, at) + piece + said.slice(at),
      () => said.slice(0, at) + piece.repeat(draws.pick([2, 50, 3000])) + said.slice(at),
      () => said.slice(0, at) + said.slice(to),
      () => said.slice(0, to) + said.slice(at, to).repeat(draws.pick([1, 20, 500])) + said.slice(to),
      () => said.slice(0, at) + piece + said.slice(to),
      () => said.slice(0, at),
    ])(),
  );
};
