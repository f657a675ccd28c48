/**
 * The worker program on the channel of a forked process.
 * argv: URL of a module that exports `stages`, folder of the store, folder for scratch.
 */
import { openDiskStore } from '@soliloquy/artifacts';
import { loadRegistry } from './load-registry.ts';
import type { FromWorker, ToWorker } from './protocol.ts';
import { serveWorker } from './serve-worker.ts';
import { watchParent } from './watch-parent.ts';

const [registryModule, storeFolder, scratch] = process.argv.slice(2) as [string, string, string];

// A terminal sends Ctrl-C to every process of the group: what is to be stopped, and how, the runner says.
process.on('SIGINT', () => {});
process.on('disconnect', () => process.exit(0));
watchParent();

// Work may be sent before the stages are loaded: it waits in `early`.
const early: ToWorker[] = [];
let heard = (message: ToWorker): void => void early.push(message);
process.on('message', (message) => heard(message as ToWorker));

const registry = await loadRegistry(registryModule);
const store = await openDiskStore(storeFolder);
serveWorker({
  registry,
  store,
  scratch,
  channel: {
    send: (message: FromWorker) => void process.send?.(message),
    listen(listener) {
      heard = listener;
      for (const message of early.splice(0)) listener(message);
    },
  },
});
