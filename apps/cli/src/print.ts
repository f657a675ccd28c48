import { printable } from '@soliloquy/fault';

/** Writes to standard output what may hold a stranger's words. All but the display of a run goes this way. */
export function print(text: string): void {
  process.stdout.write(printable(text));
}

/** As `print`, to standard error. */
export function complain(text: string): void {
  process.stderr.write(printable(text));
}
