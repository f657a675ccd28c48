import { join } from 'node:path';
import { modelsHere } from '@soliloquy/device';
import {
  aboutNetwork,
  byHand,
  bytesOf,
  getModel,
  isFetchable,
  isWhole,
  missingFiles,
  ModelFault,
  proveFetchable,
  type ModelEntry,
  type ModelFolders,
} from '@soliloquy/models';
import { sizeWords } from '../amount-words.ts';
import { EXIT } from '../exit-code.ts';
import { hostOf, licenceRecord, lookUpIn, modelFolders } from '../model-places.ts';
import { parseOptions, type ParsedOptions } from '../parse-options.ts';
import { complain, print } from '../print.ts';
import { STOP_SIGNALS } from '../stop-signals.ts';
import { UsageError } from '../usage-error.ts';
import { readUserSettings, userSettingsPath, type UserSettings } from '../user-settings.ts';

/** What is known of models here: the person's configuration, and the folders that it and their state have. */
interface Known {
  readonly settings: UserSettings;
  readonly folders: ModelFolders;
}

type Action = (known: Known, options: ParsedOptions, names: readonly string[]) => Promise<number>;
const ACTIONS: Readonly<Record<string, Action>> = { list, get, verify };

/** `soliloquy models list | get NAME… | verify [NAME…]` */
export async function execute(args: readonly string[]): Promise<number> {
  const options = parseOptions('models', args, [1, Infinity]);
  const [action, ...names] = options.positionals as [string, ...string[]];
  const run = Object.hasOwn(ACTIONS, action) ? ACTIONS[action] : undefined;
  if (run === undefined || (action === 'list' && names.length > 0) || (action === 'get' && names.length === 0))
    throw new UsageError({
      code: 'usage.call',
      where: 'soliloquy models',
      expected: 'list, get NAME… or verify [NAME…]',
      got: `"${options.positionals.join(' ')}"`,
      remedy: 'see soliloquy help models',
    });
  const settings = readUserSettings();
  return run({ settings, folders: modelFolders(settings, settings.models) }, options, names);
}

/** What `list` and `verify` say of one model. */
interface Listed {
  readonly name: string;
  readonly title: string;
  readonly purpose: string;
  readonly licence: string;
  readonly bytes: number;
  /** Whether all of it can be checked by published digests. Nothing of a folder that is yours alone. */
  readonly pinned?: boolean;
  /** What a network gives and takes, and what reads it. */
  readonly about: readonly string[];
  readonly folder: string;
  readonly state: 'here' | 'incomplete' | 'missing';
  readonly remedy?: string;
  readonly files: readonly string[];
}

async function list({ folders }: Known, options: ParsedOptions): Promise<number> {
  const listed = await Promise.all(folders.names.map((name) => describe(name, folders)));
  if (options.flag('json')) {
    print(`${JSON.stringify(listed, null, 2)}\n`);
    return EXIT.done;
  }
  const widest = Math.max(...listed.map(({ name }) => name.length));
  for (const { name, title, purpose, licence, bytes, pinned, about, folder, state, remedy } of listed) {
    const size = bytes === 0 ? '' : `, ${sizeWords(bytes)}`;
    const standing = `${licence}${size}${pinned === false ? `, ${NOT_PINNED}` : ''}`;
    print(`${state.padEnd(10)}  ${name.padEnd(widest)}  ${purpose}: ${title} (${standing})\n`);
    const indent = ' '.repeat(12 + widest + 2);
    for (const line of about) print(`${indent}${line}\n`);
    print(state === 'here' ? `${indent}${folder}\n` : `${indent}-> ${remedy}\n`);
  }
  return EXIT.done;
}

const NOT_PINNED = 'not pinned';

async function describe(name: string, folders: ModelFolders): Promise<Listed> {
  const entry = folders.entry(name);
  const folder = folders.placeOf(name);
  const lacking = entry === undefined ? [] : missingFiles(folder, entry);
  const fault = await folders.find(name).then(
    () => undefined,
    (thrown: unknown) => thrown as ModelFault,
  );
  const partly = entry !== undefined && lacking.length > 0 && lacking.length < entry.files.length;
  return {
    name,
    title: entry?.title ?? 'a folder of your configuration',
    purpose: entry?.purpose ?? 'yours',
    licence: entry?.licence.name ?? 'as you know it',
    bytes: entry === undefined ? 0 : bytesOf(entry),
    ...(entry !== undefined && { pinned: isFetchable(entry) }),
    about: entry === undefined ? [] : aboutNetwork(entry),
    folder,
    state: fault === undefined ? 'here' : partly ? 'incomplete' : 'missing',
    ...(fault !== undefined && { remedy: fault.remedy ?? fault.message }),
    files: entry?.files.map(({ path }) => path) ?? [],
  };
}

async function get(known: Known, options: ParsedOptions, names: readonly string[]): Promise<number> {
  const { folders } = known;
  const entries = names.map((name) => entryNamed(name, folders.entry(name), folders.names));
  const record = licenceRecord();
  for (const entry of entries) if (options.flag('accept-licence')) await record.accept(entry);
  for (const entry of entries)
    if (!record.has(entry))
      throw new ModelFault({
        code: 'model.licence',
        where: `model ${entry.name}`,
        expected: `that you accept its licence, ${entry.licence.name}`,
        got: 'no word of it',
        remedy: `read ${entry.licence.url}, then run it with --accept-licence`,
      });
  const stop = new AbortController();
  const end = (): void => stop.abort(new DOMException('cancelled', 'AbortError'));
  for (const signal of STOP_SIGNALS) process.once(signal, end);
  try {
    for (const entry of entries) await getOne(entry, folders.placeOf(entry.name), hostFor(entry, known), stop.signal);
    return EXIT.done;
  } catch (thrown) {
    if (!stop.signal.aborted) throw thrown;
    complain('cancelled; what came is kept, and the next get goes on from there\n');
    return EXIT.cancelled;
  } finally {
    for (const signal of STOP_SIGNALS) process.off(signal, end);
  }
}

async function getOne(entry: ModelEntry, folder: string, host: string, signal: AbortSignal): Promise<void> {
  const came = await getModel(entry, {
    folder,
    host,
    signal,
    say: (file, done, total) =>
      print(`  ${entry.name}/${file}  ${total <= 1 ? 'here' : `${sizeWords(done)} of ${sizeWords(total)}`}\n`),
  });
  print(`${entry.name}: ${came.length === 0 ? 'all of it was here' : `in ${folder}, digests right`}\n`);
}

/** Where a model may be fetched from. @throws ModelFault that says what to put where */
function hostFor(entry: ModelEntry, { settings, folders }: Known): string {
  const folder = folders.placeOf(entry.name);
  proveFetchable(entry, folder);
  const host = hostOf(entry.name, settings);
  if (host !== undefined) return host;
  const example = `{ "${entry.name}": "https://host/{path}" }`;
  throw new ModelFault({
    code: 'model.no-host',
    where: `model ${entry.name}`,
    expected: 'a host to fetch it from',
    got: `none in ${userSettingsPath()}`,
    remedy: `name one there under modelHosts, e.g. ${example}, or ${byHand(folder, entry)}`,
  });
}

/** What `verify` found of one model. */
interface Verified {
  readonly name: string;
  readonly folder: string;
  readonly ok: boolean;
  /** Whether there was a published digest of every file. Nothing of a folder that is yours alone. */
  readonly pinned?: boolean;
  readonly wrong: readonly string[];
  readonly digest?: string;
}

async function verify({ folders }: Known, options: ParsedOptions, names: readonly string[]): Promise<number> {
  const here = names.length > 0 ? names : await modelsHere(lookUpIn(folders));
  const verified: Verified[] = [];
  for (const name of here) {
    const entry = folders.entry(name);
    const { folder, digest } = await folders.find(name);
    const wrong: string[] = [];
    for (const file of entry?.files ?? []) if (!(await isWhole(join(folder, file.path), file))) wrong.push(file.path);
    const pinned = entry === undefined ? {} : { pinned: isFetchable(entry) };
    verified.push({ name, folder, ok: wrong.length === 0, ...pinned, wrong, digest: await digest() });
  }
  if (options.flag('json')) print(`${JSON.stringify(verified, null, 2)}\n`);
  else for (const each of verified) print(`${lineOf(each)}\n`);
  if (verified.length === 0 && !options.flag('json'))
    print('no model is here; soliloquy models list says what gets one\n');
  return verified.every(({ ok }) => ok) ? EXIT.done : EXIT.failed;
}

function lineOf({ name, folder, ok, pinned, wrong, digest }: Verified): string {
  if (ok)
    return `${name}: ${pinned === false ? `here, ${NOT_PINNED}` : 'right'} (${digest?.slice(0, DIGITS)}), ${folder}`;
  return `${name}: not as published: ${wrong.join(', ')}; remove it from ${folder} and get it again`;
}

const DIGITS = 12;

/** @throws ModelFault `model.unknown` */
function entryNamed(name: string, entry: ModelEntry | undefined, known: readonly string[]): ModelEntry {
  if (entry !== undefined) return entry;
  throw new ModelFault({
    code: 'model.unknown',
    where: 'soliloquy models get',
    expected: `a model of the registry (${known.join(', ')})`,
    got: `"${name}"`,
    remedy: 'correct the name, or declare it under modelEntries in your configuration',
  });
}
