import { readFileSync } from 'node:fs';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import { expect, test } from 'vitest';
import {
  decodePly,
  decodeSplat,
  decodeSpz,
  encodePly,
  encodeSplat,
  encodeSpz,
  SplatError,
  type GaussianArrays,
} from '../src/index.ts';
import { largestDifference } from './agreement.ts';
import { cloud, withHarmonics } from './cases.ts';

/** Angle between the rotations of two sets of quaternions, largest, in radians. */
function largestTurn(a: Float32Array, b: Float32Array): number {
  let largest = 0;
  for (let g = 0; g < a.length; g += 4) {
    const [p, q] = [a.subarray(g, g + 4), b.subarray(g, g + 4)];
    const dot = Math.abs(p.reduce((sum, value, k) => sum + value * q[k], 0)) / Math.hypot(...p) / Math.hypot(...q);
    largest = Math.max(largest, 2 * Math.acos(Math.min(1, dot)));
  }
  return largest;
}

const sizes = [0, 1, 257];
const degrees = [0, 1, 2, 3] as const;
const scene = (count: number, degree: (typeof degrees)[number]): GaussianArrays =>
  degree === 0 ? cloud(count, 5) : withHarmonics(cloud(count, 5), degree, 6);

test.each(sizes.flatMap((count) => degrees.map((degree) => [count, degree] as const)))(
  '%i Gaussians of degree %i come back from .ply, binary and ascii, as they were',
  (count, degree) => {
    const gaussians = scene(count, degree);
    for (const format of ['binary', 'ascii'] as const) {
      const back = decodePly(encodePly(gaussians, { format }));
      for (const name of ['means', 'quats', 'logScales', 'opacityLogits'] as const)
        expect(back[name]).toEqual(gaussians[name]);
      expect(largestDifference(back.colors, gaussians.colors)).toBeLessThan(1e-6);
      expect(back.shRest?.length).toBe(degree === 0 || count === 0 ? undefined : gaussians.shRest?.length);
      if (count > 0) expect(back.shRest).toEqual(gaussians.shRest);
    }
  },
);

test('harmonics of a .ply lie channel by channel, as 3DGS writes them', () => {
  const gaussians = { ...cloud(1, 1), shRest: Float32Array.from({ length: 9 }, (_, i) => i) };
  const text = new TextDecoder().decode(encodePly(gaussians, { format: 'ascii' }));
  expect(text.trim().split('\n').at(-1)?.split(' ').slice(9, 18)).toEqual([
    '0',
    '3',
    '6',
    '1',
    '4',
    '7',
    '2',
    '5',
    '8',
  ]);
});

test('a .ply of the other byte order and one whose vertices follow other elements are read', () => {
  const names = 'x y z f_dc_0 f_dc_1 f_dc_2 opacity scale_0 scale_1 scale_2 rot_0 rot_1 rot_2 rot_3'.split(' ');
  const lines = names.map((name) => `property float ${name}\n`).join('');
  const header = new TextEncoder().encode(`ply\nformat binary_big_endian 1.0\nelement vertex 1\n${lines}end_header\n`);
  const body = new DataView(new ArrayBuffer(names.length * 4));
  names.forEach((_, k) => body.setFloat32(4 * k, k + 1));
  const big = decodePly(Uint8Array.of(...header, ...new Uint8Array(body.buffer)));
  const ascii = decodePly(
    new TextEncoder().encode(
      `ply\r\nformat ascii 1.0\r\nelement marker 2\r\nproperty int a\r\nelement vertex ` +
        `1\r\n${lines}end_header\r\n7\r\n8\r\n${names.map((_, k) => k + 1).join(' ')}\r\n`,
    ),
  );
  for (const read of [big, ascii]) {
    expect([...read.means, ...read.logScales, ...read.quats]).toEqual([1, 2, 3, 8, 9, 10, 11, 12, 13, 14]);
    expect(read.opacityLogits[0]).toBe(7);
  }
});

test.each(sizes)('%i Gaussians come back from .splat within its steps, the large and opaque first', (count) => {
  const gaussians = cloud(count, 7);
  const bytes = encodeSplat(gaussians);
  expect(bytes.length).toBe(32 * count);
  const back = decodeSplat(bytes);
  const order = Array.from(
    { length: count },
    (_, g) => gaussians.means.findIndex((x, i) => i % 3 === 0 && x === back.means[3 * g]) / 3,
  );
  const area = (g: number): number =>
    gaussians.logScales[3 * g] +
    gaussians.logScales[3 * g + 1] +
    gaussians.logScales[3 * g + 2] -
    Math.log1p(Math.exp(-gaussians.opacityLogits[g]));
  for (let g = 1; g < count; g++) expect(area(order[g])).toBeLessThanOrEqual(area(order[g - 1]) + 1e-6);
  for (const [g, from] of order.entries()) {
    expect(
      largestDifference(back.colors.subarray(3 * g, 3 * g + 3), gaussians.colors.subarray(3 * from, 3 * from + 3)),
    ).toBeLessThan(0.502 / 255);
    expect(
      largestTurn(back.quats.subarray(4 * g, 4 * g + 4), gaussians.quats.subarray(4 * from, 4 * from + 4)),
    ).toBeLessThan(0.02);
  }
});

test('a .splat made byte by byte is read', () => {
  const view = new DataView(new ArrayBuffer(32));
  [1, -2, 3, 0.5, 0.25, 2].forEach((value, k) => view.setFloat32(4 * k, value, true));
  [255, 51, 0, 204, 128, 0, 128, 128].forEach((byte, k) => view.setUint8(24 + k, byte));
  const read = decodeSplat(new Uint8Array(view.buffer));
  expect([...read.means]).toEqual([1, -2, 3]);
  expect([...read.logScales].map(Math.exp).map((value) => Number(value.toFixed(6)))).toEqual([0.5, 0.25, 2]);
  expect(largestDifference(read.colors, [1, 0.2, 0])).toBeLessThan(1e-6);
  expect(1 / (1 + Math.exp(-read.opacityLogits[0]))).toBeCloseTo(0.8, 6);
  expect([...read.quats]).toEqual([0, -1, 0, 0]);
});

test.each(sizes.flatMap((count) => degrees.map((degree) => [count, degree] as const)))(
  '%i Gaussians of degree %i come back from .spz within its steps',
  async (count, degree) => {
    const gaussians = scene(count, degree);
    const bytes = await encodeSpz(gaussians);
    expect(await encodeSpz(gaussians)).toEqual(bytes);
    const back = await decodeSpz(bytes);
    expect(back.opacityLogits.length).toBe(count);
    expect(largestDifference(back.means, gaussians.means)).toBeLessThanOrEqual(0.5 / 4096);
    expect(largestDifference(back.logScales, gaussians.logScales)).toBeLessThanOrEqual(0.5 / 16 + 1e-6);
    expect(largestDifference(back.colors, gaussians.colors)).toBeLessThan(0.0038);
    expect(largestTurn(back.quats, gaussians.quats)).toBeLessThan(0.008);
    const opacity = (logits: Float32Array): Float32Array => logits.map((logit) => 1 / (1 + Math.exp(-logit)));
    expect(largestDifference(opacity(back.opacityLogits), opacity(gaussians.opacityLogits))).toBeLessThan(0.502 / 255);
    if (count > 0)
      expect(largestDifference(back.shRest ?? [], gaussians.shRest ?? [])).toBeLessThanOrEqual(0.5 / 8 + 1e-6);
    expect(await decodeSpz(await encodeSpz(back))).toEqual(back);
  },
);

/** Attributes of one Gaussian, written from the description of the format. */
const positions = [0x00, 0x10, 0x00, 0x00, 0xf8, 0xff, 0x80, 0x00, 0x00];
const rest = [128 + 64, 128, 128, 128 + 32, 128, 128, 128 + 16, 128, 128];
const attributes = (version: number): number[][] => [
  positions,
  [204],
  [166, 128, 128],
  [160, 144, 176],
  version === 2 ? [191, 128, 64] : [0x00, 0x00, 0x00, 0xc0],
  rest,
];
const header = (version: number): number[] => [0x4e, 0x47, 0x53, 0x50, version, 0, 0, 0, 1, 0, 0, 0, 1, 12, 0, 0];
const u64 = (n: number): number[] => [n & 0xff, n >> 8, 0, 0, 0, 0, 0, 0];

function fileOf(version: number): Uint8Array {
  if (version < 4) return gzipSync(Uint8Array.of(...header(version), ...attributes(version).flat()));
  const streams = attributes(4).map((bytes) => [...zstdCompressSync(Uint8Array.from(bytes))]);
  const table = streams.flatMap((stream, i) => [...u64(stream.length), ...u64(attributes(4)[i].length)]);
  return Uint8Array.of(
    ...header(4).slice(0, 15),
    6,
    32,
    0,
    0,
    0,
    ...new Array<number>(12).fill(0),
    ...table,
    ...streams.flat(),
  );
}

test.each([2, 3, 4])('a .spz of version %i made byte by byte is read', async (version) => {
  const read = await decodeSpz(fileOf(version));
  // right, up, back in the file; right, down, forward here
  expect([...read.means]).toEqual([1, 0.5, -0.03125]);
  expect(1 / (1 + Math.exp(-read.opacityLogits[0]))).toBeCloseTo(0.8, 6);
  expect(
    largestDifference(read.colors, [0.5 + (0.28209479177387814 * (166 / 255 - 0.5)) / 0.15, 0.5037, 0.5037]),
  ).toBeLessThan(1e-4);
  expect([...read.logScales]).toEqual([0, -1, 1]);
  const quat =
    version === 2 ? [Math.sqrt(1 - 0.498 ** 2 - 0.0039 ** 2 - 0.498 ** 2), 0.498, -0.0039, 0.498] : [1, 0, 0, 0];
  expect(largestDifference(read.quats, quat)).toBeLessThan(1e-3);
  expect([...(read.shRest ?? [])]).toEqual([-0.5, -0, -0, -0.25, -0, -0, 0.125, 0, 0]);
});

test.each<[string, Uint8Array, RegExp]>([
  ['nothing', new Uint8Array(0), /^decodeSpz\.header: expected 16 bytes, got 0; /],
  ['a cut stream', fileOf(3).subarray(0, 30), /^decodeSpz\.gzip: expected a whole gzip stream, got /],
  ['other letters', gzipSync(new Uint8Array(40)), /^decodeSpz\.header: expected the letters NGSP, got /],
  [
    'another version',
    gzipSync(Uint8Array.of(...header(9), ...attributes(3).flat())),
    /^decodeSpz\.version: expected 2 or 3 in gzip, or 4, got 9; /,
  ],
  [
    'too few Gaussians',
    gzipSync(Uint8Array.of(...header(3), 0)),
    /^decodeSpz\.length: expected 29 bytes for 1 Gaussians, got 1; /,
  ],
  [
    'a count that fits in no file',
    gzipSync(Uint8Array.of(...header(3).slice(0, 8), 0xff, 0xff, 0xff, 0xff, 0, 12, 0, 0)),
    /^decodeSpz\.count: /,
  ],
  ['a cut table', fileOf(4).subarray(0, -4), /^decodeSpz\.length: /],
])('decodeSpz refuses %s', async (_, bytes, message) => {
  const error = await decodeSpz(bytes).then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(SplatError);
  expect((error as SplatError).message).toMatch(message);
});

test('decodeSplat refuses a cut file and numbers that are none, decodePly a line that is too short', () => {
  expect(() => decodeSplat(new Uint8Array(33))).toThrow(
    /^decodeSplat\.length: expected a multiple of 32 bytes, got 33; /,
  );
  expect(() => decodeSplat(new Uint8Array(32).fill(0xff))).toThrow(
    /^decodeSplat\.gaussian: expected finite numbers, got none in 1 Gaussians; /,
  );
  const text = new TextDecoder().decode(encodePly(cloud(2, 1), { format: 'ascii' }));
  expect(() => decodePly(new TextEncoder().encode(text.slice(0, -20)))).toThrow(
    /^decodePly\.vertex: expected 17 numbers in line 1 of the vertices, got /,
  );
  expect(() => decodePly(new TextEncoder().encode(text.trim().split('\n').slice(0, -1).join('\n')))).toThrow(
    /^decodePly\.length: expected 2 lines of Gaussians, got 1; /,
  );
});

// golden/make-spz.mjs: Niantic's own packer, @adobe/spz 0.2.3
test.each([2, 3, 4])('a .spz of version %i by another tool is read as what went into it', async (version) => {
  const want = JSON.parse(readFileSync(new URL('golden/five.json', import.meta.url), 'utf8')) as Record<
    'positions' | 'scales' | 'rotations' | 'alphas' | 'colors' | 'sh',
    number[]
  >;
  const read = await decodeSpz(readFileSync(new URL(`golden/five-v${version}.spz`, import.meta.url)));
  expect(largestDifference(read.means, want.positions)).toBeLessThan(0.6 / 4096);
  expect(largestDifference(read.logScales, want.scales)).toBeLessThan(0.51 / 16);
  expect(
    largestDifference(
      read.colors,
      want.colors.map((dc) => 0.5 + 0.28209479177387814 * dc),
    ),
  ).toBeLessThan(0.004);
  expect(largestDifference(read.shRest ?? [], want.sh)).toBeLessThan(0.5 / 8 + 0.5 / 128 + 1e-6);
  // xyzw there, wxyz here
  expect(
    largestTurn(
      read.quats,
      Float32Array.from(want.rotations, (_, i) => want.rotations[i % 4 === 0 ? i + 3 : i - 1]),
    ),
  ).toBeLessThan(version === 2 ? 0.1 : 0.008);
  const opacity = (logit: number): number => 1 / (1 + Math.exp(-logit));
  expect(largestDifference(Array.from(read.opacityLogits, opacity), want.alphas.map(opacity))).toBeLessThan(0.51 / 255);
});

// golden/make-others.mjs: splat-transform 3.7.0, which leaves the .spz's frame (y up, z toward the viewer) as it is:
// turned by half about x it is ours
test('a .ply by another tool, its properties in another order, is read as the .spz that it was made of', async () => {
  const ply = decodePly(readFileSync(new URL('golden/five.ply', import.meta.url)));
  const spz = await decodeSpz(readFileSync(new URL('golden/five-v3.spz', import.meta.url)));
  for (const name of ['logScales', 'colors', 'opacityLogits'] as const)
    expect(largestDifference(ply[name], spz[name]), name).toBeLessThan(1e-5);
  expect(
    largestDifference(
      ply.means,
      spz.means.map((value, i) => (i % 3 === 0 ? value : -value)),
    ),
  ).toBe(0);
  expect(
    largestTurn(
      ply.quats,
      spz.quats.map((value, i) => (i % 4 < 2 ? value : -value)),
    ),
  ).toBeLessThan(1e-3);
  // y and z change sign, and each harmonic with them
  const signs = [-1, -1, 1, -1, 1, 1, -1, 1, -1, 1, -1, -1, 1, -1, 1];
  expect(
    largestDifference(
      ply.shRest ?? [],
      (spz.shRest ?? new Float32Array(0)).map((value, i) => signs[Math.floor((i % 45) / 3)] * value),
    ),
  ).toBeLessThan(1e-6);
  expect(ply.shRest?.length).toBe(5 * 45);
});

// golden/make-others.mjs: gsplat.js 1.2.9
test('a .splat by another tool is read as what went into it', () => {
  const want = JSON.parse(readFileSync(new URL('golden/five.json', import.meta.url), 'utf8')) as Record<
    'positions' | 'scales' | 'rotations' | 'alphas' | 'colors',
    number[]
  >;
  const read = decodeSplat(readFileSync(new URL('golden/five.splat', import.meta.url)));
  expect(largestDifference(read.means, want.positions)).toBeLessThan(1e-6);
  expect(largestDifference(read.logScales, want.scales)).toBeLessThan(1e-5);
  expect(
    largestDifference(
      read.colors,
      want.colors.map((dc) => 0.5 + 0.28209479177387814 * dc),
    ),
  ).toBeLessThan(0.51 / 255);
  expect(
    largestTurn(
      read.quats,
      Float32Array.from(want.rotations, (_, i) => want.rotations[i % 4 === 0 ? i + 3 : i - 1]),
    ),
  ).toBeLessThan(0.03);
  const opacity = (logit: number): number => 1 / (1 + Math.exp(-logit));
  expect(largestDifference(Array.from(read.opacityLogits, opacity), want.alphas.map(opacity))).toBeLessThan(0.51 / 255);
});
