import { describe, expect, it } from 'vitest';
import { loadOnnx } from '@soliloquy/tensor';
import { convertTflite } from '../src/index.ts';
import { flexMap } from './flex-writer.ts';
import { wave } from './operator-cases.ts';
import { writeTflite } from './tflite-writer.ts';

/*
 * The three operators of the attention face mesh, of which LiteRT has no kernel for the processor: against plain loops
 * in f64 that turn and scale by angles, as the operators are described, where the conversion multiplies matrices.
 */

const OUTPUT = 6;
const SCALE = 1.5;
const SUBSET = [2, 5, 7, 3, 8];
const [LEFT, RIGHT] = [2, 5];
const POINTS = 9;

/** Points of a tilted face, [1, 9, 3]. */
const points = Float32Array.from(
  wave(POINTS * 3, 3, 5),
  (value, i) => value + 10 + (i % 3 === 0 ? (i / 3) * 1.5 : i / 7),
);

const matrixOptions = flexMap({
  left_rotation_idx: LEFT,
  output_height: OUTPUT,
  output_width: OUTPUT,
  right_rotation_idx: RIGHT,
  scale_x: SCALE,
  scale_y: SCALE,
  subset_idxs: SUBSET,
});

/** The box around the subset, level with the two rotation points. */
function boxOf(values: Float32Array) {
  const at = (i: number): [number, number] => [values[3 * i], values[3 * i + 1]];
  const [[lx, ly], [rx, ry]] = [at(LEFT), at(RIGHT)];
  const angle = Math.atan2(ry - ly, rx - lx);
  const level = SUBSET.map((i) => {
    const [x, y] = at(i);
    const radius = Math.hypot(x, y);
    const turned = Math.atan2(y, x) - angle;
    return [radius * Math.cos(turned), radius * Math.sin(turned)];
  });
  const range = (axis: number): [number, number] => {
    const sorted = level.map((place) => place[axis]).sort((a, b) => a - b);
    return [sorted[0], sorted.at(-1)!];
  };
  return { angle, x: range(0), y: range(1) };
}

/** Where a place of the output picture lies in the input. */
function placeOf(values: Float32Array, column: number, row: number): [number, number] {
  const { angle, x, y } = boxOf(values);
  const along = ([low, high]: [number, number], place: number): number =>
    (low + high) / 2 + (place / OUTPUT - 0.5) * (high - low) * SCALE;
  const [u, v] = [along(x, column), along(y, row)];
  return [u * Math.cos(angle) - v * Math.sin(angle), u * Math.sin(angle) + v * Math.cos(angle)];
}

describe('the operators of the attention mesh', () => {
  it('Landmarks2TransformMatrix: pixels of the crop to the places of a level box around the points', async () => {
    const bytes = writeTflite({
      tensors: [{ shape: [1, POINTS, 3] }, { shape: [1, 4, 4] }],
      operators: [
        { code: 32, custom: 'Landmarks2TransformMatrix', customOptions: matrixOptions, inputs: [0], outputs: [1] },
      ],
      inputs: [0],
      outputs: [1],
    });
    const program = await loadOnnx(convertTflite(bytes, 'matrix'));
    const { 'tensor-1': matrix } = await program.run({ 'tensor-0': { shape: [1, POINTS, 3], data: points } });
    const m = matrix.data;
    for (const [column, row] of [
      [0, 0],
      [OUTPUT, 0],
      [0, OUTPUT],
      [2.5, 4.25],
    ]) {
      const [x, y] = placeOf(points, column, row);
      expect(m[0] * column + m[1] * row + m[3]).toBeCloseTo(x, 4);
      expect(m[4] * column + m[5] * row + m[7]).toBeCloseTo(y, 4);
    }
    expect(Array.from(m.slice(8))).toEqual([0, 0, 1, 0, 0, 0, 0, 1]);
  });

  it('TransformTensorBilinear: the picture at those places, its edge beyond it', async () => {
    const [height, width, channels] = [5, 7, 2];
    const matrix = Float32Array.of(1.3, 0.4, 0, -1.2, -0.35, 0.9, 0, 0.6, 0, 0, 1, 0, 0, 0, 0, 1);
    const picture = wave(height * width * channels, 4);
    const bytes = writeTflite({
      tensors: [
        { shape: [1, height, width, channels] },
        { shape: [1, 4, 4], data: matrix },
        { shape: [1, 6, 6, channels] },
      ],
      operators: [
        {
          code: 32,
          custom: 'TransformTensorBilinear',
          customOptions: flexMap({ output_height: OUTPUT, output_width: OUTPUT }),
          inputs: [0, 1],
          outputs: [2],
        },
      ],
      inputs: [0],
      outputs: [2],
    });
    const program = await loadOnnx(convertTflite(bytes, 'picture'));
    const made = await program.run({ 'tensor-0': { shape: [1, height, width, channels], data: picture } });
    const { data } = made['tensor-2'];
    const pixel = (x: number, y: number, k: number): number => {
      const [cx, cy] = [Math.min(width - 1, Math.max(0, x)), Math.min(height - 1, Math.max(0, y))];
      return picture[(cy * width + cx) * channels + k];
    };
    for (let i = 0; i < data.length; i++) {
      const [k, column, row] = [i % channels, Math.floor(i / channels) % OUTPUT, Math.floor(i / channels / OUTPUT)];
      const x = 1.3 * column + 0.4 * row - 1.2;
      const y = -0.35 * column + 0.9 * row + 0.6;
      const [x0, y0] = [Math.floor(x), Math.floor(y)];
      const [fx, fy] = [x - x0, y - y0];
      const top = pixel(x0, y0, k) * (1 - fx) + pixel(x0 + 1, y0, k) * fx;
      const below = pixel(x0, y0 + 1, k) * (1 - fx) + pixel(x0 + 1, y0 + 1, k) * fx;
      expect(data[i]).toBeCloseTo(top * (1 - fy) + below * fy, 5);
    }
  });

  it('TransformLandmarks: points of the crop where the matrix puts them', async () => {
    const matrix = Float32Array.of(1.3, 0.4, 0, -1.2, -0.35, 0.9, 0, 0.6, 0, 0, 1, 0, 0, 0, 0, 1);
    const places = wave(8, 6, 3);
    const bytes = writeTflite({
      tensors: [{ shape: [1, 4, 2] }, { shape: [1, 4, 4], data: matrix }, { shape: [1, 4, 2] }],
      operators: [{ code: 32, custom: 'TransformLandmarks', inputs: [0, 1], outputs: [2] }],
      inputs: [0],
      outputs: [2],
    });
    const program = await loadOnnx(convertTflite(bytes, 'points'));
    const { 'tensor-2': moved } = await program.run({ 'tensor-0': { shape: [1, 4, 2], data: places } });
    for (let i = 0; i < 4; i++) {
      const [x, y] = [places[2 * i], places[2 * i + 1]];
      expect(moved.data[2 * i]).toBeCloseTo(1.3 * x + 0.4 * y - 1.2, 5);
      expect(moved.data[2 * i + 1]).toBeCloseTo(-0.35 * x + 0.9 * y + 0.6, 5);
    }
  });
});
