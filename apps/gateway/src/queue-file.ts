import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { readRegularFile } from '@soliloquy/artifacts';
import { graphSchema } from '@soliloquy/graph';
import { isAlive, writeWhole } from '@soliloquy/runner';
import { runIdSchema, runRequestSchema, sweepIdSchema } from './protocol/index.ts';

/**
 * A run that was asked for, as it is kept until it has ended: the document and what was wished for, from which all else
 * is made again.
 */
const keptJobSchema = runRequestSchema.omit({ digest: true, resume: true }).extend({
  run: runIdSchema,
  document: graphSchema,
  sweep: sweepIdSchema.optional(),
  /** names a folder */
  variant: z
    .string()
    .regex(/^[A-Za-z0-9_=,-][A-Za-z0-9._=,-]*$/)
    .max(200)
    .optional(),
});
export type KeptJob = z.infer<typeof keptJobSchema>;

/**
 * `queues/<process>.json` of the state folder: the runs that have not ended, so that a gateway that is killed forgets
 * none of them. One file for each gateway: several may serve one project.
 */
export class QueueFile {
  readonly #folder: string;
  readonly #path: string;
  #text = '[]';
  #written = '[]';
  #writing: Promise<void> | undefined;

  constructor(stateFolder: string) {
    this.#folder = join(stateFolder, 'queues');
    this.#path = join(this.#folder, `${process.pid}.json`);
  }

  /** Takes over what gateways left that are no more; nothing where there are none, and of a file that is not ours. */
  async takeOver(): Promise<KeptJob[]> {
    const names = (await readdir(this.#folder).catch(() => [])).filter((name) => /^\d+\.json$/.test(name)).sort();
    const left = names
      .filter((name) => Number.parseInt(name) === process.pid || !isAlive(Number.parseInt(name)))
      .map((name) => join(this.#folder, name));
    const jobs = (
      await Promise.all(left.map(async (path) => keptJobs((await readRegularFile(path).catch(() => '[]')).toString())))
    ).flat();
    this.keep(jobs);
    await this.kept();
    for (const path of left) if (path !== this.#path) await rm(path, { force: true });
    return jobs;
  }

  /** Keeps these in the place of those from before. Of several changes that follow each other the last is written. */
  keep(jobs: readonly KeptJob[]): void {
    this.#text = JSON.stringify(jobs);
    this.#writing ??= this.#write().finally(() => (this.#writing = undefined));
  }

  /** When what is to be kept is on disk. */
  async kept(): Promise<void> {
    await this.#writing;
  }

  async #write(): Promise<void> {
    while (this.#text !== this.#written) {
      const text = this.#text;
      // A disk that is full stops no run: then the queue is not kept.
      await (text === '[]' ? rm(this.#path, { force: true }) : writeWhole(this.#path, text)).catch(() => {});
      this.#written = text;
    }
  }
}

function keptJobs(text: string): KeptJob[] {
  try {
    return z.array(keptJobSchema).parse(JSON.parse(text));
  } catch {
    return [];
  }
}
