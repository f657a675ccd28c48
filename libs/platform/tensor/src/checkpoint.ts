import { decodeSafetensors, encodeSafetensors, type SafetensorsTensor } from './safetensors.ts';
import { TensorError } from './tensor-error.ts';
import { sizeOf, type Tensor, type TensorTree } from './tensor.ts';
import type { Trainer } from './trainer.ts';

const KIND = 'soliloquy.checkpoint/1';

/**
 * A trainer's parameters, what its optimiser remembers and its moving average as one safetensors file: `params.<path>`,
 * `firstMoments.<path>`, …, each in its own shape. A trainer restored from it goes on to the bit, as long as its
 * batches follow from the step's number.
 */
export function encodeCheckpoint<Params extends TensorTree, Batch extends TensorTree>(
  trainer: Trainer<Params, Batch>,
): Uint8Array {
  const { step, tensors, lossScale } = trainer.state();
  const named: Record<string, SafetensorsTensor> = {};
  for (const [name, { data }] of Object.entries(tensors)) {
    let at = 0;
    for (const { path, shape } of trainer.layout) {
      named[join(slot(name), path)] = { shape, data: data.subarray(at, (at += sizeOf(shape))) };
    }
  }
  return encodeSafetensors(named, {
    kind: KIND,
    optimizer: trainer.optimizer,
    step: String(step),
    ...(lossScale && { lossScale: `${lossScale.factor} ${lossScale.steps}` }),
  });
}

/**
 * Put a checkpoint back.
 *
 * @throws TensorError `tensor.tree` for another optimiser or other parameters, `tensor.shape` for other shapes;
 *   `SafetensorsError` for a broken file
 */
export function restoreCheckpoint<Params extends TensorTree, Batch extends TensorTree>(
  trainer: Trainer<Params, Batch>,
  bytes: Uint8Array,
): void {
  const { tensors: stored, metadata } = decodeSafetensors(bytes);
  if (metadata.kind !== KIND)
    throw new TensorError({
      code: 'tensor.tree',
      where: 'checkpoint.kind',
      expected: KIND,
      got: metadata.kind ?? 'none',
    });
  if (metadata.optimizer !== trainer.optimizer)
    throw new TensorError({
      code: 'tensor.tree',
      where: 'checkpoint.optimizer',
      expected: trainer.optimizer,
      got: metadata.optimizer,
      remedy: 'train with the optimiser it was made with',
    });
  const missing = new Set(Object.keys(stored));
  const tensors: Record<string, Tensor> = {};
  for (const name of Object.keys(trainer.state().tensors)) {
    const total = trainer.layout.reduce((sum, { shape }) => sum + sizeOf(shape), 0);
    const data = new Float32Array(total);
    let at = 0;
    for (const { path, shape } of trainer.layout) {
      const key = join(slot(name), path);
      const value = stored[key];
      if (value === undefined)
        throw new TensorError({
          code: 'tensor.tree',
          where: `checkpoint.${key}`,
          expected: 'a tensor',
          got: 'nothing',
        });
      if (value.dtype !== 'F32' || value.shape.join() !== shape.join())
        throw new TensorError({
          code: 'tensor.shape',
          where: `checkpoint.${key}`,
          expected: `F32 [${shape.join(', ')}]`,
          got: `${value.dtype} [${value.shape.join(', ')}]`,
        });
      data.set(value.data as Float32Array, at);
      at += sizeOf(shape);
      missing.delete(key);
    }
    tensors[name] = { shape: [total], data };
  }
  const [extra] = missing;
  if (extra !== undefined)
    throw new TensorError({
      code: 'tensor.tree',
      where: `checkpoint.${extra}`,
      expected: 'only what this trainer has',
      got: 'more',
    });
  const [factor, steps] = (metadata.lossScale ?? '').split(' ').map(Number);
  trainer.restore({
    step: Number(metadata.step),
    tensors,
    ...(metadata.lossScale !== undefined && { lossScale: { factor, steps } }),
  });
}

/** `state.firstMoments` to `firstMoments`. */
function slot(name: string): string {
  return name.slice(name.indexOf('.') + 1);
}

function join(slotName: string, path: string): string {
  return path === '' ? slotName : `${slotName}.${path}`;
}
