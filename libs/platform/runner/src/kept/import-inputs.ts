import { constants } from 'node:fs';
import { resolve } from 'node:path';
import { describeFiles, type ArtifactRef, type ArtifactStore } from '@soliloquy/artifacts';
import { decodeGiven, decodeText, reasonOf, UnreadableFile } from '@soliloquy/decoding';
import { Fault, partsOf } from '@soliloquy/fault';
import { portTypes, type GraphDocument, type LicenceBehind, type StageRegistry } from '@soliloquy/graph';
import type { ArtifactFiles, PortType } from '@soliloquy/ports';
import { proveLineage } from './given-lineage.ts';
import { InputError } from './input-error.ts';

/** A larger file is no picture, voice or dictionary. Bytes. */
const LARGEST = 2 ** 31 - 1;

/** A graph's input as it was imported. */
export interface ImportedInput {
  readonly ref: ArtifactRef;
  /** The path, or the text itself. */
  readonly given: string;
  /** Of others, that stand behind it, as the file itself says; none where left out. */
  readonly licences?: readonly LicenceBehind[];
}

type Confine = (path: string, where: string) => Promise<string>;

/** Where the files that a document names may lie, and who reads them. */
export interface InputRooms {
  /** To which given paths are relative; the working folder when left out. */
  readonly givenFolder?: string;
  /** The real path of a file that the document may name. @throws InputError for one that it may not */
  readonly confine?: Confine;
  /** As `confine`, of what was given; that is the person's own when left out. */
  readonly confineGiven?: Confine;
  /** Exports the stages, for the process that reads a file whose type a project brought. Left out: it is read here. */
  readonly registryModule?: string;
}

/**
 * Brings a graph's inputs into the store: what was given, else the document's defaults. Files are decoded in a process
 * of their own, within limits (`@soliloquy/decoding`).
 *
 * @param given by input name: a path (relative to the working folder), or for text the text itself or `@` and a path
 * @param graphFolder to which the document's default paths are relative
 * @param rooms where files may lie, for a document that nobody vouches for
 * @returns optional inputs that were left out are not there
 * @throws InputError
 */
export async function importInputs(
  document: GraphDocument,
  registry: StageRegistry,
  given: ReadonlyMap<string, string>,
  graphFolder: string,
  store: ArtifactStore,
  rooms: InputRooms = {},
): Promise<Map<string, ImportedInput>> {
  const names = Object.keys(document.inputs);
  for (const name of given.keys()) {
    if (!Object.hasOwn(document.inputs, name))
      throw new InputError({
        code: 'run.bad-input',
        where: `--input ${name}`,
        expected: `an input of ${document.name} (${names.join(', ') || 'it has none'})`,
        got: `"${name}"`,
        remedy: 'choose one of them',
      });
  }
  const types = portTypes(registry);
  const imported = new Map<string, ImportedInput>();
  for (const [name, spec] of Object.entries(document.inputs)) {
    const value = given.get(name) ?? spec.default;
    if (value === undefined) {
      if (spec.optional) continue;
      throw new InputError({
        code: 'run.bad-input',
        where: `${document.name}.inputs.${name}`,
        expected: spec.type,
        got: 'nothing',
        remedy: `give it with --input ${name}=…`,
      });
    }
    const where = given.has(name) ? `--input ${name}` : `${document.name}.inputs.${name}`;
    const type = types.get(spec.type);
    if (type?.fromUser === undefined)
      throw new InputError({
        code: 'run.bad-input',
        where,
        expected: 'a type that a person can give',
        got: spec.type,
        remedy: 'feed it from a node',
      });
    const own = given.has(name);
    const source: Source = {
      where,
      value,
      folder: own ? (rooms.givenFolder ?? '.') : graphFolder,
      confine: own ? rooms.confineGiven : rooms.confine,
    };
    const path = await placeOf(type, source);
    const licences = path === undefined ? [] : await proveLineage(document, registry, name, path);
    imported.set(name, {
      ref: await store.put(type.id, await filesOf(type, source, path, rooms.registryModule)),
      given: value,
      ...(licences.length > 0 && { licences }),
    });
  }
  return imported;
}

/** The digest that a file of a person is stored under as a value of a type. @throws InputError */
export async function digestOfGiven(type: PortType, path: string, where: string): Promise<string> {
  const source: Source = { where, value: path, folder: '.', confine: undefined };
  return describeFiles(type.id, await filesOf(type, source, resolve(path), undefined)).digest;
}

/** An input as it was given, and where that may lie. */
interface Source {
  readonly where: string;
  readonly value: string;
  /** to which a path is relative */
  readonly folder: string;
  readonly confine: Confine | undefined;
}

/** Where the file is that was given; `undefined` for the text itself. @throws InputError where it may not lie */
async function placeOf(type: PortType, { where, value, folder, confine }: Source): Promise<string | undefined> {
  if (type.id === 'text' && !value.startsWith('@')) return undefined;
  const named = resolve(folder, type.id === 'text' ? value.slice(1) : value);
  return confine === undefined ? named : confine(named, where);
}

/** @throws InputError */
async function filesOf(
  type: PortType,
  { where, value, confine }: Source,
  path: string | undefined,
  registryModule: string | undefined,
): Promise<ArtifactFiles> {
  try {
    if (path === undefined) return await decodeText(type, value);
    const flags = confine === undefined ? 0 : (constants.O_NOFOLLOW ?? 0);
    return await decodeGiven(type, { path, flags, most: LARGEST }, registryModule);
  } catch (cause) {
    if (cause instanceof UnreadableFile) throw unreadable(where, path ?? value, cause);
    if (cause instanceof Fault) throw new InputError({ ...partsOf(cause), code: 'run.bad-input' }, { cause });
    const got = `${inShort(value)}: ${reasonOf(cause)}`;
    throw new InputError({ code: 'run.bad-input', where, expected: type.id, got, remedy: 'correct it' }, { cause });
  }
}

function unreadable(where: string, path: string, cause: UnreadableFile): InputError {
  const told = { ENOENT: 'none', ENOTREG: 'something else', EFBIG: 'more' }[cause.code] ?? cause.code;
  const tooLarge = cause.code === 'EFBIG';
  return new InputError(
    {
      code: 'run.bad-input',
      where,
      expected: tooLarge ? 'a file up to 2 GiB' : 'a file that can be read',
      got: `${told} at ${path}`,
      remedy: tooLarge ? 'give a smaller one' : 'check the path',
    },
    { cause },
  );
}

function inShort(value: string): string {
  return value.length > 60 ? `${value.slice(0, 59)}…` : value;
}
