import {
  C_ACTIVE,
  C_FAILED,
  C_JOB,
  C_OPEN,
  C_THREADS,
  CONTROL_BYTES,
  JOB_EXIT,
  RANGE_BYTES,
  RANGES,
} from '../layout.ts';
import { SplatError } from '../splat-error.ts';
import type { KernelThread } from './kernel-thread.ts';
import { spin } from './spin.ts';
import { compileKernel, startThread } from '#host';

/** What `splat.as.ts` exports. */
export type SplatExports = {
  work(thread: number): void;
  sortByDepth(): number;
  startTiles(): void;
  firstNotFinite(from: number, count: number): number;
  writeConstants(): void;
};

const PAGE = 65536;
const UNIT_LIMIT_MS = 60_000;
let compiled: Promise<WebAssembly.Module> | undefined;

/**
 * Threads over one shared WebAssembly memory. The calling thread is thread 0 and works too, so a pool of one has no
 * workers. Workers never hold the process open.
 */
export class ThreadPool {
  readonly exports: SplatExports;
  readonly memory: WebAssembly.Memory;
  readonly threads: number;
  readonly #workers: readonly KernelThread[];
  readonly #control: Int32Array;
  readonly #maxPages: number;
  #generation = 0;
  #broken: 'disposed' | 'failed' | undefined;

  private constructor(
    instance: WebAssembly.Instance,
    memory: WebAssembly.Memory,
    workers: readonly KernelThread[],
    maxPages: number,
  ) {
    this.exports = instance.exports as unknown as SplatExports;
    this.memory = memory;
    this.threads = workers.length + 1;
    this.#workers = workers;
    this.#control = new Int32Array(memory.buffer, 0, CONTROL_BYTES / 4);
    this.#control[C_THREADS >> 2] = this.threads;
    this.#maxPages = maxPages;
  }

  /**
   * Compiles the module (once a process) unless it is given, starts `threads` - 1 workers and waits until all are
   * ready.
   */
  static async start(threads: number, maxMemoryMiB: number, given?: WebAssembly.Module): Promise<ThreadPool> {
    const module =
      given ??
      (await (compiled ??= compileKernel()).catch((error: unknown) => {
        compiled = undefined;
        throw error;
      }));
    const maxPages = Math.ceil((maxMemoryMiB * 1024 * 1024) / PAGE);
    const memory = new WebAssembly.Memory({ initial: 16, maximum: maxPages, shared: true });
    const instance = await WebAssembly.instantiate(module, { env: { memory } });
    (instance.exports as unknown as SplatExports).writeConstants();
    const workers: KernelThread[] = [];
    try {
      for (let thread = 1; thread < threads; thread++) {
        workers.push(startThread({ module, memory, thread }));
      }
      await Promise.all(workers.map(({ ready }) => ready));
    } catch (cause) {
      for (const worker of workers) worker.terminate();
      throw new SplatError(
        {
          code: 'splat.thread',
          where: 'splat.threads',
          expected: `${threads} threads`,
          got: 'one that failed to start',
          remedy: 'use fewer threads',
        },
        { cause },
      );
    }
    for (const worker of workers) worker.unref();
    return new ThreadPool(instance, memory, workers, maxPages);
  }

  /** Makes `bytes` of memory addressable. `what` says for whom, in the error. */
  reserve(bytes: number, what: string): void {
    const pages = Math.ceil(bytes / PAGE);
    const have = this.memory.buffer.byteLength / PAGE;
    if (pages <= have) return;
    const mib = (n: number): string => String(Math.ceil((n * PAGE) / 1024 / 1024));
    if (pages > this.#maxPages) {
      throw new SplatError({
        code: 'splat.memory',
        where: 'splat.memory',
        expected: `at most ${mib(this.#maxPages)} MiB`,
        got: `${mib(pages)} MiB for ${what}`,
        remedy: 'use fewer or smaller Gaussians or a smaller image, or raise maxMemoryMiB',
      });
    }
    try {
      // half as much again, so that a growing scene does not grow the memory at every call
      this.memory.grow(Math.min(this.#maxPages, Math.ceil(pages * 1.5)) - have);
    } catch (cause) {
      throw new SplatError(
        {
          code: 'splat.memory',
          where: 'splat.memory',
          expected: `${mib(pages)} MiB for ${what}`,
          got: 'a refusal of the system',
          remedy: 'free memory or use a smaller image',
        },
        { cause },
      );
    }
  }

  /** Throws unless the pool can be used. */
  check(where: string): void {
    if (this.#broken === undefined) return;
    throw new SplatError({
      code: 'splat.state',
      where: `${where}.rasterizer`,
      expected: 'a live rasterizer',
      got: `one that is ${this.#broken}`,
      remedy: 'create another',
    });
  }

  /** Wakes the workers for jobs to come, which takes them as long as it takes the caller to lay out its input. */
  wake(): void {
    if (this.#workers.length > 0) Atomics.notify(this.#control, C_OPEN >> 2);
  }

  /**
   * Does all units of one job on all threads and returns when nobody is inside it any more.
   *
   * A worker that wakes late must not hold up the others: it counts itself in, then looks again whether the job is
   * still open. The caller closes the job when no unit is left, then waits only for those who are in. (Both sides write
   * before they read, so one sees the other.)
   */
  run(job: number, units: number): void {
    const control = this.#control;
    control[C_JOB >> 2] = job;
    for (let thread = 0; thread < this.threads; thread++) {
      const range = (RANGES + thread * RANGE_BYTES) >> 2;
      control[range] = Math.floor((units * thread) / this.threads);
      control[range + 1] = Math.floor((units * (thread + 1)) / this.threads);
    }
    const parallel = this.#workers.length > 0 && units > 1;
    if (parallel) {
      this.#generation = (this.#generation % 0x3fffffff) + 1;
      Atomics.store(control, C_OPEN >> 2, this.#generation);
      Atomics.notify(control, C_OPEN >> 2);
    }
    let trapped: unknown;
    try {
      this.exports.work(0);
    } catch (error) {
      trapped = error;
    }
    if (parallel) this.#close();
    if (trapped === undefined && Atomics.load(control, C_FAILED >> 2) === 0) return;
    this.#broken = 'failed';
    throw new SplatError(
      {
        code: 'splat.thread',
        where: 'splat.threads',
        expected: `job ${job} to finish`,
        got: 'a thread that trapped',
        remedy: 'this is a defect of the kernel',
        audience: 'author',
      },
      { cause: trapped },
    );
  }

  #close(): void {
    const control = this.#control;
    Atomics.store(control, C_OPEN >> 2, 0);
    spin(() => Atomics.load(control, C_ACTIVE >> 2) > 0);
    for (let active = Atomics.load(control, C_ACTIVE >> 2); active > 0; active = Atomics.load(control, C_ACTIVE >> 2)) {
      if (Atomics.wait(control, C_ACTIVE >> 2, active, UNIT_LIMIT_MS) !== 'timed-out') continue;
      this.#broken = 'failed';
      throw new SplatError({
        code: 'splat.thread',
        where: 'splat.threads',
        expected: 'every worker to finish',
        got: `${active} without a sign for ${UNIT_LIMIT_MS / 1000} s`,
        remedy: 'create another rasterizer',
      });
    }
  }

  /** Ends the workers. Again: nothing. */
  dispose(): void {
    if (this.#broken === 'disposed') return;
    this.#broken = 'disposed';
    this.#control[C_JOB >> 2] = JOB_EXIT;
    Atomics.store(this.#control, C_OPEN >> 2, 0x7fffffff);
    Atomics.notify(this.#control, C_OPEN >> 2);
  }
}
