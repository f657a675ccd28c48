/**
 * The worker program on the channel of a forked process.
 * argv: pid of the runner, URL of a module that exports `stages`, folder of the store, folder for scratch, `synced` or
 * `cache` (see `openDiskStore`).
 */
import module from 'node:module';
import type { StageRegistry } from '@soliloquy/graph';
import type { FromWorker, ToWorker } from '../transport/protocol.ts';
import { watchParent } from './watch-parent.ts';

const [runner, registryModule, storeFolder, scratch, kept] = process.argv.slice(2) as [
  string,
  string,
  string,
  string,
  string,
];

// Saves a third of a second of every start.
module.enableCompileCache();
// Before anything that takes time is loaded: a runner may be killed at any moment.
watchParent(Number(runner));
// The runner is gone: what a task started goes with its worker.
process.on('disconnect', () => {
  void import('@soliloquy/launcher/process-tree')
    .then(({ killTree }) => killTree(process.pid))
    .finally(() => process.exit(0));
});
// A terminal sends Ctrl-C to every process of the group: what is to be stopped, and how, the runner says.
process.on('SIGINT', () => {});

// Work may be sent before the stages are loaded: it waits in `early`.
const early: ToWorker[] = [];
let heard = (message: ToWorker): void => void early.push(message);
process.on('message', (message) => heard(message as ToWorker));

const [{ openDiskStore }, { loadRegistry }, { serveWorker }] = await Promise.all([
  import('@soliloquy/artifacts'),
  import('../plan/load-registry.ts'),
  import('./serve-worker.ts'),
]);
// What a project brings may have changed since the runner read it: every task is told so, instead of a dead worker.
const { registry, refusal } = await loadRegistry(registryModule).then(
  (loaded) => ({ registry: loaded, refusal: undefined }),
  (thrown: unknown) => ({ registry: new Map() as StageRegistry, refusal: thrown }),
);
serveWorker({
  registry,
  refusal,
  store: await openDiskStore(storeFolder, { synced: kept !== 'cache' }),
  scratch,
  channel: {
    send: (message: FromWorker) => void process.send?.(message),
    listen(listener) {
      heard = listener;
      for (const message of early.splice(0)) listener(message);
    },
  },
});
