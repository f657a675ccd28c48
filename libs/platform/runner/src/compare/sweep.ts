import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { readRegularFile } from '@soliloquy/artifacts';
import { graphFault, InvalidGraph, type GraphDocument, type StageRegistry } from '@soliloquy/graph';
import { withBackbones } from '@soliloquy/graph/edit';
import { writeWhole } from '../kept/out-folder.ts';

/** More runs than this are a mistake in the call. */
const MOST_VARIANTS = 200;
/** Letters of a folder's name. */
const LONGEST_LABEL = 120;

/** What varies the seed of the runs, in the place of a `node.param`. */
export const SEED_KEY = 'seed';
const GREATEST_SEED = 0xffffffff;

/** Values to try, as text, by `node.param`, `node.backbone` or `seed`. */
export type Vary = Readonly<Record<string, readonly string[]>>;

/** One combination of values, and what it makes of the graph. */
export interface Variant {
  readonly values: Readonly<Record<string, string>>;
  readonly document: GraphDocument;
  /** as `--set` */
  readonly set: Readonly<Record<string, string>>;
  /** of the run, where it is varied */
  readonly seed?: number;
  /** a folder's name, no two alike, e.g. `fit.steps=200` */
  readonly label: string;
}

/**
 * All combinations of the values, the last key changing fastest. `node.backbone` swaps the backbone, keeping the params
 * that it takes too. `seed` varies the seed of the run.
 *
 * @throws InvalidGraph when there are too many, a node or backbone is not there, or a seed is none
 */
export function sweepVariants(document: GraphDocument, registry: StageRegistry, vary: Vary): Variant[] {
  const count = Object.values(vary).reduce((product, values) => product * values.length, 1);
  if (count > MOST_VARIANTS || count < 1)
    throw new InvalidGraph([
      graphFault({
        code: 'graph.bad-value',
        where: '--vary',
        expected: `1 to ${MOST_VARIANTS} combinations`,
        got: `${count}`,
        remedy: 'vary less at once',
      }),
    ]);
  let combinations: Record<string, string>[] = [{}];
  for (const [key, values] of Object.entries(vary))
    combinations = combinations.flatMap((chosen) => [...new Set(values)].map((value) => ({ ...chosen, [key]: value })));
  const labels = distinct(
    combinations.map((values) =>
      Object.entries(values)
        .map(([key, value]) => `${key}=${value}`)
        .join(',')
        .replace(/[^A-Za-z0-9._=,-]/g, '_')
        .slice(0, LONGEST_LABEL),
    ),
  );
  return combinations.map((values, at) => {
    const { [SEED_KEY]: seed, ...ofNodes } = values;
    const { doc, set } = withBackbones(document, registry, ofNodes);
    const label = labels[at] as string;
    return { values, document: doc, set, label, ...(seed !== undefined && { seed: seedOf(seed) }) };
  });
}

function seedOf(text: string): number {
  if (!/^\d+$/.test(text) || Number(text) > GREATEST_SEED)
    throw new InvalidGraph([
      graphFault({
        code: 'graph.bad-value',
        where: `--vary ${SEED_KEY}`,
        expected: `whole numbers from 0 to ${GREATEST_SEED}`,
        got: `"${text}"`,
        remedy: 'e.g. --vary seed=1,2,3',
      }),
    ]);
  return Number(text);
}

/** Long values are cut and unusual characters replaced: what has become the same gets a number. */
function distinct(labels: readonly string[]): string[] {
  const used = new Set<string>();
  return labels.map((label) => {
    let name = label;
    for (let count = 2; used.has(name); count++) name = `${label}-${count}`;
    used.add(name);
    return name;
  });
}

/** Of a larger file no sweep is read. */
const RECORD_BYTES = 16 * 2 ** 20;

const sweepSchema = z.object({
  sweep: z.string(),
  graph: z.string(),
  startedAt: z.string(),
  vary: z.record(z.string(), z.array(z.string())),
  variants: z.array(z.object({ run: z.string(), values: z.record(z.string(), z.string()) })),
});

/** What is remembered of a sweep: which runs it consists of. */
export type SweepRecord = z.infer<typeof sweepSchema>;

/** Remembers a sweep in the project's state, for the notebook to show. @throws OutputError */
export async function saveSweep(stateFolder: string, record: SweepRecord): Promise<void> {
  await writeWhole(join(stateFolder, 'sweeps', `${record.sweep}.json`), `${JSON.stringify(record, null, 2)}\n`);
}

/** All sweeps of a project, the latest first. */
export async function listSweeps(stateFolder: string): Promise<SweepRecord[]> {
  const folder = join(stateFolder, 'sweeps');
  const names = await readdir(folder).catch(() => []);
  const records = await Promise.all(
    names
      .filter((name) => name.endsWith('.json'))
      .map(
        (name) =>
          readRegularFile(join(folder, name), RECORD_BYTES)
            .then(
              (bytes) => sweepSchema.parse(JSON.parse(bytes.toString('utf8'))),
              () => undefined,
            )
            .catch(() => undefined), // not ours
      ),
  );
  return records.filter((record) => record !== undefined).sort((a, b) => (a.sweep < b.sweep ? 1 : -1));
}
