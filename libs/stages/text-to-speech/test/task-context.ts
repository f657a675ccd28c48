import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { StageContext } from '@soliloquy/stage';

/** Runs `work` with a context whose scratch folder is removed afterwards. */
export async function withTask<T>(
  work: (ctx: StageContext) => Promise<T>,
  signal: AbortSignal = new AbortController().signal,
): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'text-to-speech-'));
  try {
    return await work({
      signal,
      progress() {},
      seed: 1,
      log() {},
      device: 'cpu',
      threads: 1,
      scratch: async () => folder,
      call: () => Promise.reject(new Error('no calls here')),
    });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
