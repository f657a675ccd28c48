import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { loadOnnx, loadOnnxFile } from '../src/index.ts';
import { encodeOnnx, type OnnxDtype, type OnnxNode } from '../src/onnx-proto.ts';

function freshFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'soliloquy-onnx-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

function field(number: number, value: Uint8Array | string): number[] {
  const bytes = typeof value === 'string' ? new TextEncoder().encode(value) : value;
  const varint = (n: number): number[] => (n < 128 ? [n] : [(n & 127) | 128, ...varint(n >>> 7)]);
  return [...varint(number * 8 + 2), ...varint(bytes.length), ...bytes];
}

/** y = x + w, f32 [2], where w lies in a file that the model names; protobuf messages of one field number merge. */
function withExternalValues(location: string): Uint8Array {
  const entry = (key: string, value: string): number[] =>
    field(13, Uint8Array.from([...field(1, key), ...field(2, value)]));
  const values = Uint8Array.from([1 * 8, 2, 2 * 8, 1, ...field(8, 'w'), ...entry('location', location), 14 * 8, 1]);
  const node: OnnxNode = { op: 'Add', inputs: ['x', 'w'], outputs: ['y'], attributes: {} };
  const border = (name: string) => [{ name, dtype: 'float32' as const, shape: [2] }];
  const model = encodeOnnx({
    opset: 18,
    nodes: [node],
    initializers: [],
    inputs: border('x'),
    outputs: border('y'),
    metadata: {},
  });
  return Uint8Array.from([...model, ...field(7, Uint8Array.from(field(5, values)))]);
}

async function sum(path: string): Promise<number[]> {
  const program = await loadOnnxFile(path);
  const { y } = await program.run({ x: { shape: [2], data: Float32Array.of(1, 2) } });
  await program.dispose();
  return [...(y?.data ?? [])];
}

describe('a model whose values lie in other files', () => {
  test('takes them from plain files of its own folder', async () => {
    const folder = freshFolder();
    writeFileSync(join(folder, 'model.onnx'), withExternalValues('weights.bin'));
    writeFileSync(join(folder, 'weights.bin'), new Uint8Array(Float32Array.of(10, 20).buffer));
    expect(await sum(join(folder, 'model.onnx'))).toEqual([11, 22]);
  });

  test.each(['../weights.bin', '/etc/passwd', 'sub/weights.bin', '.hidden', '..', '', 'a\\b'])(
    'is refused where it names "%s"',
    async (location) => {
      const folder = freshFolder();
      mkdirSync(join(folder, 'model/sub'), { recursive: true });
      for (const place of ['weights.bin', 'model/sub/weights.bin', 'model/.hidden'])
        writeFileSync(join(folder, place), new Uint8Array(8));
      writeFileSync(join(folder, 'model/model.onnx'), withExternalValues(location));
      await expect(loadOnnxFile(join(folder, 'model/model.onnx'))).rejects.toThrow(
        `expected values in files of its own folder, got "${location}"`,
      );
    },
  );

  test('is refused where such a file is a link, or missing, and by loadOnnx in any case', async () => {
    const folder = freshFolder();
    const path = join(folder, 'model.onnx');
    writeFileSync(path, withExternalValues('weights.bin'));
    await expect(loadOnnxFile(path)).rejects.toThrow('expected the file weights.bin beside it, got none');
    symlinkSync('/etc/passwd', join(folder, 'weights.bin'));
    await expect(loadOnnxFile(path)).rejects.toThrow('got a link');
    await expect(loadOnnx(withExternalValues('weights.bin'))).rejects.toThrow('got one with external data');
    await expect(loadOnnxFile(join(folder, 'none.onnx'))).rejects.toThrow('expected an ONNX model of less than 2 GiB');
  });
});

describe('at the border of a model', () => {
  const passed = (dtype: OnnxDtype): Uint8Array =>
    encodeOnnx({
      opset: 18,
      nodes: [{ op: 'Add', inputs: ['x', 'x'], outputs: ['y'], attributes: {} }],
      initializers: [],
      inputs: [{ name: 'x', dtype, shape: [-1] }],
      outputs: [{ name: 'y', dtype, shape: [-1] }],
      metadata: {},
    });

  test('i64 is i32 and f16 is f32, of any size', async () => {
    const whole = await loadOnnx(passed('int64'));
    const { y } = await whole.run({ x: { shape: [3], data: Int32Array.of(1, -5, 1_000_000_000) } });
    expect([...(y?.data ?? [])]).toEqual([2, -10, 2_000_000_000]);
    await expect(whole.run({ x: { shape: [1], data: Int32Array.of(2_000_000_000) } })).rejects.toThrow(
      'within 32 bits',
    );
    await expect(whole.run({ x: { shape: [1], data: Float32Array.of(1) } })).rejects.toThrow('got f32 [1]');
    const half = await loadOnnx(passed('float16'));
    const halves = await half.run({ x: { shape: [2], data: Float32Array.of(0.5, 1 / 3) } });
    expect([...(halves.y?.data ?? [])]).toEqual([1, new Float16Array([2 / 3])[0]]);
  });
});
