/**
 * One training step of a 4-layer, 128-wide transformer on [8, 125, 128]: forward, backward, clipping, AdamW, EMA.
 * Run: node libs/platform/tensor/bench/train-step.bench.ts [width] [layers] [steps]
 * Threads of one and two are interleaved; the figure is the median. Compare on an idle machine.
 */
import { execFileSync } from 'node:child_process';
import { cpus } from 'node:os';
import { numpy as np } from '@jax-js/jax';
import { createRng, createTrainer } from '../src/index.ts';
import { initTransformerBlock, transformerBlock } from '../src/modules/index.ts';

const [width = 128, layers = 4, steps = 15] = process.argv.slice(2).map(Number);
const [clips, frames, heads] = [8, 125, 4];
const rng = createRng(7);
const batch = { x: rng.normal([clips, frames, width]), y: rng.normal([clips, frames, width]) };
const params = Array.from({ length: layers }, (_, i) => initTransformerBlock(rng.fork(`block${i}`), { width }));

const create = (threads: number) =>
  createTrainer({
    params,
    batchExample: batch,
    loss: (blocks, { x, y }) => np.square(blocks.reduce((h, block) => transformerBlock(block, h, { heads }), x).sub(y)).mean(),
    optimizer: { kind: 'adamw', learningRate: 1e-4, clipNorm: 1 },
    ema: 0.999,
    threads,
  });

const began = performance.now();
const trainers = [await create(1), await create(2)];
const created = (performance.now() - began) / 2;
const times: number[][] = [[], []];
for (let step = 0; step < steps + 3; step++) {
  for (const [i, trainer] of trainers.entries()) {
    const start = performance.now();
    await trainer.step(batch);
    if (step >= 3) times[i].push(performance.now() - start);
  }
}

// Forward is two operations for each multiply-add of the linear layers and of attention; backward is twice that.
const operations = 3 * layers * (2 * clips * frames * width * 12 * width + 4 * clips * frames * frames * width);
const median = (values: number[]) => values.sort((a, b) => a - b)[Math.floor(values.length / 2)];
const commit = execFileSync('git', ['rev-parse', '--short', 'HEAD'], { encoding: 'utf8' }).trim();
console.log(`commit ${commit}, ${cpus().length} x ${cpus()[0].model}, ${layers} x ${width} on [${clips}, ${frames}, ${width}]`);
console.log(`trace, lower, load: ${created.toFixed(0)} ms`);
for (const [i, list] of times.entries()) {
  const ms = median(list);
  console.log(`${i + 1} thread(s): ${ms.toFixed(1)} ms a step, ${(operations / ms / 1e6).toFixed(1)} GFLOP/s (fastest ${list[0].toFixed(1)} ms)`);
}
