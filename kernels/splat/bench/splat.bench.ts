// node kernels/splat/bench/splat.bench.ts [rounds]
// Forward, loss and backward on one and two threads, interleaved in every round with plain TypeScript, with PyTorch
// (where Debian's python3-torch is) and with two rasterisers of one thread side by side that share nothing, which is
// the most that two threads could give on this machine just then. Medians; the least is what other work disturbs least.
// Output and gradients are lent or filled in, as a fit takes them, and each engine draws four frames in its turn, as a
// fit does one after another: what it costs to wake a second core that slept is in the first of them.
//
// An evaluation is a pixel and a Gaussian of its tile's list, whether or not the pixel has stopped: all 256 pixels of a
// tile with each Gaussian that reaches it, what a rasteriser with a thread a pixel evaluates before early stop.
// `computed` are those whose exponential was really computed here: the quad masks and stopped pixels save the others.
import { execFileSync } from 'node:child_process';
import { availableParallelism, cpus } from 'node:os';
import { createRasterizer } from '../src/index.ts';
import { Frames, type FrameTimes } from './frame.ts';
import { Neighbour } from './neighbour.ts';
import { plainRender } from './plain.ts';
import { person } from './scenes.ts';
import { TorchRasteriser } from './torch-rasteriser.ts';

const ROUNDS = Number(process.argv[2] ?? 9);
/** Frames that an engine draws in its turn. */
const IN_A_ROW = 4;
/** And when nothing else is measured. */
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

const commit = execFileSync('git', ['rev-parse', '--short', 'HEAD'], {
  encoding: 'utf8',
  cwd: import.meta.dirname,
}).trim();
console.log(
  `commit ${commit}, ${cpus()[0].model}, ${availableParallelism()} cores, node ${process.version}, ${ROUNDS} rounds`,
);
const [one, two] = await Promise.all([1, 2].map((threads) => createRasterizer({ threads })));
const torch = await TorchRasteriser.open();
if (torch === undefined) console.log('no PyTorch here: apt-get install python3-torch for the comparison with it');
for (const scene of SIZES) {
  const { count, width, height } = scene;
  const frames = new Frames(scene);
  const { gaussians, camera } = frames;
  const neighbour = await Neighbour.start(scene);
  const plain: number[] = [];
  const theirs = { forward: [] as number[], backward: [] as number[] };
  const rows = [one, two].map((engine) => ({ engine, times: [] as FrameTimes[] }));
  const beside: FrameTimes[] = [];
  const drawn = one.render(gaussians, camera, [1, 1, 1]);
  // it takes seconds a picture
  const compared = torch !== undefined && count < 10_000;
  if (compared) {
    const picture = await torch.take(gaussians, camera, 2);
    // its 3σ boxes cut what is beyond them
    const apart = picture.reduce((sum, value, i) => sum + Math.abs(value - drawn.color[i]), 0) / picture.length;
    if (apart > 2e-3)
      throw new Error(`torch-rasteriser: expected the same picture, got one that differs by ${apart} on average`);
  }
  for (let round = -2; round < ROUNDS; round++) {
    if (round === 0) for (const times of [plain, beside, ...rows.map((row) => row.times)]) times.length = 0;
    if (round % 5 === 0) {
      timed(plain, () => plainRender(gaussians, camera, 1));
      if (compared && round % 10 === 0) {
        const { forward, backward } = await torch.draw();
        theirs.forward.push(forward);
        theirs.backward.push(backward);
      }
    }
    for (const { engine, times } of rows)
      for (let frame = 0; frame < IN_A_ROW; frame++) times.push(frames.draw(engine));
    neighbour.beside(() => {
      // it wakes during the first
      frames.draw(one);
      for (let frame = 0; frame < IN_A_ROW; frame++) beside.push(frames.draw(one));
    });
  }
  await neighbour.end();
  console.log(`\n${count} Gaussians, ${width}x${height}`);
  const part = (times: readonly FrameTimes[], name: keyof FrameTimes): number[] => times.map((time) => time[name]);
  const middle = (times: readonly FrameTimes[], name: keyof FrameTimes): number => median(part(times, name));
  for (const { engine, times } of rows) {
    engine.render(gaussians, camera, [1, 1, 1], { lend: true });
    const { evaluatedPairs, tilePairs } = engine.statistics();
    const rate = (pairs: number): string => (pairs / middle(times, 'forward') / 1e3 / engine.threads).toFixed(0);
    console.log(
      `  ${engine.threads} thread${engine.threads > 1 ? 's' : ' '}   forward ${ms(part(times, 'forward'))}, ` +
        `${rate(tilePairs)} M evaluations/s a thread (${rate(evaluatedPairs)} M computed)`,
    );
    console.log(
      `              loss ${ms(part(times, 'loss'))}   backward ${ms(part(times, 'backward'))}   forward + ` +
        `backward ${ms(part(times, 'step'))} = ${(middle(times, 'step') / middle(times, 'forward')).toFixed(2)}x ` +
        'forward',
    );
  }
  const gains = (gain: (name: keyof FrameTimes) => number): string =>
    (['forward', 'loss', 'step'] as const)
      .map((name) => `${name === 'step' ? 'forward + backward' : name} ${gain(name).toFixed(2)}x`)
      .join(', ');
  console.log(
    `  two threads against one: ${gains((name) => middle(rows[0].times, name) / middle(rows[1].times, name))}`,
  );
  console.log(
    `  two that share nothing:  ${gains((name) => (2 * middle(rows[0].times, name)) / middle(beside, name))}`,
  );
  const steady = rows.map(({ engine }) => {
    const frames: number[] = [];
    for (let frame = 0; frame < STEADY; frame++)
      timed(frames, () => engine.render(gaussians, camera, [1, 1, 1], { lend: true }));
    return median(frames);
  });
  console.log(
    `  forward alone, frame after frame: ${steady.map((time) => `${time.toFixed(1)} ms`).join(', ')} = ` +
      `${(steady[0] / steady[1]).toFixed(2)}x`,
  );
  const longer = (other: number[], name: 'forward' | 'backward', row: 0 | 1): string =>
    `${(median(other) / middle(rows[row].times, name)).toFixed(0)}x as long as here on ${row + 1} ` +
    `thread${row === 0 ? '' : 's'}`;
  console.log(`  plain TypeScript  forward ${median(plain).toFixed(1)} ms, ${longer(plain, 'forward', 0)}`);
  if (theirs.forward.length > 0)
    console.log(
      `  PyTorch, 2 threads  forward ${median(theirs.forward).toFixed(0)} ms, ` +
        `${longer(theirs.forward, 'forward', 1)}; backward ${median(theirs.backward).toFixed(0)} ms, ` +
        `${longer(theirs.backward, 'backward', 1)}`,
    );
}

// Large Gaussians: the inner loop alone, with nearly every quad of every tile touched.
const { gaussians, camera } = person(400, 512, 512, 2);
const large = {
  ...gaussians,
  logScales: gaussians.logScales.map((value) => value + 1.5),
  opacityLogits: gaussians.opacityLogits.map(() => -4.5),
};
const times: [number[], number[]] = [[], []];
for (let round = 0; round < ROUNDS; round++) {
  for (const [i, engine] of [one, two].entries())
    for (let frame = 0; frame < IN_A_ROW; frame++)
      timed(times[i], () => engine.render(large, camera, [1, 1, 1], { lend: true }));
}
const { evaluatedPairs } = one.statistics();
console.log(
  `\n400 large faint Gaussians, 512x512: ${ms(times[0])} on one thread, ` +
    `${(evaluatedPairs / median(times[0]) / 1e3).toFixed(0)} M computed/s; two threads ` +
    `${(median(times[0]) / median(times[1])).toFixed(2)}x`,
);
one.dispose();
two.dispose();
await torch?.close();
