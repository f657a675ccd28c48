import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { decodeSafetensors, encodeSafetensors, fromFloat16Bits, toFloat16Bits } from '../src/safetensors.ts';

/** A file with a header of our own making. */
function fileOf(header: unknown, data: number, length?: number): Uint8Array {
  const json = new TextEncoder().encode(typeof header === 'string' ? header : JSON.stringify(header));
  const bytes = new Uint8Array(8 + json.length + data);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(length ?? json.length), true);
  bytes.set(json, 8);
  return bytes;
}

const entry = (dtype: string, shape: unknown, offsets: unknown) => ({ dtype, shape, data_offsets: offsets });

test('what is written is read back: every dtype, scalars, empty arrays, any name', () => {
  const tensors = {
    f: { shape: [2, 2], data: Float32Array.of(1, -0, NaN, Infinity) },
    half: { shape: [3], data: toFloat16Bits(Float32Array.of(0.5, -2, 65504)) },
    i: { shape: [2], data: Int32Array.of(-1, 2 ** 31 - 1) },
    u: { shape: [1], data: Uint32Array.of(2 ** 32 - 1) },
    l: { shape: [2], data: BigInt64Array.of(-5n, 2n ** 62n) },
    b: { shape: [3], data: Uint8Array.of(0, 128, 255) },
    'flag é "quoted"': { shape: [2], data: Uint8Array.of(0, 1), dtype: 'BOOL' },
    scalar: { shape: [], data: Float32Array.of(7) },
    empty: { shape: [0, 3], data: new Float32Array(0) },
  } as const;
  const { tensors: read, metadata } = decodeSafetensors(encodeSafetensors(tensors, { kind: 'test', format: '1' }));
  expect(metadata).toEqual({ kind: 'test', format: '1' });
  expect(Object.keys(read).sort()).toEqual(Object.keys(tensors).sort());
  for (const [name, want] of Object.entries(tensors))
    expect(read[name]).toMatchObject({ shape: want.shape, data: want.data });
  expect(read['flag é "quoted"'].dtype).toBe('BOOL');
  expect(fromFloat16Bits(Uint16Array.from(read.half.data as Uint16Array))).toEqual(Float32Array.of(0.5, -2, 65504));
});

test('the same values give the same bytes in whatever order they were put in', () => {
  const names = fc.uniqueArray(
    fc.string({ minLength: 1 }).filter((name) => name !== '__metadata__' && name !== '__proto__'),
    { minLength: 2, maxLength: 6 },
  );
  fc.assert(
    fc.property(names, (keys) => {
      const make = (list: string[]) =>
        encodeSafetensors(
          Object.fromEntries(
            list.map((name) => [
              name,
              { shape: [name.length], data: new Float32Array(name.length).fill(name.charCodeAt(0)) },
            ]),
          ),
        );
      expect(make([...keys].reverse())).toEqual(make(keys));
    }),
    { seed: 3, numRuns: 100 },
  );
});

test('data starts at a multiple of eight, and an array that is a window of a larger one is written alone', () => {
  const window = Float32Array.of(1, 2, 3, 4).subarray(1, 3);
  const bytes = encodeSafetensors({ x: { shape: [2], data: window } });
  expect(Number(new DataView(bytes.buffer).getBigUint64(0, true)) % 8).toBe(0);
  expect(decodeSafetensors(bytes).tensors.x.data).toEqual(Float32Array.of(2, 3));
  const shifted = new Uint8Array(bytes.length + 3);
  shifted.set(bytes, 3);
  expect(decodeSafetensors(shifted.subarray(3)).tensors.x.data).toEqual(Float32Array.of(2, 3));
});

test.each([
  ['nothing', new Uint8Array(0), /at least 8 bytes, got 0/],
  ['a picture', Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0xd, 0xa, 0x1a, 0xa, 0, 0), /at most 100000000 bytes/],
  ['a header beyond the end', fileOf({}, 0, 50), /the file is truncated/],
  ['a header that is no JSON', fileOf('{"a":', 0), /expected JSON/],
  ['a header that is a list', fileOf([], 0), /expected a JSON record/],
  ['an unknown dtype', fileOf({ a: entry('F12', [1], [0, 4]) }, 4), /a\.dtype: expected one of F32.*got "F12"/],
  ['a negative size', fileOf({ a: entry('F32', [-1], [0, 4]) }, 4), /a\.shape/],
  ['a shape that is no list', fileOf({ a: entry('F32', 1, [0, 4]) }, 4), /a\.shape/],
  ['a size beyond 2^53', fileOf({ a: entry('F32', [2 ** 40, 2 ** 40], [0, 4]) }, 4), /2\^53/],
  [
    'a shape nested without end',
    fileOf(`{"a":{"dtype":"F32","shape":${'['.repeat(9000)}1${']'.repeat(9000)},"data_offsets":[0,4]}}`, 4),
    /a\.shape: expected .*, got a nested value/,
  ],
  [
    'a dtype nested without end',
    fileOf(`{"a":{"dtype":${'{"a":'.repeat(9000)}1${'}'.repeat(9000)},"shape":[1],"data_offsets":[0,4]}}`, 4),
    /a\.dtype: expected .*, got a nested value/,
  ],
  ['offsets the wrong way round', fileOf({ a: entry('F32', [1], [4, 0]) }, 4), /a\.data_offsets/],
  [
    'offsets beyond the end',
    fileOf({ a: entry('F32', [2], [0, 8]) }, 4),
    /an end of at most 4, got 8; the file is truncated/,
  ],
  ['too few bytes for a shape', fileOf({ a: entry('F32', [2], [0, 4]) }, 4), /expected 8 bytes for F32 \[2\], got 4/],
  ['overlapping entries', fileOf({ a: entry('F32', [1], [0, 4]), b: entry('F32', [1], [2, 6]) }, 6), /b: .*overlap/],
  ['a gap', fileOf({ a: entry('F32', [1], [0, 4]), b: entry('F32', [1], [8, 12]) }, 12), /b: .*gap/],
  ['bytes after the last entry', fileOf({ a: entry('F32', [1], [0, 4]) }, 6), /too long/],
  ['metadata that is not text', fileOf({ __metadata__: { a: 1 } }, 0), /__metadata__\.a: expected a string/],
] as const)('%s is refused', (_, bytes, message) => {
  expect(() => decodeSafetensors(bytes)).toThrow(message);
});

test('a file cut anywhere is refused, never read as less', () => {
  const bytes = encodeSafetensors({
    a: { shape: [3], data: Float32Array.of(1, 2, 3) },
    b: { shape: [1], data: Int32Array.of(4) },
  });
  for (let end = 0; end < bytes.length; end++)
    expect(() => decodeSafetensors(bytes.subarray(0, end))).toThrow(/safetensors\./);
});

test('writing refuses shapes and dtypes that do not fit', () => {
  expect(() => encodeSafetensors({ a: { shape: [2], data: new Float32Array(3) } })).toThrow(
    /a: expected 2 elements for \[2\], got 3/,
  );
  expect(() => encodeSafetensors({ a: { shape: [3], data: new Float32Array(3), dtype: 'I32' } })).toThrow(
    /expected Int32Array for I32, got Float32Array/,
  );
  expect(() => encodeSafetensors({ a: { shape: [3], data: new Float64Array(3) as never } })).toThrow(
    /got Float64Array/,
  );
  expect(() => encodeSafetensors({ __metadata__: { shape: [0], data: new Float32Array(0) } })).toThrow(
    /keeps for itself/,
  );
});

test('the file imports no engine', () => {
  expect(readFileSync(new URL('../src/safetensors.ts', import.meta.url), 'utf8')).not.toMatch(
    /^import (?!.* from '@soliloquy\/fault';$)/m,
  );
});

test('a file in the pool of a Node buffer is read as any other', () => {
  const bytes = encodeSafetensors({
    a: { dtype: 'F32', shape: [3], data: Float32Array.of(1, 2, 3) },
    b: { dtype: 'U8', shape: [2], data: Uint8Array.of(4, 5) },
  });
  for (const pooled of [Buffer.from(bytes), Buffer.concat([Buffer.alloc(13, 0xff), bytes]).subarray(13)]) {
    const { tensors } = decodeSafetensors(pooled);
    expect(tensors).toEqual(decodeSafetensors(bytes).tensors);
    expect(tensors['a']?.data).toEqual(Float32Array.of(1, 2, 3));
  }
});

// golden/make-safetensors.py
test.each<[string, Record<string, [string, number[], number[]]>]>([
  ['f32', { wave: ['F32', [3, 4], Array.from({ length: 12 }, (_, i) => Math.fround(Math.sin(i)))] }],
  [
    'mixed',
    {
      bytes: ['U8', [3], [0, 1, 2]],
      wave: ['F32', [5], Array.from({ length: 5 }, (_, i) => Math.fround(Math.sin(i)))],
      halves: ['F16', [3], [0, 0x3abb, 0x3b46]],
    },
  ],
  ['odd', { none: ['F32', [0, 4], []], one: ['I32', [1], [7]] }],
])('python-%s.safetensors is read at any place of a buffer', (name, want) => {
  const bytes = readFileSync(new URL(`golden/python-${name}.safetensors`, import.meta.url));
  for (const before of [0, 1, 13]) {
    const view = Buffer.concat([Buffer.alloc(before, 0xff), bytes, Buffer.alloc(9, 0xff)]).subarray(
      before,
      before + bytes.length,
    );
    const { tensors } = decodeSafetensors(view);
    expect(Object.keys(tensors).toSorted()).toEqual(Object.keys(want).toSorted());
    for (const [tensor, [dtype, shape, values]] of Object.entries(want)) {
      expect(tensors[tensor]).toMatchObject({ dtype, shape });
      const read = Array.from(tensors[tensor].data as ArrayLike<number>);
      expect(read).toHaveLength(values.length);
      read.forEach((value, i) => expect(value).toBeCloseTo(values[i], 6));
    }
  }
});
