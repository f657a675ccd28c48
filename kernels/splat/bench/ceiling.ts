import { Worker } from 'node:worker_threads';

/** The arithmetic alone: (module (func (export "f") (param i32) (result f64) …)), x = x · 0.999 + 1 as often as asked, in registers. */
const MODULE = Uint8Array.from([
  0, 97, 115, 109, 1, 0, 0, 0,
  1, 6, 1, 0x60, 1, 0x7f, 1, 0x7c, // type: i32 -> f64
  3, 2, 1, 0,
  7, 5, 1, 1, 102, 0, 0,
  10, 44, 1, 42, 1, 1, 0x7c, // one local f64
  0x03, 0x40, // loop
  0x20, 1, 0x44, 0x2b, 0x87, 0x16, 0xd9, 0xce, 0xf7, 0xef, 0x3f, 0xa2, 0x44, 0, 0, 0, 0, 0, 0, 0xf0, 0x3f, 0xa0, 0x21, 1, // x = x * 0.999 + 1
  0x20, 0, 0x41, 1, 0x6b, 0x22, 0, 0x0d, 0, // n = n - 1; again while it is not 0
  0x0b, 0x20, 1, 0x0b,
]);

const WORKER = `
const { workerData } = require('node:worker_threads');
const control = new Int32Array(workerData.control);
const { f } = new WebAssembly.Instance(workerData.module).exports;
for (let seen = 0; ; seen++) {
  while (Atomics.load(control, 0) === seen) Atomics.wait(control, 0, seen, 1);
  f(workerData.steps);
  Atomics.store(control, 1, seen + 1);
}`;

/** The most that a second thread can give on this machine now: a plain arithmetic loop on one thread, and twice as much of it on two. */
export class Ceiling {
  readonly #control = new Int32Array(new SharedArrayBuffer(8));
  readonly #worker: Worker;
  readonly #loop: (steps: number) => number;
  #round = 0;

  readonly steps: number;

  constructor(steps = 4_000_000) {
    this.steps = steps;
    const module = new WebAssembly.Module(MODULE);
    this.#loop = new WebAssembly.Instance(module).exports.f as (steps: number) => number;
    this.#worker = new Worker(WORKER, { eval: true, workerData: { control: this.#control.buffer, module, steps } });
    this.#worker.unref();
  }

  alone(): void {
    this.#loop(this.steps);
  }

  both(): void {
    this.#round++;
    Atomics.store(this.#control, 0, this.#round);
    Atomics.notify(this.#control, 0);
    this.#loop(this.steps);
    while (Atomics.load(this.#control, 1) !== this.#round);
  }

  end(): Promise<number> {
    return this.#worker.terminate();
  }
}
