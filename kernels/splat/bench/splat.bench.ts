// node kernels/splat/bench/splat.bench.ts [rounds]
// Forward, loss and backward on one and two threads, interleaved in every round with plain TypeScript, with PyTorch (where Debian's python3-torch is) and with
// a plain arithmetic loop, whose gain from a second thread is the most that this machine gives just then. Medians; the least is what other work disturbs
// least. Output and gradient are lent, as a fit takes them, and each engine draws four frames in its turn, as a fit does one after another: what it costs to
// wake a second core that slept is in the first of them.
//
// An evaluation is a pixel and a Gaussian of its tile's list, whether or not the pixel has stopped: all 256 pixels of a tile with each Gaussian that reaches
// it, what a rasteriser with a thread a pixel evaluates before early stop. `computed` are those whose exponential was really computed here: the quad masks
// and stopped pixels save the others.
import { execFileSync } from 'node:child_process';
import { availableParallelism, cpus } from 'node:os';
import { createRasterizer } from '../src/index.ts';
import { Ceiling } from './ceiling.ts';
import { plainRender } from './plain.ts';
import { person } from './scenes.ts';
import { TorchRasteriser } from './torch-rasteriser.ts';

const ROUNDS = Number(process.argv[2] ?? 9);
/** Frames that an engine draws in a row when nothing else is measured. */
const STEADY = 60;
const SIZES = [
  { count: 8000, width: 192, height: 288 },
  { count: 12000, width: 512, height: 768 },
  { count: 40000, width: 512, height: 768 },
];

const median = (values: number[]): number => values.toSorted((a, b) => a - b)[values.length >> 1];
const timed = (times: number[], work: () => void): void => {
  const start = performance.now();
  work();
  times.push(performance.now() - start);
};
const ms = (times: number[]): string => `${median(times).toFixed(1)} ms (least ${Math.min(...times).toFixed(1)})`;

const commit = execFileSync('git', ['rev-parse', '--short', 'HEAD'], { encoding: 'utf8', cwd: import.meta.dirname }).trim();
console.log(`commit ${commit}, ${cpus()[0].model}, ${availableParallelism()} cores, node ${process.version}, ${ROUNDS} rounds`);
const [one, two] = await Promise.all([1, 2].map((threads) => createRasterizer({ threads })));
const ceiling = new Ceiling();
const torch = await TorchRasteriser.open();
if (torch === undefined) console.log('no PyTorch here: apt-get install python3-torch for the comparison with it');
for (const { count, width, height } of SIZES) {
  const { gaussians, camera } = person(count, width, height, 1);
  const target = new Float32Array(width * height * 3).fill(0.5);
  const plain: number[] = [];
  const [alone, both]: number[][] = [[], []];
  const theirs = { forward: [] as number[], backward: [] as number[] };
  const rows = [one, two].map((engine) => ({ engine, forward: [] as number[], loss: [] as number[], backward: [] as number[], step: [] as number[] }));
  const drawn = one.render(gaussians, camera, [1, 1, 1]);
  // it takes seconds a picture
  const compared = torch !== undefined && count < 10_000;
  if (compared) {
    const picture = await torch.take(gaussians, camera, 2);
    // its 3σ boxes cut what is beyond them
    const apart = picture.reduce((sum, value, i) => sum + Math.abs(value - drawn.color[i]), 0) / picture.length;
    if (apart > 2e-3) throw new Error(`torch-rasteriser: expected the same picture, got one that differs by ${apart} on average`);
  }
  for (let round = -2; round < ROUNDS; round++) {
    if (round === 0) for (const times of [plain, alone, both, ...rows.flatMap((row) => [row.forward, row.loss, row.backward, row.step])]) times.length = 0;
    if (round % 5 === 0) {
      timed(plain, () => plainRender(gaussians, camera, 1));
      if (compared && round % 10 === 0) {
        const { forward, backward } = await torch.draw();
        theirs.forward.push(forward);
        theirs.backward.push(backward);
      }
    }
    timed(alone, () => ceiling.alone());
    timed(both, () => ceiling.both());
    for (const { engine, forward, loss, backward, step } of rows.flatMap((row) => [row, row, row, row])) {
      let image: Float32Array = target;
      let gradient: Float32Array = target;
      timed(forward, () => (image = engine.render(gaussians, camera, [1, 1, 1], { lend: true }).color));
      timed(loss, () => (gradient = engine.imageLoss({ width, height, image, target }, { lend: true }).gradient));
      timed(backward, () => engine.backward({ color: gradient }));
      step.push(forward[forward.length - 1] + backward[backward.length - 1]);
    }
  }
  console.log(`\n${count} Gaussians, ${width}x${height}`);
  for (const { engine, forward, loss, backward, step } of rows) {
    engine.render(gaussians, camera, [1, 1, 1], { lend: true });
    const { evaluatedPairs, tilePairs } = engine.statistics();
    const rate = (pairs: number): string => (pairs / median(forward) / 1e3 / engine.threads).toFixed(0);
    console.log(`  ${engine.threads} thread${engine.threads > 1 ? 's' : ' '}   forward ${ms(forward)}, ${rate(tilePairs)} M evaluations/s a thread (${rate(evaluatedPairs)} M computed)`);
    console.log(`              loss ${ms(loss)}   backward ${ms(backward)}   forward + backward ${ms(step)} = ${(median(step) / median(forward)).toFixed(2)}x forward`);
  }
  const gain = (part: 'forward' | 'loss' | 'step'): string => `${(median(rows[0][part]) / median(rows[1][part])).toFixed(2)}x`;
  console.log(`  two threads against one: forward ${gain('forward')}, loss ${gain('loss')}, forward + backward ${gain('step')}; plain arithmetic ${((2 * median(alone)) / median(both)).toFixed(2)}x`);
  const steady = rows.map(({ engine }) => {
    const frames: number[] = [];
    for (let frame = 0; frame < STEADY; frame++) timed(frames, () => engine.render(gaussians, camera, [1, 1, 1], { lend: true }));
    return median(frames);
  });
  console.log(`  forward alone, frame after frame: ${steady.map((time) => `${time.toFixed(1)} ms`).join(', ')} = ${(steady[0] / steady[1]).toFixed(2)}x`);
  const times = (other: number[], part: 'forward' | 'backward', row: 0 | 1): string => `${(median(other) / median(rows[row][part])).toFixed(0)}x as long as here on ${row + 1} thread${row === 0 ? '' : 's'}`;
  console.log(`  plain TypeScript  forward ${median(plain).toFixed(1)} ms, ${times(plain, 'forward', 0)}`);
  if (theirs.forward.length > 0) console.log(`  PyTorch, 2 threads  forward ${median(theirs.forward).toFixed(0)} ms, ${times(theirs.forward, 'forward', 1)}; backward ${median(theirs.backward).toFixed(0)} ms, ${times(theirs.backward, 'backward', 1)}`);
}

// Large Gaussians: the inner loop alone, with nearly every quad of every tile touched.
const { gaussians, camera } = person(400, 512, 512, 2);
const large = { ...gaussians, logScales: gaussians.logScales.map((value) => value + 1.5), opacityLogits: gaussians.opacityLogits.map(() => -4.5) };
const times: [number[], number[]] = [[], []];
for (let round = 0; round < ROUNDS; round++) for (const [i, engine] of [one, two].entries()) timed(times[i], () => engine.render(large, camera, [1, 1, 1], { lend: true }));
const { evaluatedPairs } = one.statistics();
console.log(`\n400 large faint Gaussians, 512x512: ${ms(times[0])} on one thread, ${(evaluatedPairs / median(times[0]) / 1e3).toFixed(0)} M computed/s; two threads ${(median(times[0]) / median(times[1])).toFixed(2)}x`);
one.dispose();
two.dispose();
await ceiling.end();
await torch?.close();
