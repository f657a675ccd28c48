import { expect, test } from 'vitest';
import { loadOnnx, seedRandom } from '../src/index.ts';
import { encodeOnnx, type OnnxGraph, type OnnxNode } from '../src/onnx-proto.ts';

const border = (name: string) => ({ name, dtype: 'float32' as const, shape: [4] });

function model(nodes: readonly OnnxNode[]): Uint8Array {
  const graph: OnnxGraph = {
    opset: 18,
    nodes,
    initializers: [],
    inputs: [border('x')],
    outputs: [border('y')],
    metadata: { kept: 'yes' },
  };
  return encodeOnnx(graph);
}

const drawing = model([
  { op: 'RandomNormalLike', inputs: ['x'], outputs: ['a'], attributes: { scale: { float: 2 } } },
  { op: 'RandomNormalLike', inputs: ['x'], outputs: ['b'], attributes: { seed: { float: 5 } } },
  { op: 'Sub', inputs: ['a', 'b'], outputs: ['y'], attributes: {} },
]);

async function drawn(bytes: Uint8Array): Promise<number[]> {
  const program = await loadOnnx(bytes);
  const { y } = await program.run({ x: { shape: [4], data: new Float32Array(4) } });
  return [...(y?.data ?? [])];
}

test('a model that draws gives the same for the same seed, and every operator draws its own', async () => {
  const one = await drawn(seedRandom(drawing, 7));
  expect(await drawn(seedRandom(drawing, 7))).toEqual(one);
  expect(await drawn(seedRandom(drawing, 8))).not.toEqual(one);
  expect(await drawn(seedRandom(drawing, 0xffffffff))).toHaveLength(4);
  // The difference of two draws, the one of deviation 2: operators of one seed would give one the half of the other.
  expect(one.some((value) => Math.abs(value) > 1e-3)).toBe(true);
});

test('a model that draws nothing keeps its bytes; what is no model is refused', () => {
  const still = model([{ op: 'Identity', inputs: ['x'], outputs: ['y'], attributes: {} }]);
  expect(seedRandom(still, 7)).toEqual(still);
  expect(() => seedRandom(new TextEncoder().encode('no model at all'), 7)).toThrow('expected an ONNX model');
});
