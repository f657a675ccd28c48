import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { decodePly, decodeSpz } from '../src/index.ts';

const FORM = /^[\w.]+: expected [^\n]+, got [^\n]+/;
const ply = (...lines: string[]): Uint8Array =>
  new TextEncoder().encode(['ply', ...lines, 'end_header', ''].join('\n'));

describe('a .ply', () => {
  test.each(['constructor', 'tostring', '__proto__', 'valueof'])('with %s as a type or format is refused', (name) => {
    const [type, format] = [
      ply('format binary_little_endian 1.0', 'element vertex 1', `property ${name} x`),
      ply(`format ${name}`, 'element vertex 1', 'property float x'),
    ];
    for (const [file, where, got] of [
      [type, 'decodePly.property', `${name} x`],
      [format, 'decodePly.format', name],
    ] as const)
      expect(() => decodePly(file)).toThrow(
        expect.objectContaining({ code: 'splat.input', where, got, message: expect.stringMatching(FORM) }),
      );
  });
});

describe('a .spz', () => {
  const header = (count: number): Uint8Array => {
    const bytes = new Uint8Array(16);
    const view = new DataView(bytes.buffer);
    view.setUint32(0, 0x5053474e, true);
    view.setUint32(4, 3, true);
    view.setUint32(8, count, true);
    return bytes;
  };
  test('that inflates a thousandfold stops at what its header needs', async () => {
    const bomb = gzipSync(Buffer.concat([header(1), Buffer.alloc(256 * 2 ** 20)]));
    const before = process.memoryUsage().arrayBuffers;
    expect((await decodeSpz(bomb)).means).toHaveLength(3);
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(64 * 2 ** 20);
    // Whoever goes on to the end finds that there is none.
    expect((await decodeSpz(bomb.subarray(0, bomb.length - 100))).means).toHaveLength(3);
  });
  test('of version 4 whose table or streams lie is refused in the house form', async () => {
    const bytes = new Uint8Array(64);
    const view = new DataView(bytes.buffer);
    bytes.set(header(1000));
    view.setUint32(4, 4, true);
    for (const [streams, table, length] of [
      [6, 32, 2 ** 40],
      [6, 2 ** 32 - 1, 4],
      [200, 32, 4],
      [6, 32, 8],
    ] as const) {
      bytes[15] = streams;
      view.setUint32(16, table, true);
      view.setBigUint64(32, BigInt(length), true);
      await expect(decodeSpz(bytes)).rejects.toMatchObject({
        code: 'splat.input',
        message: expect.stringMatching(FORM),
      });
    }
  });
  test('that says it has many Gaussians and ends is refused before room for them is made', async () => {
    await expect(decodeSpz(gzipSync(header(2 ** 26)))).rejects.toMatchObject({ code: 'splat.input' });
  });
});
