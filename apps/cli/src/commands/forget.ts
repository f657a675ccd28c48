import { join, resolve } from 'node:path';
import { diskInventory, openDiskStore } from '@soliloquy/artifacts';
import { audio, image, video, type PortType } from '@soliloquy/ports';
import { digestOfGiven, forgetTraces, keepStateInside, runFolders, tracesOf, type Traces } from '@soliloquy/runner';
import type { ClusterAccess, ForgettingCluster } from '@soliloquy/runner/cluster';
import { STORE_FOLDER } from '@soliloquy/runner/record';
import { counted, sizeWords } from '../amount-words.ts';
import { clusterAccess } from '../cluster-access.ts';
import { withdrawConsent } from '../consents.ts';
import { EXIT } from '../exit-code.ts';
import { parseOptions, type ParsedOptions } from '../parse-options.ts';
import { print } from '../print.ts';
import { HERE, stateFoldersHere, writingRooms } from '../project.ts';
import { shortPath } from '../show.ts';
import { UsageError } from '../usage-error.ts';

/** What a person may ask to forget, by option. */
const GIVEN = { image, audio, video } as const;

/** What is printed with `--json`. */
interface Forgotten {
  /** folders that were looked through */
  readonly stores: readonly string[];
  readonly roots: readonly string[];
  readonly artifacts: number;
  readonly results: number;
  readonly bytes: number;
  readonly runs: readonly string[];
  readonly copies: Traces['copies'];
  readonly consents: number;
  /** of a cluster whose caches were told */
  readonly workers: readonly string[];
  readonly removed: boolean;
}

/** `soliloquy forget --image PICTURE`: everything that was made from it leaves the store and the cluster. */
export async function execute(args: readonly string[]): Promise<number> {
  const options = parseOptions('forget', args, [0, 0]);
  const given = givenIn(options);
  const stateFolders = stateFoldersHere(options.text('store'));
  await keepStateInside(stateFolders[0], writingRooms(HERE));
  const stores = stateFolders.map((folder) => join(folder, STORE_FOLDER));
  const roots = await Promise.all(given.map(({ type, path, where }) => digestOfGiven(type, path, where)));
  for (const folder of stateFolders)
    for await (const { run, underWay } of runFolders(folder)) if (underWay) throw isUnderWay(run);
  const access = clusterAccess(options);
  await using cluster = access && (await openForgetting(access, stores[0]));
  const inventories = [...stores.map(diskInventory), ...(cluster ? [cluster.inventory] : [])];
  const traces = await tracesOf({ stateFolders, roots, paths: given.map(({ path }) => path), inventories });
  const clusterRuns = (await cluster?.runsOf(traces)) ?? [];
  for (const { run, underWay } of clusterRuns) if (underWay) throw isUnderWay(run);
  const dry = options.flag('dry-run');
  let [bytes, consents, workers]: [number, number, readonly string[]] = [0, 0, []];
  if (!dry) {
    workers =
      (await cluster?.forget(
        traces,
        clusterRuns.map(({ run }) => run),
      )) ?? [];
    bytes = await forgetTraces({ inventories }, traces);
    consents = await withdrawConsent(traces.artifacts);
  }
  const { artifacts, results, copies } = traces;
  const runs = [...new Set([...traces.runs, ...clusterRuns].map(({ run }) => run))].sort();
  const said: Forgotten = {
    stores,
    roots,
    artifacts: artifacts.size,
    results: results.size,
    bytes,
    runs,
    copies,
    consents,
    workers,
    removed: !dry,
  };
  print(options.flag('json') ? `${JSON.stringify(said, null, 2)}\n` : linesOf(said));
  return EXIT.done;
}

async function openForgetting(access: ClusterAccess, storeFolder: string): Promise<ForgettingCluster> {
  const { ForgettingCluster } = await import('@soliloquy/runner/cluster');
  return ForgettingCluster.open(access, await openDiskStore(storeFolder, { synced: false }));
}

function givenIn(options: ParsedOptions) {
  const given = Object.entries(GIVEN).flatMap(([name, type]) =>
    options.texts(name).map((path) => ({ type: type as PortType, path: resolve(path), where: `--${name}` })),
  );
  if (given.length > 0) return given;
  throw new UsageError({
    code: 'usage.call',
    where: 'soliloquy forget',
    expected: Object.keys(GIVEN)
      .map((name) => `--${name}`)
      .join(', '),
    got: 'none of them',
    remedy: 'say what to forget, e.g. --image person.png',
  });
}

function isUnderWay(run: string): UsageError {
  return new UsageError({
    code: 'usage.call',
    where: 'soliloquy forget',
    expected: 'no run under way: it may be making more of it',
    got: run,
    remedy: 'wait for its end, or cancel it',
  });
}

function linesOf({ stores, artifacts, results, bytes, runs, copies, consents, workers, removed }: Forgotten): string {
  const did = removed ? 'removed' : 'would remove';
  const lines = [
    `looked through ${stores.map(shortPath).join(' and ')}`,
    `${did} ${counted(artifacts, 'artifact')} and ${counted(results, 'result')}` +
      (removed ? ` (${sizeWords(bytes)})` : ''),
    `${did} ${counted(runs.length, 'run')}${runs.length > 0 ? `: ${runs.join(', ')}` : ''}`,
    ...(consents > 0 ? [`${did} ${counted(consents, 'consent')}`] : []),
    ...(workers.length > 0 ? [`told the caches of ${counted(workers.length, 'worker')}: ${workers.join(', ')}`] : []),
    copies.length > 0 ? 'outside the store, left as they are:' : 'no copy outside the store is known',
    ...copies.map(({ path, run, is }) => `  ${path}  (${is === 'given' ? 'given to' : 'written by'} ${run})`),
  ];
  return `${lines.join('\n')}\n`;
}
