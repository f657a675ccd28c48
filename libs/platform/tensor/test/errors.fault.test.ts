import { lax, numpy as np } from '@jax-js/jax';
import { expect, test } from 'vitest';
import {
  compile,
  createRng,
  createTrainer,
  exportOnnx,
  loadOnnx,
  tensor,
  unflattenPaths,
  zeros,
} from '../src/index.ts';
import { initMlp, mlp } from '../src/modules/index.ts';

const failure = (code: string, message: RegExp) => ({ code, message: expect.stringMatching(message) });

test('a shape error names the operation, both shapes and the line that called it', async () => {
  const add = compile((x, y) => x.add(y), [zeros([2, 3]), zeros([4])]);
  await expect(add).rejects.toMatchObject(
    failure('tensor.trace', /^program\.add: .*2,3 vs 4.*errors\.fault\.test\.ts:\d+/),
  );
  const product = compile((x, y) => np.matmul(x, y), [zeros([2, 3]), zeros([4, 5])], { name: 'motion' });
  await expect(product).rejects.toMatchObject(
    failure(
      'tensor.trace',
      /^motion\.matmul: .* of \[2, 3\] and \[4, 5\] \(called at .*errors\.fault\.test\.ts:\d+\)$/,
    ),
  );
});

test.each([
  ['matmul', (x: np.Array, y: np.Array) => np.matmul(x.ref.mul(2), y.add(x.sum())), [2, 3], [4, 5]],
  ['dot', (x: np.Array, y: np.Array) => np.tensordot(x, y, 1), [2, 3], [4, 5]],
  ['einsum', (x: np.Array, y: np.Array) => np.einsum('ij,jk->ik', x, y), [2, 3], [4, 5]],
  ['conv', (x: np.Array, y: np.Array) => lax.conv(x, y, [1], 'SAME'), [1, 3, 8], [2, 4, 3]],
  ['concatenate', (x: np.Array, y: np.Array) => np.concatenate([x, y], 0), [2, 3], [4, 5]],
  ['where', (x: np.Array, y: np.Array) => np.where(x.ref.less(0), x, y), [2, 3], [4]],
  ['broadcastTo', (x: np.Array, y: np.Array) => np.broadcastTo(x, y.shape), [2, 3], [2, 4]],
] as const)('both shapes are named by %s', async (_name, f, a, b) => {
  const named = [a, b].map((shape) => shape.join(', ?')).join('.*');
  await expect(compile(f, [zeros([...a]), zeros([...b])])).rejects.toMatchObject(
    failure(
      'tensor.trace',
      new RegExp(`^program\\.\\w+: .*${named}.*\\(called at .*errors\\.fault\\.test\\.ts:\\d+\\)`),
    ),
  );
});

test('an array used after its last use is an error that says to take .ref', async () => {
  await expect(compile((x) => x.mul(x), [zeros([3])])).rejects.toMatchObject(
    failure('tensor.ownership', /^program\.mul: .*take \.ref of every use but the last/),
  );
});

test('an error that the model itself throws arrives as it was thrown', async () => {
  const own = new RangeError('frames: expected 125');
  await expect(
    compile(() => {
      throw own;
    }, [zeros([3])]),
  ).rejects.toBe(own);
});

test('a primitive that ONNX lacks is named, with the line that called it, before anything runs', async () => {
  await expect(compile((x) => np.linalg.cholesky(x), [zeros([3, 3])])).rejects.toMatchObject(
    failure(
      'tensor.unsupported-primitive',
      /lower\.cholesky: .*\[3, 3\] \(called at .*errors\.fault\.test\.ts:\d+\); .*executor 'jax'/,
    ),
  );
  await expect(compile((x) => np.linalg.eigh(x)[0], [zeros([3, 3])])).rejects.toMatchObject(
    failure('tensor.unsupported-primitive', /lower\.jacobi_eigh: .*errors\.fault\.test\.ts:\d+/),
  );
});

test('an error inside a module names the module and the line of the model', async () => {
  const model = compile((p, x) => mlp(p, x), [initMlp(createRng(1), { widths: [4, 2] }), zeros([3, 5])]);
  await expect(model).rejects.toMatchObject(
    failure(
      'tensor.trace',
      /^program\.matmul: .* of \[3, 5\] and \[4, 2\] \(in linear, called at .*errors\.fault\.test\.ts:\d+\)/,
    ),
  );
});

test('inputs of another shape, dtype or tree are refused by name', async () => {
  const program = await compile(({ a }, i) => a.add(i), [{ a: zeros([2, 3]) }, tensor([3], new Int32Array(3))]);
  const i = tensor([3], new Int32Array(3));
  await expect(program.run({ a: zeros([3, 2]) }, i)).rejects.toMatchObject(
    failure('tensor.shape', /^program\.input0\.a: expected f32 \[2, 3\], got f32 \[3, 2\]$/),
  );
  await expect(program.run({ a: zeros([2, 3]) }, zeros([3]) as never)).rejects.toMatchObject(
    failure('tensor.shape', /^program\.input1: expected i32 \[3\], got f32 \[3\]$/),
  );
  await expect(program.run({ b: zeros([2, 3]) } as never, i)).rejects.toMatchObject(
    failure('tensor.shape', /^program\.input0\.a: expected f32 \[2, 3\], got nothing$/),
  );
  await expect(program.run({ a: zeros([2, 3]), b: i } as never, i)).rejects.toMatchObject(
    failure('tensor.shape', /^program\.input0\.b: expected one of the inputs/),
  );
  const short = program.run as unknown as (one: unknown) => Promise<unknown>;
  await expect(short({ a: zeros([2, 3]) })).rejects.toMatchObject(
    failure('tensor.tree', /expected 2 arguments, got 1/),
  );
  await expect(program.run({ a: null } as never, i)).rejects.toMatchObject(
    failure('tensor.tree', /^program\.input0\.a: expected an array, a list or a record of them, got object null$/),
  );
});

test('a tensor whose data does not fit its shape is refused where it is made and where it is used', () => {
  expect(() => tensor([2, 3], new Float32Array(5))).toThrow(/expected 6 elements for \[2, 3\], got 5/);
  expect(() => tensor([2, -3], new Float32Array(6))).toThrow(/expected non-negative integers, got \[2, -3\]/);
});

test('a trainer refuses options that make no sense', async () => {
  const params = initMlp(createRng(1), { widths: [2, 2] });
  const base = {
    params,
    batchExample: { x: zeros([4, 2]) },
    loss: (p: Parameters<typeof mlp>[0], { x }: { x: np.Array }) => mlp(p, x).mean(),
  };
  const adamw = { kind: 'adamw', learningRate: 1e-3 } as const;
  await expect(createTrainer({ ...base, optimizer: { ...adamw, betas: [1, 0.9] } })).rejects.toMatchObject(
    failure('tensor.options', /adamw\.betas\.0/),
  );
  await expect(createTrainer({ ...base, optimizer: { ...adamw, clipNorm: 0 } })).rejects.toMatchObject(
    failure('tensor.options', /adamw\.clipNorm/),
  );
  await expect(createTrainer({ ...base, optimizer: adamw, ema: 1 })).rejects.toMatchObject(
    failure('tensor.options', /trainer\.ema/),
  );
  await expect(createTrainer({ ...base, optimizer: adamw, threads: 0 })).rejects.toMatchObject(
    failure('tensor.options', /trainer\.threads/),
  );
  await expect(createTrainer({ ...base, optimizer: adamw, loss: (p, { x }) => mlp(p, x) })).rejects.toMatchObject(
    failure('tensor.shape', /trainer\.loss: expected a scalar, got \[4, 2\]/),
  );
  await expect(
    createTrainer({ ...base, params: {}, loss: (_p, { x }) => x.mean(), optimizer: adamw }),
  ).rejects.toMatchObject(failure('tensor.tree', /at least one tensor/));
  await expect(
    createTrainer({
      ...base,
      params: { i: tensor([1], new Int32Array(1)) },
      loss: (_p, { x }) => x.mean(),
      optimizer: adamw,
    }),
  ).rejects.toMatchObject(failure('tensor.shape', /trainer\.params\.i: expected f32, got i32/));
});

test('bytes that are no ONNX model are refused', async () => {
  await expect(loadOnnx(new TextEncoder().encode('not a model at all'))).rejects.toMatchObject({ name: 'TensorError' });
  const model = exportOnnx((p, { x }) => ({ y: mlp(p, x) }), initMlp(createRng(1), { widths: [2, 2] }), {
    x: zeros([1, 2]),
  });
  await expect(loadOnnx(model.subarray(0, model.length - 20))).rejects.toMatchObject(
    failure('tensor.model', /expected an ONNX model/),
  );
});

test('an index out of range is an error of the run, not a wrong number', async () => {
  const program = await compile((x, i) => np.take(x, i, 0), [zeros([3, 2]), tensor([1], new Int32Array(1))]);
  await expect(program.run(zeros([3, 2]), tensor([1], Int32Array.of(3)))).rejects.toMatchObject({
    code: 'tensor.session',
  });
});

test('unflattenPaths refuses missing, additional and unlike tensors', () => {
  const template = { a: zeros([2]), b: [zeros([3])] };
  expect(() => unflattenPaths({ a: zeros([2]) }, template)).toThrow(/record\.b\.0: expected a tensor, got nothing/);
  expect(() => unflattenPaths({ a: zeros([2]), 'b.0': zeros([3]), c: zeros([1]) }, template)).toThrow(/record\.c/);
  expect(() => unflattenPaths({ a: zeros([2]), 'b.0': zeros([4]) }, template)).toThrow(
    /expected Float32Array \[3\], got Float32Array \[4\]/,
  );
});
