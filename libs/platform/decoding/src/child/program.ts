/** The program that decodes. argv: pid of the parent. */
import { writeFile } from 'node:fs/promises';
import module from 'node:module';
import { join } from 'node:path';
import type { Answer, Job } from './jobs.ts';
import { serveJobs } from './serve-jobs.ts';

// Saves a third of a second of every start.
module.enableCompileCache();
serveJobs((job) => answer(job as Job));
// What every job needs is ready before the first is there.
const loaded = Promise.all([
  import('@soliloquy/fault'),
  import('./given-files.ts'),
  import('../reason-of.ts'),
  import('../unreadable-file.ts'),
]);

async function answer(job: Job): Promise<Answer> {
  const [{ Fault, partsOf }, { givenFiles }, { reasonOf }, { UnreadableFile }] = await loaded;
  try {
    const files = job.kind === 'given' ? await givenFiles(job) : await thumbnailFiles(job);
    await Promise.all(Object.values(files).map((bytes, place) => writeFile(join(job.folder, String(place)), bytes)));
    return { kind: 'done', files: Object.keys(files), mebibytes: process.memoryUsage.rss() / 2 ** 20 };
  } catch (thrown) {
    if (thrown instanceof Fault) return { kind: 'fault', parts: partsOf(thrown) };
    if (thrown instanceof UnreadableFile) return { kind: 'unreadable', code: thrown.code };
    return { kind: 'failed', reason: reasonOf(thrown) };
  }
}

async function thumbnailFiles(job: Job & { kind: 'thumbnail' }): Promise<Record<string, Uint8Array>> {
  const { thumbnail } = await import('./thumbnail.ts');
  return { 'thumbnail.png': await thumbnail(job) };
}
