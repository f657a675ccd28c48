import { C_ACTIVE, C_FAILED, C_JOB, C_OPEN, JOB_EXIT } from '../layout.ts';
import type { WorkerStart } from './kernel-thread.ts';
import { spin } from './spin.ts';

/**
 * One worker of the pool: sleeps until a job is open, joins it, leaves; returns when it is told to end. See
 * ThreadPool.run for why joining is counted.
 *
 * @param ready called when it waits for jobs
 */
export function workLoop({ module, memory, thread }: WorkerStart, ready: () => void): void {
  const instance = new WebAssembly.Instance(module, { env: { memory } });
  const work = instance.exports.work as (thread: number) => void;
  const control = new Int32Array(memory.buffer, 0, 1024);
  ready();

  let seen = 0;
  for (;;) {
    const open = Atomics.load(control, C_OPEN >> 2);
    if (open === 0 || open === seen) {
      spin(() => {
        const now = Atomics.load(control, C_OPEN >> 2);
        return now === 0 || now === seen;
      });
      const still = Atomics.load(control, C_OPEN >> 2);
      if (still === 0 || still === seen) Atomics.wait(control, C_OPEN >> 2, still);
      continue;
    }
    Atomics.add(control, C_ACTIVE >> 2, 1);
    const now = Atomics.load(control, C_OPEN >> 2);
    let exit = false;
    if (now !== 0) {
      seen = now;
      exit = control[C_JOB >> 2] === JOB_EXIT;
      if (!exit) {
        try {
          work(thread);
        } catch {
          Atomics.store(control, C_FAILED >> 2, 1);
        }
      }
    }
    if (Atomics.sub(control, C_ACTIVE >> 2, 1) === 1) Atomics.notify(control, C_ACTIVE >> 2);
    if (exit) return;
  }
}
