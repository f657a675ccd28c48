import { expect, test } from 'vitest';
import { breaches } from '../house/check.ts';
import { percent, quantile } from '../house/distribution.ts';
import { isHeldToLimits, sortFiles } from '../house/files.ts';
import { findFunctions, measureFunctions } from '../house/functions.ts';
import { measureLines, tooLong } from '../house/lines.ts';

const repeated = (count: number, line: string): string => Array.from({ length: count }, () => line).join('\n');

test('a quantile is a value that occurs: at least that share of all is no larger', () => {
  const values = Array.from({ length: 100 }, (_, index) => 100 - index);
  expect([0, 0.5, 0.9, 0.99, 1].map((part) => quantile(values, part))).toEqual([1, 50, 90, 99, 100]);
  expect(quantile([3, 1, 2], 0.5)).toBe(2);
  expect(quantile([], 0.5)).toBe(0);
  expect(percent([1, 2, 3], (value) => value > 1)).toBe(66.7);
});

test('blank lines are not counted, and a character is one however many bytes or UTF-16 units it takes', () => {
  const figures = measureLines(['ab\n\n   \r\nabcd\r\n', `${'𝜇'.repeat(101)}\n${'x'.repeat(141)}`]);
  expect(figures).toMatchObject({ lines: 4, median: 4, max: 141, over100: 50, over120: 25, over140: 25 });
  expect(tooLong('𝜇'.repeat(120), 120)).toEqual([]);
});

test('a line over the limit is found with its number, unless a URL is all that it says', () => {
  const url = `https://example.org/${'x'.repeat(120)}`;
  const text = ['short', 'x'.repeat(121), ` * ${url}`, `  '${url}',`, `see ${url}`].join('\n');
  expect(tooLong(text, 120).map(({ at }) => at)).toEqual([2, 5]);
});

test('functions of every form are found with their lines; a type, an overload and a declared function are none', () => {
  const { functions } = findFunctions(
    'a.ts',
    `type F = () => void;
declare function ambient(): void;
/** Its comment is not counted. */
export function one(a: number, b: number, c: number, d: number, e: number): number {
  return [a, b, c, d, e].map((x) => x)[0];
}
const two = () =>
  1;
class Three {
  constructor() {}
  get four() { return 4; }
  five = () => 5;
  six(): void;
  six(): void {
  }
}
const seven = { eight: async () => 8, nine() {} };
`,
  );
  expect(functions.map(({ name, at, length, params }) => [name, at, length, params])).toEqual([
    ['one', 4, 3, 5],
    [undefined, 5, 1, 1],
    ['two', 7, 2, 0],
    ['constructor', 10, 1, 0],
    ['four', 11, 1, 0],
    ['five', 12, 1, 0],
    ['six', 14, 2, 0],
    ['eight', 17, 1, 0],
    ['nine', 17, 1, 0],
  ]);
});

test('the scripts of a component are counted at their lines in the file', () => {
  const { functions, exports } = findFunctions(
    'A.svelte',
    `<script module lang="ts">
  /** Said. */
  export const one = () => 1;
</script>

<script lang="ts">
  function two() {
  }
</script>
<p>{one()}</p>`,
  );
  expect(functions.map(({ name, at, length }) => [name, at, length])).toEqual([
    ['one', 3, 1],
    ['two', 7, 2],
  ]);
  expect(exports).toEqual([{ name: 'one', at: 3, documented: true }]);
});

test('AssemblyScript with its decorators is read', () => {
  const text = '// @ts-ignore\n@inline\nexport function twice(x: f32): f32 {\n  return 2 * x;\n}\n';
  expect(findFunctions('twice.as.ts', text).functions).toMatchObject([{ name: 'twice', params: 1 }]);
});

test('callbacks do not enter the figures, and exports are documented by a doc comment only', () => {
  const found = findFunctions(
    'a.ts',
    `/** Said. */
export const a = (v: number, w: number, x: number, y: number, z: number) => [v, w, x, y, z].map((u) =>
  u,
);
// said, but not as documentation
export function b() {}
export interface C { readonly c: number }
`,
  );
  expect(measureFunctions([found])).toMatchObject({ count: 2, longest: 3, over4Params: 50, documented: 33.3 });
});

test('JSON, prose, golden data and generated files are held to nothing; the scripts that make golden data are', () => {
  const paths = [
    'libs/platform/graph/graph.schema.json',
    'README.md',
    'kernels/splat/test/golden/others.spz',
    'libs/x/y/test/golden/table.txt',
    'LICENSE',
  ];
  expect(paths.filter(isHeldToLimits)).toEqual([]);
  const code = ['kernels/splat/test/golden/make.mjs', 'libs/x/y/src/data-type.ts', '.ci/run', 'x.wgsl.ts', 'a.py'];
  expect(code.filter(isHeldToLimits)).toEqual(code);
});

test('the check names the place of each line and function beyond a limit, and of tests their lines only', () => {
  const long = `export function long() {\n${repeated(79, '  1;')}\n}\n`;
  const call = `call(() => {\n${repeated(79, '  1;')}\n});\n`;
  const fine = `export function fine() {\n${repeated(78, '  1;')}\n}\n`;
  const house = sortFiles([
    { path: 'libs/a/b/src/a.ts', text: long + call + fine },
    { path: 'libs/a/b/test/a.unit.test.ts', text: `${long}${'x'.repeat(121)}\n` },
    { path: 'b.py', text: `\n${'x'.repeat(130)}` },
    { path: 'kernels/a/src/a.as.ts', text: `${long}${'x'.repeat(122)}\n` },
  ]);
  expect(breaches(house)).toEqual([
    'libs/a/b/test/a.unit.test.ts:82: expected at most 120 characters, got 121',
    'b.py:2: expected at most 120 characters, got 130',
    'kernels/a/src/a.as.ts:82: expected at most 120 characters, got 122',
    'libs/a/b/src/a.ts:1: expected a function of at most 80 lines, got long of 81',
    'libs/a/b/src/a.ts:82: expected a function of at most 80 lines, got a callback of 81',
    'the median of functions: expected at most 8 lines, got 80',
    'the 95th percentile of functions: expected at most 45 lines, got 81',
  ]);
});
