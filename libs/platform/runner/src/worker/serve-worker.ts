import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { ArtifactStore } from '@soliloquy/artifacts';
import type { StageRegistry } from '@soliloquy/graph';
import { loadBackbone, StageError, type AnyStage, type Backbone, type BackboneModule } from '@soliloquy/stage';
import type { Channel, FromWorker, ToWorker, Work } from '../transport/protocol.ts';
import { CancelledError, TaskError, wireError } from '../transport/task-error.ts';
import { CurveLog } from './curve-log.ts';
import { executeOperation, executeTask } from './execute-task.ts';
import { checkoutsOf } from './task-checkouts.ts';
import { createTaskContext, PendingCalls } from './task-context.ts';
import { modelsOf } from './task-models.ts';

/** What a worker is made of. `scratch` is the folder under which tasks get theirs. */
export interface WorkerParts {
  readonly channel: Channel<FromWorker, ToWorker>;
  readonly registry: StageRegistry;
  readonly store: ArtifactStore;
  readonly scratch: string;
  /** Why there are no stages: every piece of work is answered with it. */
  readonly refusal?: unknown;
}

/**
 * The worker program, whatever carries its messages: takes work, answers with what was made. One piece of work at a
 * time, but while a `call` is awaited.
 */
export function serveWorker(parts: WorkerParts): void {
  const aborts = new Map<string, AbortController>();
  const calls = new PendingCalls();
  parts.channel.listen((message) => {
    switch (message.type) {
      case 'work':
        void work(message.work, parts, aborts, calls);
        break;
      case 'cancel':
        aborts.get(message.id)?.abort(new DOMException('cancelled', 'AbortError'));
        break;
      case 'answer':
        calls.answer(message.id, message.call, message.value);
        break;
      case 'refusal':
        calls.refuse(message.id, message.call, new TaskError(message.error));
        break;
    }
  });
}

/** Does one piece of work and says how it ended; never throws. */
async function work(
  item: Work,
  parts: WorkerParts,
  aborts: Map<string, AbortController>,
  calls: PendingCalls,
): Promise<void> {
  const { channel, scratch } = parts;
  const abort = new AbortController();
  aborts.set(item.id, abort);
  const folder = join(scratch, item.id);
  const curves = new CurveLog((points) => channel.send({ type: 'scalars', id: item.id, points }));
  try {
    const { stage, backbone } = findBackbone(item, parts);
    const [model, checkout] = [modelsOf(item, backbone), checkoutsOf(item, backbone)];
    const said = { signal: abort.signal, folder, curves, calls, channel };
    const context = createTaskContext(item, { ...said, model, checkout });
    const openModule = (): Promise<BackboneModule> => loadBackbone(`${item.stage}.${item.backbone}`, backbone);
    const answer: FromWorker =
      item.kind === 'task'
        ? { type: 'made', id: item.id, made: await executeTask(item, stage, parts.store, context, openModule) }
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

/** @throws `refusal`, where there are no stages; StageError when this worker has no such stage or backbone */
function findBackbone(
  item: Work,
  { registry, refusal }: WorkerParts,
): { readonly stage: AnyStage; readonly backbone: Backbone } {
  if (refusal !== undefined) throw refusal;
  const stage = registry.get(item.stage);
  const backbone =
    stage !== undefined && Object.hasOwn(stage.backbones, item.backbone) ? stage.backbones[item.backbone] : undefined;
  if (stage === undefined || backbone === undefined)
    throw new StageError({
      code: 'task.unknown-stage',
      where: item.label,
      expected: `a worker that has ${item.stage} with backbone ${item.backbone}`,
      got: 'one without',
      remedy: 'update its installation',
    });
  return { stage, backbone };
}
