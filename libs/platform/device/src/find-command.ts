import { accessSync, constants, statSync } from 'node:fs';
import { posix, win32 } from 'node:path';

/** Where commands are looked for; this process's own unless told otherwise. */
export interface CommandPlaces {
  readonly platform?: string;
  readonly environment?: Readonly<Record<string, string | undefined>>;
}

/**
 * Where a command lies on PATH (or at the path that was given), without running it; `undefined` when it is not there.
 * On Windows also under the endings of programs that start without a shell: `nats-server` is `nats-server.exe`.
 */
export function findCommand(
  name: string,
  { platform = process.platform, environment = process.env }: CommandPlaces = {},
): string | undefined {
  const { delimiter, join } = platform === 'win32' ? win32 : posix;
  const path = environment.PATH ?? environment.Path ?? '';
  const places = /[/\\]/.test(name) ? [name] : path.split(delimiter).map((folder) => join(folder, name));
  // A .cmd or .bat needs a shell, which is never used.
  const endings = platform === 'win32' ? ['', '.exe', '.com'] : [''];
  return places.flatMap((place) => endings.map((ending) => place + ending)).find(isProgram);
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}
