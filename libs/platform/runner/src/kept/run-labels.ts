import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { readRegularFile, writeFileAtomically } from '@soliloquy/artifacts';
import { runIdSchema } from '../run/events.ts';
import { RUNS_FOLDER } from './record-schema.ts';
import { runLabelSchema, type RunLabel } from './run-label.ts';

/** Of a larger file nothing is read. Bytes. */
const [LABEL_BYTES, BASELINES_BYTES] = [64 * 2 ** 10, 2 ** 20];

const baselinesSchema = z.record(z.string(), runIdSchema);

/** Nothing for a run that nobody named; somebody else may have written the file. */
export async function readRunLabel(stateFolder: string, run: string): Promise<RunLabel> {
  return (await readAs(labelPath(stateFolder, run), LABEL_BYTES, runLabelSchema)) ?? {};
}

/** What is empty is taken away. @param label what of it changes; the rest stays */
export async function labelRun(stateFolder: string, run: string, label: RunLabel): Promise<RunLabel> {
  const { name = '', note = '' } = { ...(await readRunLabel(stateFolder, run)), ...label };
  const now: RunLabel = {
    ...(name.trim() !== '' && { name: name.trim() }),
    ...(note.trim() !== '' && { note: note.trim() }),
  };
  const path = labelPath(stateFolder, run);
  if (Object.keys(now).length === 0) await rm(path, { force: true });
  else await write(path, runLabelSchema.parse(now));
  return now;
}

/** By the name of a graph, the run that its others are compared with. */
export async function readBaselines(stateFolder: string): Promise<ReadonlyMap<string, string>> {
  return new Map(Object.entries((await readAs(baselinesPath(stateFolder), BASELINES_BYTES, baselinesSchema)) ?? {}));
}

/** @param run `undefined`: the graph has no baseline any more */
export async function setBaseline(stateFolder: string, graph: string, run: string | undefined): Promise<void> {
  const baselines = new Map(await readBaselines(stateFolder));
  if (run === undefined) baselines.delete(graph);
  else baselines.set(graph, run);
  await write(baselinesPath(stateFolder), Object.fromEntries(baselines));
}

/**
 * Forgets a run that has ended: its record, journal and label. What it made stays in the store, for others may have
 * made the same, and in the folder where it was written.
 */
export async function forgetRun(stateFolder: string, run: string): Promise<void> {
  for (const [graph, baseline] of await readBaselines(stateFolder))
    if (baseline === run) await setBaseline(stateFolder, graph, undefined);
  await rm(join(stateFolder, RUNS_FOLDER, runIdSchema.parse(run)), { recursive: true, force: true });
}

function labelPath(stateFolder: string, run: string): string {
  return join(stateFolder, RUNS_FOLDER, runIdSchema.parse(run), 'label.json');
}

function baselinesPath(stateFolder: string): string {
  return join(stateFolder, 'baselines.json');
}

async function readAs<T>(path: string, most: number, schema: z.ZodType<T>): Promise<T | undefined> {
  try {
    return schema.safeParse(JSON.parse((await readRegularFile(path, most)).toString('utf8'))).data;
  } catch {
    return undefined;
  }
}

function write(path: string, value: object): Promise<void> {
  return writeFileAtomically(path, `${JSON.stringify(value, null, 2)}\n`);
}
