import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { ArtifactStore } from '@soliloquy/artifacts';
import type { StageRegistry } from '@soliloquy/graph';
import { loadBackbone, StageError, stepOf, type BackboneModule, type StageContext } from '@soliloquy/stage';
import type { Channel, FromWorker, ToWorker, Work } from '../transport/protocol.ts';
import { CancelledError, TaskError, wireError } from '../transport/task-error.ts';
import { CurveLog } from './curve-log.ts';
import { executeOperation, executeTask } from './execute-task.ts';

/** What a worker is made of. `scratch` is the folder under which tasks get theirs. */
export interface WorkerParts {
  readonly channel: Channel<FromWorker, ToWorker>;
  readonly registry: StageRegistry;
  readonly store: ArtifactStore;
  readonly scratch: string;
  /** Why there are no stages: every piece of work is answered with it. */
  readonly refusal?: unknown;
}

/** How often a worker says how far it is: a stage may call `progress` as often as it likes. */
const PROGRESS_EVERY_MS = 100;

/**
 * The worker program, whatever carries its messages: takes work, answers with what was made. One piece of work at a
 * time, but while a `call` is awaited.
 */
export function serveWorker({ channel, registry, store, scratch, refusal }: WorkerParts): void {
  const aborts = new Map<string, AbortController>();
  const answers = new Map<string, { resolve(value: unknown): void; reject(error: Error): void }>();

  channel.listen((message) => {
    switch (message.type) {
      case 'work':
        void work(message.work);
        break;
      case 'cancel':
        aborts.get(message.id)?.abort(new DOMException('cancelled', 'AbortError'));
        break;
      case 'answer':
        answers.get(`${message.id} ${message.call}`)?.resolve(message.value);
        break;
      case 'refusal':
        answers.get(`${message.id} ${message.call}`)?.reject(new TaskError(message.error));
        break;
    }
  });

  async function work(item: Work): Promise<void> {
    const abort = new AbortController();
    aborts.set(item.id, abort);
    const folder = join(scratch, item.id);
    const curves = new CurveLog((points) => channel.send({ type: 'scalars', id: item.id, points }));
    const context = createContext(item, abort.signal, folder, curves);
    try {
      if (refusal !== undefined) throw refusal;
      const stage = registry.get(item.stage);
      const backbone =
        stage !== undefined && Object.hasOwn(stage.backbones, item.backbone)
          ? stage.backbones[item.backbone]
          : undefined;
      if (stage === undefined || backbone === undefined)
        throw new StageError({
          code: 'task.unknown-stage',
          where: item.label,
          expected: `a worker that has ${item.stage} with backbone ${item.backbone}`,
          got: 'one without',
          remedy: 'update its installation',
        });
      const openModule = (): Promise<BackboneModule> => loadBackbone(`${item.stage}.${item.backbone}`, backbone);
      const answer: FromWorker =
        item.kind === 'task'
          ? { type: 'made', id: item.id, made: await executeTask(item, stage, store, context, openModule) }
          : { type: 'returned', id: item.id, value: await executeOperation(item, context, openModule) };
      curves.end();
      channel.send(answer);
    } catch (thrown) {
      curves.end();
      channel.send({
        type: 'failed',
        id: item.id,
        error: wireError(abort.signal.aborted ? new CancelledError(item.label) : thrown, item.label),
      });
    } finally {
      aborts.delete(item.id);
      await rm(folder, { recursive: true, force: true });
    }
  }

  function createContext(item: Work, signal: AbortSignal, folder: string, curves: CurveLog): StageContext {
    let said = -Infinity;
    let calls = 0;
    const progress: StageContext['progress'] = (done, total, note) => {
      const now = performance.now();
      if (now - said < PROGRESS_EVERY_MS && done < total) return;
      said = now;
      channel.send({ type: 'progress', id: item.id, done, total, note });
    };
    return {
      signal,
      seed: item.seed,
      device: item.device,
      threads: item.threads,
      progress,
      step: stepOf({ progress, signal }),
      scalar: (name, step, value) => curves.add({ name, step, value }),
      log: (message) => channel.send({ type: 'log', id: item.id, message: String(message) }),
      async scratch() {
        await mkdir(folder, { recursive: true });
        return folder;
      },
      async call(reference, operation, args) {
        const call = calls++;
        const key = `${item.id} ${call}`;
        try {
          return await new Promise((resolve, reject) => {
            answers.set(key, { resolve, reject });
            signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true });
            channel.send({ type: 'call', id: item.id, call, reference, operation, args });
          });
        } finally {
          answers.delete(key);
        }
      },
    };
  }
}
