import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { decodePly, decodeSplat, decodeSpz, encodePly, encodeSplat, type GaussianArrays } from '../src/index.ts';
import { largestDifference } from './agreement.ts';
import { cloud } from './cases.ts';

const NAMES = 'x y z f_dc_0 f_dc_1 f_dc_2 opacity scale_0 scale_1 scale_2 rot_0 rot_1 rot_2 rot_3'.split(' ');
const PROPERTIES = NAMES.map((name) => `property float ${name}`);
const golden = (name: string): Uint8Array => readFileSync(new URL(`golden/${name}`, import.meta.url));
const text = (lines: readonly string[], end = '\n'): Uint8Array =>
  new Uint8Array(Buffer.from(lines.map((line) => line + end).join(''), 'latin1'));
const ascii = (rows: readonly (readonly (string | number)[])[], extra: readonly string[] = []): Uint8Array =>
  text([
    'ply',
    'format ascii 1.0',
    ...extra,
    `element vertex ${rows.length}`,
    ...PROPERTIES,
    'end_header',
    ...rows.map((row) => row.join(' ')),
  ]);
const ROW = [1, 2, 3, 0, 0, 0, 0.5, -3, -3, -3, 1, 0, 0, 0];
const changed = (name: string, value: string | number): (string | number)[] =>
  ROW.map((each, k) => (NAMES[k] === name ? value : each));
const read = (bytes: Uint8Array): { gaussians: GaussianArrays; said: string[] } => {
  const said: string[] = [];
  return { gaussians: decodePly(bytes, { notice: (message) => void said.push(message) }), said };
};

test.each([
  ['x', 'nan'],
  ['y', 'inf'],
  ['z', '-Infinity'],
  ['f_dc_1', 'NaN'],
  ['opacity', '-nan(ind)'],
  ['scale_2', '-inf'],
  ['rot_3', '1.#QNAN'],
  ['rot_0', '0'],
  ['rot_2', '-1.#IND00'],
])('a row whose %s is %s is left out, counted and said', (name, value) => {
  const { gaussians, said } = read(ascii([ROW, changed(name, value), ROW.map((each) => each * 2)]));
  expect([...gaussians.means]).toEqual([1, 2, 3, 2, 4, 6]);
  expect(said).toEqual(['1 of 3 Gaussians left out: a number that is not finite, or a rotation of no length']);
});

test('an infinite opacity is opaque or clear', () => {
  const { gaussians, said } = read(
    ascii([changed('opacity', 'inf'), changed('opacity', '-INF'), changed('opacity', '1.#INF'), ROW]),
  );
  const opacities = Array.from(gaussians.opacityLogits, (logit) => 1 / (1 + Math.exp(-logit)));
  expect(largestDifference(opacities, [1, 0, 1, 1 / (1 + Math.exp(-0.5))])).toBeLessThan(1e-6);
  expect(said).toEqual([]);
});

test('binary rows and those of a .splat are left out too; none at all that can be drawn is refused', () => {
  const gaussians = cloud(50, 3);
  const want = cloud(50, 3);
  const bytes = encodePly(gaussians);
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  const start = bytes.length - 50 * 17 * 4;
  view.setFloat32(start + 7 * 17 * 4, Number.NaN, true);
  view.setFloat32(start + 9 * 17 * 4 + 9 * 4, Infinity, true);
  for (let k = 13; k < 17; k++) view.setFloat32(start + 20 * 17 * 4 + 4 * k, 0, true);
  const { gaussians: back, said } = read(bytes);
  const kept = Array.from({ length: 50 }, (_, g) => g).filter((g) => g !== 7 && g !== 20);
  expect(said).toEqual([expect.stringMatching(/^2 of 50 Gaussians left out/)]);
  for (const [name, width] of [
    ['means', 3],
    ['quats', 4],
    ['logScales', 3],
  ] as const)
    expect([...back[name]]).toEqual(kept.flatMap((g) => [...want[name].subarray(g * width, (g + 1) * width)]));
  expect(back.opacityLogits[8]).toBe(20);

  const splat = encodeSplat(cloud(3, 3));
  new DataView(splat.buffer, splat.byteOffset).setFloat32(32, Number.NaN, true);
  const told: string[] = [];
  expect(decodeSplat(splat, { notice: (message) => void told.push(message) }).opacityLogits).toHaveLength(2);
  expect(told).toHaveLength(1);
  expect(() => decodePly(ascii([changed('x', 'nan')]))).toThrow(
    /^decodePly\.vertex: expected Gaussians of finite numbers, got none among 1; /,
  );
});

test.each<[string, Uint8Array]>([
  ['a comment of 100,000 letters', ascii([ROW], [`comment ${'x'.repeat(100_000)}`])],
  [
    'a comment that ends with end_header',
    ascii([ROW], ['comment what follows is no end_header', 'obj_info element vertex 9']),
  ],
  [
    'comments that look like elements, in other scripts',
    ascii([ROW], ['comment element vertex 7', 'comment \xe6\xa8\xa1\xe5\x9e\x8b property']),
  ],
  [
    'names and words in any case',
    text([
      'PLY',
      'FORMAT ASCII 1.0',
      'ELEMENT Vertex 1',
      ...NAMES.map((name) => `Property Float ${name.toUpperCase()}`),
      'END_HEADER',
      ROW.join(' '),
    ]),
  ],
  ['a byte order mark', Buffer.concat([Buffer.from('\ufeff'), ascii([ROW])])],
  [
    'a byte order mark and lines that end with CR',
    Buffer.from(
      `\ufeff${Buffer.from(ascii([ROW]))
        .toString()
        .replaceAll('\n', '\r')}`,
    ),
  ],
  [
    'lines that end with CR',
    text(['ply', 'format ascii 1.0', 'element vertex 1', ...PROPERTIES, 'end_header', ROW.join(' ')], '\r'),
  ],
  [
    'lines that end with CR LF',
    text(['ply', 'format ascii 1.0', 'element vertex 1', ...PROPERTIES, 'end_header', ROW.join(' ')], '\r\n'),
  ],
  [
    'faces behind its vertices',
    text([
      'ply',
      'format ascii 1.0',
      'element vertex 1',
      ...PROPERTIES,
      'element face 1',
      'property list uchar int vertex_indices',
      'end_header',
      ROW.join(' '),
      '3 0 0 0',
    ]),
  ],
])('a header with %s is read', (_, bytes) => {
  const { gaussians } = read(bytes);
  expect([...gaussians.means, gaussians.opacityLogits[0]]).toEqual([1, 2, 3, 0.5]);
});

test('2D Gaussians and points are refused by name', () => {
  const without = (names: readonly string[]): Uint8Array =>
    text([
      'ply',
      'format ascii 1.0',
      'element vertex 1',
      ...PROPERTIES.filter((line) => !names.some((name) => line.endsWith(name))),
      'end_header',
      '1',
    ]);
  expect(() => decodePly(without(['scale_2']))).toThrow(/got 2D Gaussians \(2DGS\), flat ones without scale_2/);
  const points = NAMES.filter((name) => !['x', 'y', 'z'].includes(name)).map((name) => ` ${name}`);
  expect(() => decodePly(without(points))).toThrow(/got points or a mesh, a file without f_dc_0/);
});

/** Without the harmonics above degree 1. */
function ofDegreeOne({ shRest = new Float32Array(0), ...gaussians }: GaussianArrays): GaussianArrays {
  return { ...gaussians, shRest: shRest.filter((_, i) => i % 45 < 9) };
}

// golden/make-others.mjs: splat-transform 3.7.0, which sorts them
test.each([
  ['five.compressed.ply', () => decodePly(golden('five.ply'))],
  ['five-sh1.compressed.ply', () => ofDegreeOne(decodePly(golden('five.ply')))],
  ['cloud.compressed.ply', () => cloud(300, 5)],
])('%s of splat-transform is read as what went into it', (file, source) => {
  const want = source();
  const got = decodePly(golden(file));
  const count = want.opacityLogits.length;
  expect(got.opacityLogits.length).toBe(count);
  const opacity = (logit: number): number => 1 / (1 + Math.exp(-logit));
  for (let g = 0; g < count; g++) {
    const away = (h: number): number =>
      Math.hypot(...[0, 1, 2].map((k) => want.means[3 * g + k] - got.means[3 * h + k]));
    const h = Array.from({ length: count }, (_, i) => i).reduce((best, i) => (away(i) < away(best) ? i : best), 0);
    const part = (a: Float32Array, i: number, width: number): Float32Array => a.subarray(i * width, (i + 1) * width);
    expect(away(h)).toBeLessThan(0.003);
    expect(largestDifference(part(got.logScales, h, 3), part(want.logScales, g, 3))).toBeLessThan(0.002);
    expect(largestDifference(part(got.colors, h, 3), part(want.colors, g, 3))).toBeLessThan(0.003);
    expect(Math.abs(opacity(got.opacityLogits[h]) - opacity(want.opacityLogits[g]))).toBeLessThan(0.003);
    const [p, q] = [part(got.quats, h, 4), part(want.quats, g, 4)];
    const dot = p.reduce((sum, value, k) => sum + value * q[k], 0) / Math.hypot(...p) / Math.hypot(...q);
    expect(2 * Math.acos(Math.min(1, Math.abs(dot)))).toBeLessThan(0.004);
    if (want.shRest && got.shRest)
      expect(
        largestDifference(
          part(got.shRest, h, want.shRest.length / count),
          part(want.shRest, g, want.shRest.length / count),
        ),
      ).toBeLessThan(0.016);
  }
  expect(got.shRest?.length).toBe(want.shRest?.length);
});

test('a compressed .ply that is cut is refused', () => {
  expect(() => decodePly(golden('cloud.compressed.ply').subarray(0, -100))).toThrow(/^decodePly\.length: /);
});

// golden/make-numpy.py
test.each(['five-big-double.ply', 'five-big-float.ply', 'five-little-double.ply', 'five-crlf.ply'])(
  '%s of NumPy holds the same numbers as the file that it was made of',
  (file) => {
    expect(decodePly(golden(file))).toEqual(decodePly(golden('five.ply')));
  },
);

// golden/make-headers.py
test.each([
  'five-trimesh.ply',
  'five-trimesh-ascii.ply',
  'five-meshio.ply',
  'five-meshio-ascii.ply',
  'five-trimesh-upper.ply',
  'five-meshio-upper.ply',
  'five-savetxt-comment.ply',
])('%s, its header by another program, holds the same numbers as the file that it was made of', (file) => {
  const [got, want] = [decodePly(golden(file)), decodePly(golden('five.ply'))];
  for (const [name, values] of Object.entries(want) as [keyof GaussianArrays, Float32Array][])
    expect(largestDifference(got[name] ?? [], values), name).toBeLessThan(1e-7);
});

test("a header of NumPy's savetxt with a comment of 3,000 letters, names in upper case and inf is read", () => {
  const { gaussians, said } = read(golden('five-savetxt.ply'));
  const want = decodePly(golden('five.ply'));
  for (const name of ['means', 'quats', 'logScales', 'colors'] as const)
    expect([...gaussians[name]]).toEqual([...want[name]]);
  const opacities = Array.from(gaussians.opacityLogits, (logit) => 1 / (1 + Math.exp(-logit)));
  expect([opacities[2], opacities[3]]).toEqual([expect.closeTo(1, 6), expect.closeTo(0, 6)]);
  expect(said).toEqual([]);
});

test.each(['flat-trimesh.ply', 'flat-meshio.ply', 'flat-savetxt.ply'])('%s is refused as 2D Gaussians', (file) => {
  expect(() => decodePly(golden(file))).toThrow(/got 2D Gaussians \(2DGS\), flat ones without scale_2/);
});

// golden/make-others.mjs
test('a .spz of splat-transform is read as the .spz that went into it', async () => {
  const [got, want] = await Promise.all(['five-transform.spz', 'five-v3.spz'].map((name) => decodeSpz(golden(name))));
  for (const [name, tolerance] of [
    ['means', 1e-6],
    ['logScales', 1e-6],
    ['colors', 0.004],
    ['opacityLogits', 1e-3],
    ['quats', 0.005],
    ['shRest', 0.07],
  ] as const)
    expect(largestDifference(got![name] ?? [], want![name] ?? []), name).toBeLessThan(tolerance);
});

// golden/make-broken.py
test.each(['five-nan.ply', 'five-inf-scale.ply', 'five-zero-turn.ply'])(
  'of %s of NumPy one row is left out',
  (file) => {
    const whole = decodePly(golden('five.ply'));
    const { gaussians, said } = read(golden(file));
    const rest = (of: Float32Array): number[] => [...of].filter((_, i) => Math.floor((5 * i) / of.length) !== 2);
    expect([...gaussians.means]).toEqual(rest(whole.means));
    expect([...gaussians.quats]).toEqual(rest(whole.quats));
    expect(said).toEqual([expect.stringMatching(/^1 of 5 Gaussians left out/)]);
  },
);

test.each([
  ['five-opaque.ply', 1],
  ['five-clear.ply', 0],
])('of %s of NumPy one row has an opacity of %i', (file, opacity) => {
  const { gaussians, said } = read(golden(file));
  expect(1 / (1 + Math.exp(-gaussians.opacityLogits[2]))).toBeCloseTo(opacity, 6);
  // an infinite logit has no gradient, and nothing was drawn of it
  expect(gaussians.opacityLogits.every(Number.isFinite)).toBe(true);
  expect([gaussians.opacityLogits.length, said]).toEqual([5, []]);
});

test('files in the pool of a Node buffer are read as any other', async () => {
  const pooled = (bytes: Uint8Array): Buffer =>
    Buffer.concat([Buffer.alloc(13, 0xff), bytes, Buffer.alloc(7)]).subarray(13, 13 + bytes.length);
  for (const name of ['five.ply', 'five.compressed.ply'])
    expect(decodePly(pooled(golden(name)))).toEqual(decodePly(Uint8Array.from(golden(name))));
  expect(decodeSplat(pooled(golden('five.splat')))).toEqual(decodeSplat(Uint8Array.from(golden('five.splat'))));
  for (const name of ['five-v2.spz', 'five-v3.spz', 'five-v4.spz'])
    expect(await decodeSpz(pooled(golden(name)))).toEqual(await decodeSpz(Uint8Array.from(golden(name))));
});
