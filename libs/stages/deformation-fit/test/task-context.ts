import type { StageContext } from '@soliloquy/stage';

/** A context of a task on its own. */
export function taskContext(given: Partial<StageContext> = {}): StageContext {
  return {
    signal: new AbortController().signal,
    progress() {},
    seed: 1,
    log() {},
    device: 'cpu',
    threads: 1,
    scratch: () => Promise.reject(new Error('no scratch here')),
    call: () => Promise.reject(new Error('no calls here')),
    ...given,
  };
}
