/**
 * The whole quickstart at `small`, from an empty store, and once more with nothing changed: seconds of each stage
 * beside the budget for two cores, and memory. It exits as the run does, with 3 where an expectation does not hold, and
 * with 1 where the second run executes anything; CI runs it. Run: node apps/cli/bench/quickstart.bench.ts
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';

/** Budget in seconds, by the nodes that share it. */
const BUDGET: readonly { what: string; seconds: number; nodes: readonly string[] }[] = [
  { what: 'inputs', seconds: 5, nodes: ['subject', 'picture', 'reference', 'lines', 'speech', 'voice'] },
  { what: 'puppet', seconds: 20, nodes: ['clips', 'truth'] },
  { what: 'lift', seconds: 25, nodes: ['avatar'] },
  { what: 'fit', seconds: 120, nodes: ['fit', 'truth-fit'] },
  { what: 'alignment', seconds: 30, nodes: ['alignment'] },
  { what: 'DiT', seconds: 45, nodes: ['training'] },
  { what: 'film', seconds: 15, nodes: ['sampling', 'motion', 'film'] },
  { what: 'evaluation and report', seconds: 20, nodes: ['evaluation', 'report'] },
];

const folder = mkdtempSync(join(tmpdir(), 'quickstart-bench-'));
const root = new URL('../../../', import.meta.url).pathname;
interface Run {
  readonly status: number;
  readonly wall: number;
  readonly record: {
    tasks: { task: string; cached: boolean; seconds: number; threads?: number }[];
    peakBytesAtMost: number;
    executed: number;
  };
}
const run = (): Run => {
  const began = performance.now();
  const { status } = spawnSync(
    process.execPath,
    [
      join(root, 'apps/cli/bin/soliloquy.js'),
      'run',
      join(root, 'graphs/quickstart.json'),
      '--store',
      join(folder, 'store'),
      '--out',
      join(folder, 'out'),
    ],
    { stdio: ['ignore', 'inherit', 'inherit'] },
  );
  if (status !== 0 && status !== 3) process.exit(status ?? 1);
  return {
    status,
    wall: (performance.now() - began) / 1000,
    record: JSON.parse(readFileSync(join(folder, 'out/run.json'), 'utf8')),
  };
};
process.on('exit', () => rmSync(folder, { recursive: true, force: true }));

const first = run();
const cores = cpus().length;
console.log(`quickstart, small, ${cores} cores, ${cpus()[0].model}`);
for (const { what, seconds, nodes } of BUDGET) {
  const spent = first.record.tasks
    .filter(({ task }) => nodes.includes(task.replace(/\[.*/, '')))
    .reduce((sum, task) => sum + (task.seconds * (task.threads ?? 1)) / cores, 0);
  console.log(`${what.padEnd(24)}${spent.toFixed(1).padStart(8)} s of the machine   budget ${seconds}`);
}
console.log(`whole run ${first.wall.toFixed(0)} s, at most ${(first.record.peakBytesAtMost / 2 ** 30).toFixed(2)} GiB`);
const second = run();
console.log(`again with nothing changed: ${second.wall.toFixed(1)} s, ${second.record.executed} executed`);
process.exitCode = second.record.executed > 0 ? 1 : first.status;
