/** Trains a transformer block on the processor and on WebGPU, and prints both. A process of its own: the driver is chosen by its environment. */
import { numpy as np } from '@jax-js/jax';
import { createRng, createTrainer } from '../src/index.ts';
import type { Device } from '../src/index.ts';
import { initTransformerBlock, transformerBlock } from '../src/modules/index.ts';

const block = initTransformerBlock(createRng(1), { width: 16 });
const batches = [0, 1, 2, 3].map((i) => ({ x: createRng(i).normal([2, 6, 16]) }));

async function train(device: Device): Promise<{ losses: number[]; average: number[]; readable: boolean }> {
  const trainer = await createTrainer({
    params: { block },
    batchExample: batches[0],
    loss: (p, { x }) => np.square(transformerBlock(p.block, x, { heads: 2 })).mean(),
    optimizer: { kind: 'adamw', learningRate: 1e-2, clipNorm: 1 },
    ema: 0.9,
    device,
  });
  const losses = [await trainer.step(batches[0]), ...(await trainer.steps(batches.slice(1)))].map(({ loss }) => loss);
  let readable = true;
  try {
    trainer.params();
  } catch {
    readable = false;
  }
  await trainer.pull();
  return { losses, average: [...trainer.emaParams().block.attention.qkv.weight.data], readable };
}

process.stdout.write(JSON.stringify({ cpu: await train('cpu'), webgpu: await train('webgpu') }), () => process.exit());
