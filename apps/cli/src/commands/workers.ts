import { capabilityWords, listWorkers, openCluster, PROTOCOL, type WorkerRecord } from '@soliloquy/runner/cluster';
import { neededAccess } from '../cluster-access.ts';
import { EXIT } from '../exit-code.ts';
import { parseOptions } from '../parse-options.ts';
import { print } from '../print.ts';
import { duration } from '../show.ts';

/** `soliloquy workers --nats URL` */
export async function execute(args: readonly string[]): Promise<number> {
  const options = parseOptions('workers', args, [0, 0]);
  const cluster = await openCluster(neededAccess('workers', options), 'workers');
  try {
    const workers = await listWorkers(cluster);
    if (options.flag('json')) for (const worker of workers) print(`${JSON.stringify(worker)}\n`);
    else if (workers.length === 0) print('no worker has joined; start one with soliloquy worker --nats …\n');
    else print(workers.map(linesOf).join(''));
    return EXIT.done;
  } finally {
    await cluster.close();
  }
}

function linesOf(worker: WorkerRecord): string {
  const { id, protocol, version, threads, busyThreads, slots, leaving, capabilities, findings, running } = worker;
  const state =
    protocol !== PROTOCOL
      ? `speaks protocol ${protocol}, this is ${PROTOCOL}: it gets none of our work`
      : leaving
        ? 'leaving'
        : `${busyThreads} of ${threads} threads busy`;
  const missing = findings.filter(({ here }) => !here).length;
  return [
    `${id}  ${state}, ${running.length} of ${slots} slots, ${capabilities.length} ` +
      `capabilities${missing > 0 ? `, ${missing} missing` : ''}, soliloquy ${version}`,
    ...running.map(
      ({ label, runs, attempt, seconds }) =>
        `  ${label}  ${duration(seconds)}${attempt > 1 ? `, attempt ${attempt}` : ''}  ${runs.join(', ')}`,
    ),
    ...(capabilities.length <= 3 ? capabilities.map((capability) => `  can ${capabilityWords(capability)}`) : []),
  ]
    .map((line) => `${line}\n`)
    .join('');
}
