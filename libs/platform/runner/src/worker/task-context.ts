import { mkdir } from 'node:fs/promises';
import { sha256 } from '@soliloquy/artifacts';
import { stepOf, type StageContext } from '@soliloquy/stage';
import { pictureAddress } from '../run/progress-picture.ts';
import type { Channel, FromWorker, ToWorker, Work } from '../transport/protocol.ts';
import type { CurveLog } from './curve-log.ts';

/** How often a worker says how far it is: a stage may call `progress` as often as it likes. */
const PROGRESS_EVERY_MS = 100;
/** Pictures come twice a second at first, then after each hundredth of the time so far: some 800 in a night. */
const [PICTURE_EVERY_MS, PICTURE_EVERY_SHARE] = [500, 0.01];

/** The operations that tasks of this worker have called and not heard of yet. */
export class PendingCalls {
  readonly #waiting = new Map<string, { resolve(value: unknown): void; reject(error: Error): void }>();

  /** Settles with what `answer` or `refuse` of the same call gets. @throws the signal's reason when it aborts */
  async wait(id: string, call: number, signal: AbortSignal, send: () => void): Promise<unknown> {
    const key = `${id} ${call}`;
    try {
      return await new Promise((resolve, reject) => {
        this.#waiting.set(key, { resolve, reject });
        signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true });
        send();
      });
    } finally {
      this.#waiting.delete(key);
    }
  }

  answer(id: string, call: number, value: unknown): void {
    this.#waiting.get(`${id} ${call}`)?.resolve(value);
  }

  refuse(id: string, call: number, error: Error): void {
    this.#waiting.get(`${id} ${call}`)?.reject(error);
  }
}

/** What a stage's context is made of in a worker. */
export interface TaskContextParts {
  readonly signal: AbortSignal;
  /** The scratch folder, made when it is asked for. */
  readonly folder: string;
  readonly curves: CurveLog;
  readonly calls: PendingCalls;
  readonly channel: Channel<FromWorker, ToWorker>;
  readonly model: StageContext['model'];
  readonly checkout: StageContext['checkout'];
}

/** What a stage gets with a piece of work: all that it says goes through the channel. */
export function createTaskContext(
  item: Work,
  { signal, folder, curves, calls, channel, model, checkout }: TaskContextParts,
): StageContext {
  const began = performance.now();
  let [said, shown, called] = [-Infinity, -Infinity, 0];
  const progress: StageContext['progress'] = (done, total, note, bytes) => {
    const now = performance.now();
    if (now - said < PROGRESS_EVERY_MS && done < total) return;
    said = now;
    const isTime = now - shown >= Math.max(PICTURE_EVERY_MS, (now - began) * PICTURE_EVERY_SHARE);
    const picture = bytes !== undefined && isTime ? pictureAddress(bytes) : undefined;
    if (picture !== undefined) shown = now;
    channel.send({ type: 'progress', id: item.id, report: { done, total, note, picture } });
  };
  return {
    signal,
    seed: item.seed,
    // An operation's result is remembered nowhere.
    key: item.kind === 'task' ? item.key : sha256(item.id),
    device: item.device,
    threads: item.threads,
    ...(item.gpu !== undefined && { gpu: item.gpu }),
    progress,
    step: stepOf({ progress, signal }),
    scalar: (name, step, value) => curves.add({ name, step, value }),
    log: (message) => channel.send({ type: 'log', id: item.id, message: String(message) }),
    async scratch() {
      await mkdir(folder, { recursive: true });
      return folder;
    },
    model,
    checkout,
    call(reference, operation, args) {
      const call = called++;
      return calls.wait(item.id, call, signal, () =>
        channel.send({ type: 'call', id: item.id, call, reference, operation, args }),
      );
    },
  };
}
