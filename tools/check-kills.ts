import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { RECORD_FILE } from '@soliloquy/graph/limits';
import { seededRandom, startNatsServer } from '@soliloquy/testing';
import { digestsOf, type ArtifactDigests, type RunRecord } from './digests/artifact-digests.ts';
import { childrenOf, soliloquy, type Command } from './kills/command.ts';
import { openServed } from './kills/served.ts';
import { digestsOfFiles, faultsOfStore, filesBelow } from './kills/whole-store.ts';

/**
 * Kills the runner, its workers, a whole cluster and the gateway with SIGKILL, at random moments of the quickstart at
 * `tiny`, and compares every artifact and every written file with those of a run that nobody disturbed. Reads every
 * file of every store. Linux; the cluster needs nats-server. Exit 1 where anything differs.
 *
 *     node tools/check-kills.ts [--seed 1] [runner=20] [workers=20] [cluster=10] [gateway=5]
 */
const { values, positionals } = parseArgs({
  options: { seed: { type: 'string', default: '1' } },
  allowPositionals: true,
});
const random = seededRandom(Number(values.seed));
const GRAPH = 'graphs/quickstart.json';
const HARD = ['--size', 'tiny', '--threads', '2'];
const home = mkdtempSync(join(tmpdir(), 'soliloquy-kills-'));
process.once('exit', () => rmSync(home, { recursive: true, force: true }));
const TRIES = 10;

/** What a run came to: its artifacts, and the files that it wrote into a folder of a person's. */
interface Result {
  readonly artifacts: ArtifactDigests;
  readonly files?: Record<string, string>;
}

const resultIn = (out: string): Required<Result> => ({
  artifacts: digestsOf(JSON.parse(readFileSync(join(out, RECORD_FILE), 'utf8')) as RunRecord),
  files: digestsOfFiles(out),
});

const places = (name: string): { store: string; out: string } => ({
  store: join(home, name, 'store'),
  out: join(home, name, 'out'),
});
const runIn = ({ store, out }: { store: string; out: string }, ...more: string[]): Command =>
  soliloquy('run', GRAPH, ...HARD, '--store', store, '--out', out, ...more);

let faults = 0;
let left = 0;

/** Compares what a disturbed run came to, and reads its stores. */
function judge(what: string, result: Result, stores: readonly string[], isCache = false): void {
  const wrong = stores.flatMap((store) => faultsOfStore(join(store, 'store'), isCache));
  left += stores.flatMap((store) => filesBelow(join(store, 'store', 'temporary'))).length;
  for (const part of ['artifacts', 'files'] as const) {
    const [wanted, got] = [undisturbed[part], result[part]];
    if (got === undefined) continue;
    for (const name of new Set([...Object.keys(wanted), ...Object.keys(got)]))
      if (wanted[name] !== got[name]) wrong.push(`${part}: ${name} is another`);
  }
  faults += wrong.length;
  for (const sentence of wrong) console.error(`${what}: ${sentence}`);
}

/** A moment within what an undisturbed run takes, not before it has begun. */
const aMoment = (): Promise<void> => pause(500 + random() * 6000);

const began = performance.now();
const first = places('undisturbed');
const code = await runIn(first).ended;
if (code !== 0) throw new Error(`the undisturbed run ended with ${code}`);
const undisturbed = resultIn(first.out);
console.log(
  `undisturbed: ${((performance.now() - began) / 1000).toFixed(0)} s, ` +
    `${Object.keys(undisturbed.artifacts).length} artifacts, ${Object.keys(undisturbed.files).length} files`,
);

const KINDS: Readonly<Record<string, (kills: number) => Promise<number>>> = {
  runner: killRunner,
  workers: killWorkers,
  cluster: killCluster,
  gateway: killGateway,
};
const asked = positionals.length > 0 ? positionals : ['runner=20', 'workers=20', 'cluster=10', 'gateway=5'];
for (const each of asked) {
  const [kind, count] = each.split('=');
  const [at, before] = [performance.now(), faults];
  left = 0;
  const runs = await KINDS[kind](Number(count));
  console.log(
    `${kind}: ${count} ${kind === 'cluster' ? 'rounds of three kills' : 'kills'} in ${runs} runs, ` +
      `${((performance.now() - at) / 1000).toFixed(0)} s: ` +
      `${faults - before} differences, ${left} temporary files left`,
  );
}
process.exitCode = faults > 0 ? 1 : 0;

/** Each kill is followed by `--resume`, until the run is done; then comes the next. */
async function killRunner(kills: number): Promise<number> {
  let runs = 0;
  for (let done = 0; done < kills; runs++) {
    const at = places(`runner-${runs}`);
    for (let resume = false; ; resume = true) {
      const command = runIn(at, ...(resume ? ['--resume'] : []));
      if (done < kills) await Promise.race([aMoment(), command.ended]);
      if (done < kills && command.child.exitCode === null) {
        done++;
        command.child.kill('SIGKILL');
      }
      const ended = await command.ended;
      if (ended === 0) break;
      if (ended !== null) throw new Error(`ended with ${ended}: ${command.said().slice(-500)}`);
    }
    judge(`runner, run ${runs}`, resultIn(at.out), [at.store]);
  }
  return runs;
}

/** A task may lose two of its workers; a run whose task lost three is resumed. */
async function killWorkers(kills: number): Promise<number> {
  let runs = 0;
  for (let done = 0; done < kills; runs++) {
    const at = places(`workers-${runs}`);
    for (let tries = 0; ; tries++) {
      const command = runIn(at, ...(tries > 0 ? ['--resume'] : []));
      while (done < kills && command.child.exitCode === null) {
        await Promise.race([pause(300 + random() * 2500), command.ended]);
        const workers = childrenOf(command.child.pid as number);
        if (command.child.exitCode !== null || workers.length === 0) continue;
        process.kill(workers[Math.floor(random() * workers.length)], 'SIGKILL');
        done++;
      }
      if ((await command.ended) === 0) break;
      if (tries > TRIES) throw new Error(command.said().slice(-500));
    }
    judge(`workers, run ${runs}`, resultIn(at.out), [at.store]);
  }
  return runs;
}

/** Rounds, in each of which broker, runner and one of two workers are killed once, in any order. */
async function killCluster(rounds: number): Promise<number> {
  for (let round = 0; round < rounds; round++) {
    const server = await startNatsServer();
    const worker = (name: string): Command =>
      soliloquy('worker', '--nats', server.url, '--threads', '2', '--ack-wait', '3', '--store', join(home, name));
    const names = [`cluster-${round}-a`, `cluster-${round}-b`];
    const workers = names.map(worker);
    const at = places(`cluster-${round}`);
    const start = (...more: string[]): Command => runIn(at, '--nats', server.url, ...more);
    let command = start();
    try {
      const victims = ['broker', 'runner', 'worker'].sort(() => random() - 0.5);
      for (const victim of victims) {
        // A broker that is away when one wants to join is named, and not waited for.
        await command.until(/run \d{8}-\S+/);
        await Promise.race([aMoment(), command.ended]);
        if (victim === 'broker') {
          await server.kill();
          await pause(random() * 1000);
          await server.start();
        } else if (victim === 'worker') {
          const one = Math.floor(random() * workers.length);
          workers[one].child.kill('SIGKILL');
          await workers[one].ended;
          workers[one] = worker(names[one]);
        } else if (command.child.exitCode === null) {
          command.child.kill('SIGKILL');
          await command.ended;
          command = start('--resume');
        }
      }
      const ended = await command.ended;
      if (ended !== 0) throw new Error(`round ${round} (${victims.join()}): ${ended}: ${command.said().slice(-1500)}`);
      judge(`cluster, round ${round}`, resultIn(at.out), [at.store, ...names.map((name) => join(home, name))], true);
    } finally {
      for (const { child } of [...workers, command]) child.kill('SIGKILL');
      await Promise.all([...workers, command].map(({ ended }) => ended));
      await server.stop();
    }
  }
  return rounds;
}

/** Each kill comes in the middle of a run; what the next gateway finds held is let go on. */
async function killGateway(kills: number): Promise<number> {
  for (let done = 0; done < kills; done++) {
    const { store } = places(`gateway-${done}`);
    const before = await openServed(store);
    const run = await before.run(GRAPH, 'tiny');
    await aMoment();
    await before.kill();
    const after = await openServed(store);
    const record = await after.proceed(run);
    await after.kill();
    judge(`gateway, kill ${done}`, { artifacts: digestsOf(record) }, [store]);
  }
  return kills;
}
