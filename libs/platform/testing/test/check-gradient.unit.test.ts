import { expect, test } from 'vitest';
import { checkGradient, compareArrays, seededNormals, seededRandom } from '../src/index.ts';

const at = seededNormals(12, 1);
const value = (x: Float64Array): number => x.reduce((sum, each, index) => sum + Math.sin(each) * (index + 1), 0);
const gradient = Float64Array.from(at, (each, index) => Math.cos(each) * (index + 1));

test('a right gradient passes with a cosine of one', () => {
  const report = checkGradient({ name: 'sines', value, at, gradient });
  expect(report).toMatchObject({ checked: 12 });
  expect(report.cosine).toBeGreaterThan(0.9999999);
});

test('one wrong entry is found, and named with both values, tolerance and cosine', () => {
  const wrong = gradient.with(5, gradient[5]! + 0.01);
  expect(() => checkGradient({ name: 'sines', value, at, gradient: wrong })).toThrow(
    new RegExp(
      '^sines\\[5\\]: expected -?[\\d.]+ by central difference, got -?[\\d.]+, ' +
        'off by 0\\.0(10|09)\\d* with [\\d.e-]+ allowed; cosine [\\d.]+ over 12 entries',
    ),
  );
});

test('a gradient of the right entries but another direction fails by its cosine', () => {
  expect(() =>
    checkGradient({ name: 'sines', value, at, gradient: gradient.map((each) => -each), relative: 3 }),
  ).toThrow('cosine -1.0000000');
});

test('a zero gradient of a constant passes, of something else fails', () => {
  expect(checkGradient({ name: 'constant', value: () => 3, at, gradient: new Float64Array(12) }).cosine).toBe(1);
  expect(() => checkGradient({ name: 'sines', value, at, gradient: new Float64Array(12) })).toThrow('got 0');
});

test('a sample checks as many different entries as it says, the same ones for a seed', () => {
  const seen: number[][] = [];
  for (let round = 0; round < 2; round += 1) {
    const touched = new Set<number>();
    const spy = (x: Float64Array): number => (
      x.forEach((each, index) => each !== at[index] && touched.add(index)),
      value(x)
    );
    expect(checkGradient({ name: 'sines', value: spy, at, gradient, sample: { count: 4, seed: 9 } }).checked).toBe(4);
    seen.push([...touched]);
  }
  expect(seen[0]).toHaveLength(4);
  expect(seen[1]).toEqual(seen[0]);
});

test('what cannot be compared is refused', () => {
  expect(() => checkGradient({ name: 'short', value, at, gradient: [1] })).toThrow(
    'expected a gradient of 12 entries, got 1',
  );
  expect(() => checkGradient({ name: 'empty', value, at: [], gradient: [] })).toThrow('at least one entry');
  expect(() => checkGradient({ name: 'nan', value: () => NaN, at, gradient })).toThrow(
    'nan[0]: expected finite derivatives',
  );
});

test('arrays are held to each other entry by entry', () => {
  expect(compareArrays('same', [1, 2, 3], Float32Array.of(1, 2, 3), {})).toEqual({
    maxAbsolute: 0,
    rootMeanSquare: 0,
    worst: 0,
  });
  expect(() => compareArrays('off', [1, 2.1, 3], [1, 2, 3], { absolute: 0.05 })).toThrow(
    'off[1]: expected 2, got 2.1, beyond absolute 0.05 and relative 0',
  );
  expect(compareArrays('off', [1, 2.1, 3], [1, 2, 3], { relative: 0.06 }).worst).toBe(1);
  expect(() => compareArrays('nan', [NaN], [0], { absolute: 1 })).toThrow('finite');
  expect(() => compareArrays('long', [1, 2], [1], {})).toThrow('expected 1 entries, got 2');
});

test('seeded draws repeat, differ by seed, and are spread as they should be', () => {
  const draw = (seed: number): number[] => Array.from({ length: 20_000 }, seededRandom(seed));
  const drawn = draw(4);
  expect(draw(4)).toEqual(drawn);
  expect(draw(5)).not.toEqual(drawn);
  expect(drawn.every((each) => each >= 0 && each < 1)).toBe(true);
  expect(drawn.reduce((sum, each) => sum + each, 0) / drawn.length).toBeCloseTo(0.5, 2);
  const normals = seededNormals(20_000, 4);
  expect(Math.abs(normals.reduce((sum, each) => sum + each, 0) / normals.length)).toBeLessThan(0.03);
  expect(normals.reduce((sum, each) => sum + each * each, 0) / normals.length).toBeCloseTo(1, 1);
});
