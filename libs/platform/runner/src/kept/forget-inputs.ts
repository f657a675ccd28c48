import { readdir, rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { readRegularFile, sha256, type Inventory } from '@soliloquy/artifacts';
import { file } from '@soliloquy/ports';
import { descentOf, digestsIn, names, type Descent } from './lineage.ts';
import { runFolders, type RunFolder } from './run-folders.ts';
import { forgetRun } from './run-labels.ts';

/** Folders of the state folder whose files name artifacts, beside those of runs. */
const NAMING = ['history', 'sweeps'] as const;
/** Of a larger file nothing is compared. Bytes. */
const LARGEST = 2 ** 31 - 1;

/** What is to be forgotten, and where. */
export interface Forgetting {
  /** in which runs may name it */
  readonly stateFolders: readonly string[];
  /** digests that the given files, decoded, are stored under */
  readonly roots: readonly string[];
  /** the given files themselves */
  readonly paths: readonly string[];
  /** of the stores that may hold something of it */
  readonly inventories: readonly Inventory[];
}

/** A file outside the store. */
export interface Copy {
  readonly path: string;
  /** that it was given to, or that wrote it */
  readonly run: string;
  readonly is: 'given' | 'written';
}

/** All that was made of some pictures and voices, and the runs that made it. */
export interface Traces extends Descent {
  readonly runs: readonly { readonly run: string; readonly stateFolder: string }[];
  /** Where state folders name something of it, beside their runs. */
  readonly files: readonly string[];
  /** Files outside the store that are still what they were when a run was given them, or wrote them. */
  readonly copies: readonly Copy[];
}

/**
 * Finds what was made of given files: by digest, as they are or decoded, and by lineage in the stores; by digest in the
 * records of runs; and through files that such a run wrote and another was given.
 */
export async function tracesOf({ stateFolders, roots, paths, inventories }: Forgetting): Promise<Traces> {
  const folders: RunFolder[] = [];
  for (const stateFolder of stateFolders) for await (const folder of runFolders(stateFolder)) folders.push(folder);
  const all = new Set(roots);
  const places = new Set(paths.map((path) => resolve(path)));
  const contents = new Set<string>();
  for (const path of places) {
    const bytes = await readable(path);
    if (bytes !== undefined) contents.add(sha256(bytes));
  }
  const found = new Map<string, RunFolder>();
  let descent: Descent;
  let before: number;
  // What is found may have written what another run was given: until nothing is added.
  do {
    before = all.size + found.size;
    for (const { inputs } of folders)
      for (const { path, digest } of inputs) if (places.has(path) || (await isOneOf(contents, path))) all.add(digest);
    for (const digest of await filesOf(inventories, contents)) all.add(digest);
    descent = await descentOf(inventories, all);
    for (const folder of folders)
      if (!found.has(folder.run) && names(descent, folder.digests)) {
        found.set(folder.run, folder);
        for (const { path, digest } of folder.files) {
          places.add(path);
          contents.add(digest);
        }
      }
  } while (all.size + found.size > before);
  return {
    ...descent,
    runs: [...found.values()].map(({ run, stateFolder }) => ({ run, stateFolder })),
    files: (await Promise.all(stateFolders.map((folder) => naming(folder, descent)))).flat(),
    copies: await copiesOf([...found.values()], all),
  };
}

/** Removes what was found from stores and state folders. @returns bytes of contents, of all stores */
export async function forgetTraces(
  { inventories }: Pick<Forgetting, 'inventories'>,
  { artifacts, results, runs, files }: Traces,
): Promise<number> {
  let bytes = 0;
  for (const inventory of inventories) {
    bytes += (await inventory.remove({ artifacts, results })).bytes;
    bytes += await inventory.removeStray(new Date());
  }
  for (const { run, stateFolder } of runs) await forgetRun(stateFolder, run);
  for (const path of files) await rm(path, { force: true });
  return bytes;
}

/** Digests of the artifacts that are a given file as it is, whatever its name was: many graphs take those. */
async function filesOf(inventories: readonly Inventory[], contents: ReadonlySet<string>): Promise<string[]> {
  const digests: string[] = [];
  for (const inventory of inventories)
    for await (const { ref } of inventory.artifacts())
      if (ref.type === file.id && ref.files.some(({ digest }) => contents.has(digest))) digests.push(ref.digest);
  return digests;
}

async function isOneOf(contents: ReadonlySet<string>, path: string): Promise<boolean> {
  const bytes = await readable(path);
  return bytes !== undefined && contents.has(sha256(bytes));
}

/** Files beside the runs that name a digest. */
async function naming(stateFolder: string, descent: Descent): Promise<string[]> {
  const files: string[] = [];
  for (const folder of NAMING)
    for (const name of await readdir(join(stateFolder, folder)).catch(() => [])) {
      const path = join(stateFolder, folder, name);
      const text = await readRegularFile(path, LARGEST).then(String, () => '');
      if (names(descent, digestsIn(text))) files.push(path);
    }
  return files;
}

async function copiesOf(folders: readonly RunFolder[], roots: ReadonlySet<string>): Promise<Copy[]> {
  const copies = new Map<string, Copy>();
  for (const { run, inputs, files } of folders) {
    for (const { path, digest } of inputs)
      if (roots.has(digest) && (await readable(path)) !== undefined) copies.set(path, { path, run, is: 'given' });
    for (const { path, digest } of files) {
      const bytes = await readable(path);
      if (bytes !== undefined && sha256(bytes) === digest) copies.set(path, { path, run, is: 'written' });
    }
  }
  return [...copies.values()];
}

function readable(path: string): Promise<Uint8Array | undefined> {
  return readRegularFile(path, LARGEST).catch(() => undefined);
}
