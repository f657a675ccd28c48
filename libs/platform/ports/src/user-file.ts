import { PortError } from './port-error.ts';
import type { UserGiven } from './port-type.ts';

/** The file that a person gave, for port types that cannot be typed in. */
export function givenFile(given: UserGiven, what: string): { name: string; bytes: Uint8Array } {
  if (given.kind === 'file') return given;
  throw new PortError({
    code: 'port.value',
    where: what,
    expected: 'a file',
    got: `the text "${given.text.slice(0, 40)}"`,
    remedy: 'give the path of a file',
  });
}
