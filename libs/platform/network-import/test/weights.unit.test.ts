import { describe, expect, it } from 'vitest';
import { readTfjsWeights, transposed, type Constant } from '../src/index.ts';

describe('weights of TensorFlow.js', () => {
  it('f32, f16, and u8 and u16 by scale and minimum, one after another', () => {
    const manifest = JSON.stringify([
      {
        weights: [
          { name: 'plain', shape: [2], dtype: 'float32' },
          { name: 'half', shape: [1, 2], dtype: 'float32', quantization: { dtype: 'float16' } },
          { name: 'byte', shape: [2], dtype: 'float32', quantization: { dtype: 'uint8', scale: 0.5, min: -3 } },
        ],
      },
      {
        weights: [
          { name: 'short', shape: [2], dtype: 'float32', quantization: { dtype: 'uint16', scale: 0.25, min: 1 } },
        ],
      },
    ]);
    const bytes = Buffer.concat([
      Buffer.from(Float32Array.of(1.5, -2.25).buffer),
      Buffer.from(Float16Array.of(0.5, -8).buffer),
      Buffer.from([0, 255]),
      Buffer.from(Uint16Array.of(4, 65535).buffer),
    ]);
    const weights = readTfjsWeights(manifest, bytes, 'weights.bin');
    expect(Object.fromEntries(weights)).toEqual({
      plain: { shape: [2], data: Float32Array.of(1.5, -2.25) },
      half: { shape: [1, 2], data: new Uint16Array(Float16Array.of(0.5, -8).buffer) },
      byte: { shape: [2], data: Float32Array.of(-3, 124.5) },
      short: { shape: [2], data: Float32Array.of(2, 16384.75) },
    });
  });
});

describe('transposed', () => {
  it.each<[number[], number[]]>([
    [
      [2, 3, 4, 5],
      [0, 3, 1, 2],
    ],
    [
      [2, 1, 1, 5],
      [0, 3, 1, 2],
    ],
    [
      [1, 3, 4, 2],
      [3, 0, 1, 2],
    ],
    [
      [3, 2],
      [1, 0],
    ],
    [
      [2, 0, 3],
      [2, 1, 0],
    ],
    [[4], [0]],
  ])('of [%s] by [%s]: every element is where its indices say', (shape, order) => {
    const size = shape.reduce((product, n) => product * n, 1);
    const constant: Constant = { shape, data: Float32Array.from({ length: size }, (_, i) => i) };
    const made = transposed(constant, order);
    expect(made.shape).toEqual(order.map((axis) => shape[axis]));
    const indexOf = (place: number[], sides: readonly number[]): number =>
      place.reduce((index, at, axis) => index * sides[axis] + at, 0);
    for (let i = 0; i < size; i++) {
      let rest = i;
      const place = shape.map((_, axis) => {
        const inner = shape.slice(axis + 1).reduce((product, n) => product * n, 1);
        const at = Math.floor(rest / inner);
        rest %= inner;
        return at;
      });
      const moved = order.map((axis) => place[axis]);
      expect(made.data[indexOf(moved, made.shape)]).toBe(i);
    }
  });
});
