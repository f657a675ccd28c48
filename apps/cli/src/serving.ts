import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { findCommand } from '@soliloquy/device';
import { print } from './print.ts';
import { STOP_SIGNALS, whenHandingOverEnds } from './stop-signals.ts';
import { UsageError } from './usage-error.ts';

/** What is served on this machine. */
export interface Serving {
  /** of whom or what, e.g. `notebook of /home/ada/film` */
  readonly title: string;
  /** Another one-time link. */
  readonly link: () => string;
  readonly opensBrowser: boolean;
}

/** Shows the link, and serves until someone says that it is enough. */
export async function serveUntilTold({ title, link, opensBrowser }: Serving): Promise<void> {
  // Who reads the link may end the command at once, so the signals are heard before it is printed.
  const toldToEnd = told();
  const first = link();
  print(
    `${title}\n  ${first}\nThe link works ` +
      `once${process.stdin.isTTY ? '; press Enter for another, Ctrl-C to end' : ''}.\n`,
  );
  if (opensBrowser && process.stdout.isTTY) openBrowser(first);
  const keyboard = process.stdin.isTTY ? createInterface({ input: process.stdin }) : undefined;
  keyboard?.on('line', () => print(`  ${link()}\n`));
  await toldToEnd;
  keyboard?.close();
}

/** Until someone says that it is enough: a signal, or the end of the process that handed over to this one. */
function told(): Promise<void> {
  return new Promise((done) => {
    for (const signal of STOP_SIGNALS) process.once(signal, () => done());
    whenHandingOverEnds(done);
  });
}

/** A machine without a browser, or without a screen, shows the link alone. */
function openBrowser(link: string): void {
  const command = process.platform === 'darwin' ? 'open' : process.platform === 'win32' ? 'explorer' : 'xdg-open';
  const screenless = process.platform === 'linux' && !process.env.DISPLAY && !process.env.WAYLAND_DISPLAY;
  if (screenless || findCommand(command) === undefined) return;
  spawn(command, [link], { stdio: 'ignore', detached: true })
    .on('error', () => {})
    .unref();
}

/** @throws UsageError */
export function parsePort(text: string | undefined): number {
  if (text === undefined) return 0;
  const port = Number(text);
  if (!/^\d+$/.test(text) || port > 65535)
    throw new UsageError({
      code: 'usage.call',
      where: '--port',
      expected: 'a whole number from 0 to 65535',
      got: `"${text}"`,
      remedy: 'leave it out for any free one',
    });
  return port;
}
