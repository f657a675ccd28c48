import { spawn } from 'node:child_process';
import type { Readable } from 'node:stream';
import { findCommand } from '@soliloquy/device';
import { StageError } from '@soliloquy/stage';
import { endWithChildren } from '../transport/end-with-children.ts';
import { killLeftIn, killTree } from '../transport/process-tree.ts';
import type { ExternalBackbone } from './worker-config.ts';

const KEPT = 4000;
const SHOWN = 300;
const GRACE_MS = 2000;

export interface CommandRun {
  /** What messages call it. */
  readonly where: string;
  readonly config: ExternalBackbone & { readonly command: readonly string[] };
  /** Its working folder. */
  readonly folder: string;
  /** What stands for `{name}` in its arguments. */
  readonly paths: Readonly<Record<string, string>>;
  readonly signal: AbortSignal;
  /** Each line that it writes. */
  readonly line: (text: string) => void;
}

/**
 * Runs a configured command to its end: in its folder, without a shell, with the variables that are named and no
 * others, for so long and with so much memory as it may. Whatever it started ends with it.
 *
 * @throws StageError `task.command-missing`, `task.command-failed`, `task.command-timeout`; the signal's reason when it
 *   aborts
 */
export async function runCommand({ where, config, folder, paths, signal, line }: CommandRun): Promise<void> {
  const [name, ...rest] = config.command;
  const program = findCommand(name);
  if (program === undefined)
    throw new StageError({
      code: 'task.command-missing',
      where,
      expected: `the program ${name}`,
      got: 'none of that name that can be run',
      remedy: "correct the worker's configuration",
    });
  const given = rest.map((text) => text.replace(/\{(\w+)\}/g, (whole, key: string) => paths[key] ?? whole));
  const environment = Object.fromEntries(
    config.environment.flatMap((key) => (process.env[key] === undefined ? [] : [[key, process.env[key]]])),
  );
  // `ulimit` of the shell that then becomes the program: Node cannot limit what it starts. The arguments are no text of
  // the script.
  const limited = config.memoryMiB !== undefined && process.platform === 'linux';
  if (config.memoryMiB !== undefined && !limited)
    line(`memoryMiB ${config.memoryMiB} sets no limit on ${process.platform}: only Linux can be told`);
  const [file, args] = limited
    ? ['/bin/sh', ['-c', `ulimit -v ${(config.memoryMiB as number) * 1024} && exec "$0" "$@"`, program, ...given]]
    : [program, given];
  signal.throwIfAborted();
  const child = spawn(file, args, {
    cwd: folder,
    env: environment,
    stdio: ['ignore', 'pipe', 'pipe'],
    // A group of its own, which ends as one; on Windows it would be a window of its own.
    detached: process.platform !== 'win32',
    windowsHide: true,
  });
  const kill = (how: 'SIGTERM' | 'SIGKILL'): void => endWithChildren(child.pid, how);
  const lastWords = hear([child.stdout, child.stderr], line);
  let late = false;
  const stop = (): void => {
    kill('SIGTERM');
    setTimeout(() => killTree(child.pid), GRACE_MS).unref();
  };
  const timer = setTimeout(() => {
    late = true;
    stop();
  }, config.seconds * 1000);
  signal.addEventListener('abort', stop, { once: true });
  try {
    const [code, how] = await new Promise<[number | null, NodeJS.Signals | null]>((resolve, reject) => {
      child.on('error', reject);
      child.on('exit', (...end) => resolve(end));
    });
    signal.throwIfAborted();
    if (late)
      throw new StageError({
        code: 'task.command-timeout',
        where,
        expected: `${name} to end within ${config.seconds} s`,
        got: 'nothing',
        remedy: "allow it more in the worker's configuration",
      });
    const last = lastWords();
    if (code !== 0)
      throw new StageError({
        code: 'task.command-failed',
        where,
        expected: `${name} to end with 0`,
        got: `${how ?? code}${last ? ` ("${last}")` : ''}`,
        remedy: "run it by hand, or allow it more memory in the worker's configuration",
      });
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', stop);
    // What it left behind. Windows finds that by its parent alone, whose number may be another's by now.
    if (process.platform !== 'win32') kill('SIGKILL');
    // What made a session of its own.
    killLeftIn(folder);
  }
}

/** Gives each line that is written to `line`. @returns what gives the last of them, cut to what a message shows */
function hear(streams: readonly Readable[], line: (text: string) => void): () => string {
  let said = '';
  for (const stream of streams) {
    let open = '';
    stream.setEncoding('utf8').on('data', (text: string) => {
      said = (said + text).slice(-KEPT);
      const lines = (open + text).split('\n');
      open = (lines.pop() ?? '').slice(-KEPT);
      lines.forEach(line);
    });
  }
  return () => said.trim().split('\n').at(-1)?.slice(-SHOWN) ?? '';
}
