import { expect, test } from 'vitest';
import { decodePly, encodePly, SplatError } from '../src/index.ts';
import { agreement, largestDifference } from './agreement.ts';
import { cloud } from './cases.ts';

const text = (bytes: Uint8Array): string => new TextDecoder('latin1').decode(bytes);

/** A file with the given header lines for its vertices and their numbers. */
function file(lines: readonly string[], count: number, write: (view: DataView) => number): Uint8Array {
  const header = new TextEncoder().encode(
    [
      'ply',
      'format binary_little_endian 1.0',
      'comment by a test',
      `element vertex ${count}`,
      ...lines,
      'end_header',
      '',
    ].join('\n'),
  );
  const body = new DataView(new ArrayBuffer(65536));
  const length = write(body);
  const bytes = new Uint8Array(header.length + length);
  bytes.set(header);
  bytes.set(new Uint8Array(body.buffer, 0, length), header.length);
  return bytes;
}

test.each([0, 1, 257])('%i Gaussians come back as they were', (count) => {
  const gaussians = cloud(count, 5);
  const back = decodePly(encodePly(gaussians));
  for (const name of ['means', 'quats', 'logScales', 'opacityLogits'] as const)
    expect(back[name]).toEqual(gaussians[name]);
  expect(largestDifference(back.colors, gaussians.colors)).toBeLessThan(1e-6);
  expect(agreement(back.colors, gaussians.colors).cosine).toBeGreaterThan(0.999999);
});

test('the header is what viewers of 3DGS read, and the same Gaussians give the same bytes', () => {
  const bytes = encodePly(cloud(2, 1));
  const names = 'x y z nx ny nz f_dc_0 f_dc_1 f_dc_2 opacity scale_0 scale_1 scale_2 rot_0 rot_1 rot_2 rot_3'.split(
    ' ',
  );
  const header =
    `ply\nformat binary_little_endian 1.0\nelement vertex ` +
    `2\n${names.map((name) => `property float ${name}\n`).join('')}end_header\n`;
  expect(text(bytes).startsWith(header)).toBe(true);
  expect(bytes.length).toBe(header.length + 2 * 17 * 4);
  expect(encodePly(cloud(2, 1))).toEqual(bytes);
});

test('mid grey has f_dc 0 and white 0.5 / Y00', () => {
  const grey = { ...cloud(1, 1), colors: Float32Array.of(0.5, 1, 0) };
  const bytes = encodePly(grey);
  const view = new DataView(bytes.buffer, bytes.length - 17 * 4);
  expect([view.getFloat32(24, true), view.getFloat32(28, true), view.getFloat32(32, true)]).toEqual([
    0,
    Math.fround(0.5 / 0.28209479177387814),
    Math.fround(-0.5 / 0.28209479177387814),
  ]);
});

test('properties in another order, of other types and with spherical harmonics among them are read', () => {
  const names = [
    'rot_3',
    'rot_2',
    'rot_1',
    'rot_0',
    'f_rest_0',
    'opacity',
    'scale_2',
    'scale_1',
    'scale_0',
    'f_dc_2',
    'f_dc_1',
    'f_dc_0',
    'z',
    'y',
    'x',
  ];
  const lines = [
    'property uchar label',
    ...names.map((name) => `property ${name === 'z' ? 'double' : 'float32'} ${name}`),
  ];
  const bytes = file(lines, 2, (view) => {
    let at = 0;
    for (let g = 0; g < 2; g++) {
      at += 1;
      for (let k = 0; k < names.length; k++) {
        if (names[k] === 'z') view.setFloat64(at, 100 * g + k, true);
        else view.setFloat32(at, 100 * g + k, true);
        at += names[k] === 'z' ? 8 : 4;
      }
    }
    return at;
  });
  const gaussians = decodePly(bytes);
  expect([...gaussians.means]).toEqual([14, 13, 12, 114, 113, 112]);
  expect([...gaussians.quats]).toEqual([3, 2, 1, 0, 103, 102, 101, 100]);
  expect([...gaussians.logScales]).toEqual([8, 7, 6, 108, 107, 106]);
  expect([...gaussians.opacityLogits]).toEqual([5, 105]);
  expect(gaussians.colors[0]).toBeCloseTo(0.5 + 0.28209479177387814 * 11, 5);
});

test('an unaligned view of a larger buffer is read', () => {
  const bytes = encodePly(cloud(3, 2));
  const shifted = new Uint8Array(bytes.length + 3);
  shifted.set(bytes, 3);
  expect(decodePly(shifted.subarray(3)).means).toEqual(cloud(3, 2).means);
});

test.each<[string, Uint8Array, RegExp]>([
  ['nothing', new Uint8Array(0), /^decodePly\.header: expected a header from "ply" to "end_header", got ""; /],
  ['a picture', Uint8Array.of(0x89, 0x50, 0x4e, 0x47), /^decodePly\.header: /],
  [
    'another version',
    new TextEncoder().encode('ply\nformat ascii 2.0\nelement vertex 0\nend_header\n'),
    /^decodePly\.format: expected binary_little_endian 1\.0, .*, got ascii 2\.0; /,
  ],
  [
    'a mesh',
    file(['property float x', 'property float y', 'property float z'], 1, () => 12),
    /^decodePly\.properties: .* a file without f_dc_0/,
  ],
  [
    'a truncated file',
    encodePly(cloud(4, 1)).subarray(0, -1),
    /^decodePly\.length: expected \d+ bytes for 4 Gaussians, got \d+; /,
  ],
  [
    'no vertices',
    new TextEncoder().encode('ply\nformat binary_little_endian 1.0\nelement face 0\nend_header\n'),
    /^decodePly\.element: expected an element named vertex, got face; /,
  ],
])('decodePly refuses %s', (_, bytes, message) => {
  expect(() => decodePly(bytes)).toThrow(SplatError);
  expect(() => decodePly(bytes)).toThrow(message);
});
