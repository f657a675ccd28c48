import { SplatError } from '../splat-error.ts';
import { kernelFile, type KernelFile } from './kernel-file.ts';
import type { KernelThread, WorkerStart } from './kernel-thread.ts';

/**
 * The kernel's module and threads in a browser. The rasteriser waits for its threads, which browsers allow in workers
 * only: make it in one. Threads need a page that is cross-origin isolated; a rasteriser of one thread does not.
 *
 * @throws SplatError `splat.build` when the module cannot be fetched
 */
export async function compileKernel(file: KernelFile = kernelFile()): Promise<WebAssembly.Module> {
  // two names written out: a bundler takes only what it can read
  const url =
    file === 'splat.wasm'
      ? new URL('../../build/splat.wasm', import.meta.url)
      : new URL('../../build/splat-plain.wasm', import.meta.url);
  try {
    const response = await fetch(url);
    if (!response.ok) throw new Error(`status ${response.status}`);
    return await WebAssembly.compile(await response.arrayBuffer());
  } catch (cause) {
    throw new SplatError(
      {
        code: 'splat.build',
        where: 'splat.module',
        expected: `a WebAssembly module at ${url.pathname}`,
        got: 'none that can be loaded',
        remedy: 'build the page again',
      },
      { cause },
    );
  }
}

export function startThread(start: WorkerStart): KernelThread {
  const worker = new Worker(new URL('./worker-browser.ts', import.meta.url), { type: 'module', name: 'splat' });
  const ready = new Promise<void>((resolve, reject) => {
    worker.addEventListener('message', () => resolve(), { once: true });
    worker.addEventListener('error', ({ message }) => reject(new Error(message)), { once: true });
    worker.postMessage(start);
  });
  return { ready, terminate: () => worker.terminate(), unref: () => undefined };
}
