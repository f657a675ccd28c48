/**
 * Trains a transformer block on the processor and on WebGPU, draws, and multiplies in 16 bits, and prints what came of
 * it. A process of its own: the driver is chosen by its environment.
 */
import { numpy as np, random } from '@jax-js/jax';
import { compile, createRng, createTrainer, tensor, type Compute, type Device } from '../src/index.ts';
import { initTransformerBlock, transformerBlock } from '../src/modules/index.ts';

const block = initTransformerBlock(createRng(1), { width: 16 });
const batches = [0, 1, 2, 3].map((i) => ({ x: createRng(i).normal([2, 6, 16]) }));

async function train(
  device: Device,
  compute: Compute = 'f32',
): Promise<{ losses: number[]; average: number[]; readable: boolean }> {
  const trainer = await createTrainer({
    params: { block },
    batchExample: batches[0],
    loss: (p, { x }) => np.square(transformerBlock(p.block, x, { heads: 2 })).mean(),
    optimizer: { kind: 'adamw', learningRate: 1e-2, clipNorm: 1 },
    ema: 0.9,
    device,
    compute,
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

/** Losses in 16 bits where the adapter has them, else what is said. */
async function inHalf(compute: Compute): Promise<number[] | string> {
  try {
    return (await train('webgpu', compute)).losses;
  } catch (error) {
    return (error as Error).message;
  }
}

async function draw(device: Device): Promise<number[]> {
  const program = await compile((key) => random.bits(key, [50]), [tensor([2], new Uint32Array(2))], { device });
  return [...(await program.run(tensor([2], Uint32Array.of(0, 9)))).data];
}

process.stdout.write(
  JSON.stringify({
    cpu: await train('cpu'),
    webgpu: await train('webgpu'),
    drawn: { cpu: await draw('cpu'), webgpu: await draw('webgpu') },
    f16: await inHalf('f16'),
    bf16: await inHalf('bf16'),
  }),
  () => process.exit(),
);
