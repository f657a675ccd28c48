import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stepOf, type ProgressReport, type ScalarPoint, type StageContext } from '@soliloquy/stage';

/** A report of progress as a stage made it. */
export interface RecordedProgress extends Pick<ProgressReport, 'done' | 'total'> {
  readonly note: string | undefined;
  /** Where it gave one. */
  readonly picture?: Uint8Array;
}

/** The context of a task on its own, with what the stage said to it, in order. */
export interface RecordedContext extends StageContext, AsyncDisposable {
  readonly reports: readonly RecordedProgress[];
  readonly logs: readonly string[];
  readonly scalars: readonly ScalarPoint[];
  /** Cancels the task. */
  abort(): void;
}

/**
 * A context to run a backbone in a test: seed 1, one thread of the CPU, a scratch folder that is made when it is asked
 * for. `await using ctx = stageContext()` removes that folder at the end of its block, so `return await run(…, ctx)`
 * there. Operations cannot be called.
 *
 * @param given what this test wants otherwise. `progress`, `log` and `scalar` are called after what they hear is
 *   recorded; when `signal` is given, `abort` has no effect on it.
 */
export function stageContext(given: Partial<StageContext> = {}): RecordedContext {
  const reports: RecordedProgress[] = [];
  const logs: string[] = [];
  const scalars: ScalarPoint[] = [];
  const controller = new AbortController();
  const signal = given.signal ?? controller.signal;
  const progress: StageContext['progress'] = (done, total, note, picture) => {
    reports.push({ done, total, note, ...(picture !== undefined && { picture }) });
    given.progress?.(done, total, note, picture);
  };
  let folder: Promise<string> | undefined;
  return {
    seed: 1,
    key: '0123456789abcdef'.repeat(4),
    device: 'cpu',
    threads: 1,
    scratch: () => (folder ??= mkdtemp(join(tmpdir(), 'stage-context-'))),
    model: (name) => Promise.reject(new Error(`stageContext.model: expected a test that gives "${name}", got none`)),
    checkout: (system) =>
      Promise.reject(new Error(`stageContext.checkout: expected a test that gives "${system}", got none`)),
    call: () => Promise.reject(new Error('stageContext.call: expected a test that gives one, got none')),
    step: stepOf({ progress, signal }),
    ...given,
    signal,
    progress,
    log(message) {
      logs.push(message);
      given.log?.(message);
    },
    scalar(name, step, value) {
      scalars.push({ name, step, value });
      given.scalar?.(name, step, value);
    },
    reports,
    logs,
    scalars,
    abort: () => controller.abort(),
    async [Symbol.asyncDispose]() {
      if (folder !== undefined) await rm(await folder, { recursive: true, force: true });
    },
  };
}
