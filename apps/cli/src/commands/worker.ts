import { join } from 'node:path';
import { openDiskStore } from '@soliloquy/artifacts';
import { availableCores } from '@soliloquy/device';
import { ClusterWorker, openCluster } from '@soliloquy/runner/cluster';
import { STORE_FOLDER } from '@soliloquy/runner/record';
import { DEVICES } from '@soliloquy/stage';
import { workerFindings } from '../backbone-findings.ts';
import { buildStale } from '../build-stale.ts';
import { neededAccess } from '../cluster-access.ts';
import { machineDevice } from '../device-option.ts';
import { EXIT } from '../exit-code.ts';
import { openInstallation } from '../open-installation.ts';
import { parseCount, parseOptions, parseTaskDeadline } from '../parse-options.ts';
import { print } from '../print.ts';
import { HERE, projectFolderFor, stateFolderFor } from '../project.ts';
import { UsageError } from '../usage-error.ts';
import { readUserSettings } from '../user-settings.ts';
import { versionOfSoliloquy } from '../versions.ts';

const GRACE_S = 600;

/** `soliloquy worker --nats URL`: until it is told to leave. */
export async function execute(args: readonly string[]): Promise<number> {
  const options = parseOptions('worker', args, [0, 0]);
  const access = neededAccess('worker', options);
  const threads = parseCount('threads', options.text('threads')) ?? availableCores();
  const grace = parseCount('grace', options.text('grace')) ?? GRACE_S;
  const ackWait = parseCount('ack-wait', options.text('ack-wait'));
  const { registry, registryModule } = await openInstallation(projectFolderFor(HERE), options);
  const wanted = options.texts('capability');
  for (const text of wanted) {
    const [stage, backbone] = text.split('/');
    const found = registry.get(stage);
    if (found === undefined || (backbone !== undefined && !Object.hasOwn(found.backbones, backbone)))
      throw new UsageError({
        code: 'usage.call',
        where: '--capability',
        expected: 'a stage, or a stage and one of its backbones, that is installed',
        got: `"${text}"`,
        remedy: 'e.g. deformation-fit or deformation-fit/hexplane',
      });
  }
  await buildStale(['kernels']);
  const device = await machineDevice(options);
  const findings = await workerFindings(registry);
  const missing = new Set(findings.filter(({ here }) => !here).map(({ name }) => name));
  const stateFolder = stateFolderFor(join(process.cwd(), 'graph'), options.text('store'));
  const say = (text: string): void => void print(`${text}\n`);
  const local = await openDiskStore(join(stateFolder, STORE_FOLDER), { synced: false });
  const cluster = await openCluster(access, 'worker');
  try {
    const worker = await ClusterWorker.join({
      cluster,
      registryModule,
      registry,
      local,
      scratchFolder: join(stateFolder, 'scratch', String(process.pid)),
      threads,
      gpus: readUserSettings().gpus,
      devices: device === 'webgpu' ? DEVICES : ['cpu'],
      slots: parseCount('slots', options.text('slots')),
      offers: (stage, backbone) =>
        !missing.has(`${stage}/${backbone}`) &&
        (wanted.length === 0 || wanted.includes(stage) || wanted.includes(`${stage}/${backbone}`)),
      deadlineMs: parseTaskDeadline(options),
      ackWaitMs: ackWait === undefined ? undefined : ackWait * 1000,
      version: versionOfSoliloquy(),
      findings,
      note: say,
    });
    process.on('SIGTERM', () => void worker.leave(grace * 1000));
    for (const signal of ['SIGINT', 'SIGHUP'] as const) process.on(signal, () => void worker.leave(0));
    say(
      `joined as ${worker.id}: ${threads} ` +
        `${threads === 1 ? 'thread' : 'threads'}${device === 'webgpu' ? ' and WebGPU' : ''}`,
    );
    for (const { name, detail } of findings.filter(({ here }) => !here)) say(`does not offer ${name}: ${detail}`);
    await worker.left;
    say('left');
    return EXIT.done;
  } finally {
    await cluster.close();
  }
}
