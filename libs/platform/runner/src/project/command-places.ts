import { resolve } from 'node:path';
import type { ExternalBackbone } from '../external/worker-config.ts';
import { configFault } from './config-fault.ts';
import { combineDigests, importClosure } from './import-closure.ts';
import type { MachineSettings } from './project-config.ts';

/** Folders by name, of this machine. */
export type Places = Pick<MachineSettings, 'checkouts' | 'models'>;

/**
 * The commands with paths in place of `{checkouts.NAME}` and `{models.NAME}`, and of what begins with `./`.
 *
 * @param folder to which `./` is relative
 * @throws Fault `config.unknown-place`
 */
export function placeCommands(
  commands: Readonly<Record<string, ExternalBackbone>>,
  places: Places,
  folder: string,
  where: string,
): Record<string, ExternalBackbone> {
  const placed = (text: string): string => {
    const named = text.replace(/\{(checkouts|models)\.([\w.-]+)\}/g, (_whole, kind: keyof Places, name: string) => {
      if (Object.hasOwn(places[kind], name)) return places[kind][name] as string;
      throw configFault({
        code: 'config.unknown-place',
        where: `${where}: backbones`,
        expected: `a folder in ${kind} (${Object.keys(places[kind]).join(', ') || 'none'})`,
        got: `"${name}"`,
        remedy: `name it under ${kind} in the project's or your own configuration`,
      });
    });
    return /^\.\.?\//.test(named) ? resolve(folder, named) : named;
  };
  return Object.fromEntries(
    Object.entries(commands).map(([key, each]) => [key, { ...each, command: each.command?.map(placed) }]),
  );
}

/** Digest of the files in a project that a command runs; `undefined` where all of it is elsewhere. */
export function contentOfCommand(
  root: string,
  files: ReadonlySet<string>,
  command: ExternalBackbone,
): string | undefined {
  const own = (command.command ?? []).filter((part) => files.has(part)).map((part) => importClosure(root, part).digest);
  return own.length === 0 ? undefined : combineDigests(own);
}
