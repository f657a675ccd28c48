import { homedir } from 'node:os';
import { join } from 'node:path';

/** Where what belongs to the person and to no project is kept, e.g. who may enter a notebook. */
export function userStateFolder(): string {
  const { LOCALAPPDATA, XDG_STATE_HOME } = process.env;
  const home =
    process.platform === 'win32'
      ? (LOCALAPPDATA ?? join(homedir(), 'AppData', 'Local'))
      : XDG_STATE_HOME !== undefined && XDG_STATE_HOME !== ''
        ? XDG_STATE_HOME
        : join(homedir(), '.local', 'state');
  return join(home, 'soliloquy');
}
