import { Worker } from 'node:worker_threads';
import type { Scene } from './frame.ts';

/** i32 that both look at: odd while the neighbour is to draw; what it saw last when it drew no more. */
export const ASKED = 0;
export const ANSWERED = 1;

/**
 * Another rasteriser, of one thread and with memory of its own, that draws the same scene on another core while it is
 * asked to. What a frame costs beside it says what two cores of this machine are worth for just this work: cores that
 * share their arithmetic units, caches or clock give less than twice as much.
 */
export class Neighbour {
  readonly #control = new Int32Array(new SharedArrayBuffer(8));
  readonly #worker: Worker;

  private constructor(scene: Scene) {
    this.#worker = new Worker(new URL('./neighbour-worker.ts', import.meta.url), {
      workerData: { control: this.#control, scene },
    });
  }

  static async start(scene: Scene): Promise<Neighbour> {
    const neighbour = new Neighbour(scene);
    await new Promise((resolve, reject) => {
      neighbour.#worker.once('message', resolve);
      neighbour.#worker.once('error', reject);
    });
    return neighbour;
  }

  /** Does `work` while the neighbour draws. */
  beside(work: () => void): void {
    const control = this.#control;
    Atomics.add(control, ASKED, 1);
    Atomics.notify(control, ASKED);
    work();
    const even = Atomics.add(control, ASKED, 1) + 1;
    while (Atomics.load(control, ANSWERED) !== even);
  }

  end(): Promise<number> {
    return this.#worker.terminate();
  }
}
