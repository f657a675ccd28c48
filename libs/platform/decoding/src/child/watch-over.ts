import { Worker } from 'node:worker_threads';
import { parentIsGone } from '@soliloquy/device/parent';

/** What stands on standard error before how many MiB a process had when it ended itself. */
export const MEMORY_MARK = 'soliloquy-memory';

const LOOK_MS = 20;
const LOOK_IDLE_MS = 300;

/**
 * Ends this process when it holds more than it may, or when its parent is gone, even while its main thread is in a
 * native call: a thread of its own looks. `/proc`, limits of the shell and the parent's clock are not needed, so it is
 * the same on every system.
 *
 * @param parent pid that the parent said it has: asking here would be too late when it died since
 * @returns sets how many MiB the process may hold; 0 between jobs
 */
export function watchOver(parent: number): (mebibytes: number) => void {
  const allowed = new Int32Array(new SharedArrayBuffer(4));
  const program = `
    const { workerData } = require('node:worker_threads');
    const { writeSync } = require('node:fs');
    for (;;) {
      const most = Atomics.load(workerData, 0);
      const used = most > 0 ? Math.round(process.memoryUsage.rss() / 2 ** 20) : 0;
      if (used > most) writeSync(2, '${MEMORY_MARK} ' + used + '\\n');
      if (used > most || ${parentIsGone(parent)}) process.kill(process.pid, 'SIGKILL');
      Atomics.wait(workerData, 0, most, most > 0 ? ${LOOK_MS} : ${LOOK_IDLE_MS});
    }`;
  new Worker(program, {
    eval: true,
    workerData: allowed,
    resourceLimits: { maxOldGenerationSizeMb: 16, maxYoungGenerationSizeMb: 4 },
  }).unref();
  return (mebibytes) => {
    Atomics.store(allowed, 0, mebibytes);
    Atomics.notify(allowed, 0);
  };
}
