import { readFile } from 'node:fs/promises';
import { Worker } from 'node:worker_threads';
import { SplatError } from '../splat-error.ts';
import { kernelFile, type KernelFile } from './kernel-file.ts';
import type { KernelThread, WorkerStart } from './kernel-thread.ts';

/**
 * What the kernel needs of where it runs: its module, and threads. This is Node's; `host-browser.ts` is the browser's.
 */

/** @throws SplatError `splat.build` when the module is not built */
export async function compileKernel(file: KernelFile = kernelFile()): Promise<WebAssembly.Module> {
  // two names written out: a bundler takes only what it can read
  const url =
    file === 'splat.wasm'
      ? new URL('../../build/splat.wasm', import.meta.url)
      : new URL('../../build/splat-plain.wasm', import.meta.url);
  try {
    return await WebAssembly.compile(await readFile(url));
  } catch (cause) {
    throw new SplatError(
      {
        code: 'splat.build',
        where: 'splat.module',
        expected: `a WebAssembly module at ${url.pathname}`,
        got: 'none that can be read',
        remedy: 'run npm run build',
      },
      { cause },
    );
  }
}

export function startThread(start: WorkerStart): KernelThread {
  const worker = new Worker(new URL('./worker.ts', import.meta.url), {
    workerData: start,
    execArgv: [],
    name: 'splat',
  });
  const ready = new Promise<void>((resolve, reject) => {
    worker.once('message', () => {
      worker.removeListener('error', reject);
      // a worker that dies later is noticed by the caller that waits for it
      worker.on('error', () => undefined);
      resolve();
    });
    worker.once('error', reject);
  });
  return { ready, terminate: () => void worker.terminate(), unref: () => worker.unref() };
}
