import { constants } from 'node:fs';
import { basename, resolve } from 'node:path';
import { readRegularFile, StoreError, type ArtifactRef, type ArtifactStore } from '@soliloquy/artifacts';
import { Fault, partsOf } from '@soliloquy/fault';
import { portTypes, type GraphDocument, type StageRegistry } from '@soliloquy/graph';
import type { UserGiven } from '@soliloquy/ports';
import { InputError } from './input-error.ts';

/** A larger file is no picture, voice or dictionary. Bytes. */
const LARGEST = 2 ** 31 - 1;

/** A graph's input as it was imported. */
export interface ImportedInput {
  readonly ref: ArtifactRef;
  /** The path, or the text itself. */
  readonly given: string;
}

type Confine = (path: string, where: string) => Promise<string>;

/** Where the files that a document names may lie. */
export interface InputRooms {
  /** To which given paths are relative; the working folder when left out. */
  readonly givenFolder?: string;
  /** The real path of a file that the document may name. @throws InputError for one that it may not */
  readonly confine?: Confine;
  /** As `confine`, of what was given; that is the person's own when left out. */
  readonly confineGiven?: Confine;
}

/**
 * Brings a graph's inputs into the store: what was given, else the document's defaults.
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
    const source = await readGiven(
      where,
      spec.type,
      value,
      given.has(name) ? (rooms.givenFolder ?? '.') : graphFolder,
      given.has(name) ? rooms.confineGiven : rooms.confine,
    );
    try {
      imported.set(name, {
        ref: await store.put(type.id, await type.encode(await type.fromUser(source))),
        given: value,
      });
    } catch (cause) {
      if (cause instanceof StoreError) throw cause;
      if (cause instanceof Fault) throw new InputError({ ...partsOf(cause), code: 'run.bad-input' }, { cause });
      throw new InputError(
        {
          code: 'run.bad-input',
          where,
          expected: spec.type,
          got: `${inShort(value)}: ${reason(cause)}`,
          remedy: 'correct it',
        },
        {
          cause,
        },
      );
    }
  }
  return imported;
}

async function readGiven(
  where: string,
  type: string,
  value: string,
  folder: string,
  confine: Confine | undefined,
): Promise<UserGiven> {
  if (type === 'text' && !value.startsWith('@')) return { kind: 'text', text: value };
  const named = resolve(folder, type === 'text' ? value.slice(1) : value);
  const path = confine === undefined ? named : await confine(named, where);
  try {
    const bytes = await readRegularFile(path, LARGEST, confine === undefined ? 0 : (constants.O_NOFOLLOW ?? 0));
    return { kind: 'file', name: basename(path), bytes };
  } catch (cause) {
    const code = (cause as NodeJS.ErrnoException).code ?? 'an error';
    const told = { ENOENT: 'none', ENOTREG: 'something else', EFBIG: 'more' }[code] ?? code;
    const tooLarge = code === 'EFBIG';
    throw new InputError(
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
}

function inShort(value: string): string {
  return value.length > 60 ? `${value.slice(0, 59)}…` : value;
}

function reason(cause: unknown): string {
  if (cause instanceof Error && cause.name === 'ZodError') {
    const issue = (cause as Error & { issues: { path: PropertyKey[]; message: string }[] }).issues[0];
    return `${issue.path.map(String).join('.')} ${issue.message}`.trim();
  }
  return cause instanceof Error ? cause.message.split('\n', 1)[0] : String(cause);
}
