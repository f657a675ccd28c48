import { spawn, type ChildProcess } from 'node:child_process';
import type { Readable } from 'node:stream';
import { findCommand } from '@soliloquy/device';
import { StageError } from '@soliloquy/stage';
import { endWithChildren } from './end-with-children.ts';
import { killLeftIn, killTree, TASK_VARIABLE } from './process-tree.ts';

const KEPT = 4000;
const SHOWN = 300;
const GRACE_MS = 2000;

/** A program that is run to its end. */
export interface Launch {
  /** What messages call it. */
  readonly where: string;
  /** A name on PATH (of `environment`), or a path. */
  readonly program: string;
  /** One element an argument: nothing is ever read by a shell. */
  readonly args: readonly string[];
  /** Its working folder. */
  readonly folder: string;
  /** The folder of the task, by which what outlives the program is known again; the working folder when left out. */
  readonly task?: string;
  /** All variables that it gets. */
  readonly environment: Readonly<Record<string, string>>;
  /** After which it is ended. */
  readonly seconds: number;
  /** Seconds without a word on standard output or error after which it is ended; never, when left out. */
  readonly silence?: number;
  /** Address space of each of its processes (`ulimit -v`, Linux; elsewhere there is no limit and a line says so). */
  readonly memoryMiB?: number;
  readonly signal: AbortSignal;
  /** Each line that it writes; what a carriage return overwrites is a line too. */
  readonly line: (text: string) => void;
  /** Whose settings set its limits, for messages. */
  readonly settings: string;
}

/**
 * Runs a program to its end: without a shell, with the variables that are given and no others, for so long, with so
 * much memory and as silent as it may. Whatever it started ends with it, in sessions of its own too.
 *
 * @throws StageError `task.command-missing`, `task.command-failed`, `task.command-timeout`, `task.command-silent`; the
 *   signal's reason when it aborts
 */
export async function launch(given: Launch): Promise<void> {
  const { where, folder, task = folder, signal } = given;
  const program = findCommand(given.program, { environment: { ...process.env, ...given.environment } });
  if (program === undefined)
    throw new StageError({
      code: 'task.command-missing',
      where,
      expected: `the program ${given.program}`,
      got: 'none of that name that can be run',
      remedy: `correct ${given.settings}`,
    });
  signal.throwIfAborted();
  const [file, args] = limited(given, program);
  const child = spawn(file, args, {
    cwd: folder,
    env: { ...given.environment, [TASK_VARIABLE]: task },
    stdio: ['ignore', 'pipe', 'pipe'],
    // A group of its own, which ends as one; on Windows it would be a window of its own.
    detached: process.platform !== 'win32',
    windowsHide: true,
  });
  const watch = new Watch(child, given);
  try {
    const [code, how] = await new Promise<[number | null, NodeJS.Signals | null]>((resolve, reject) => {
      child.on('error', reject);
      child.on('exit', (...end) => resolve(end));
    });
    signal.throwIfAborted();
    watch.proveInTime();
    const last = watch.lastWords();
    if (code !== 0)
      throw new StageError({
        code: 'task.command-failed',
        where,
        expected: `${given.program} to end with 0`,
        got: `${how ?? code}${last ? ` ("${last}")` : ''}`,
        remedy: `run it by hand, or allow it more memory in ${given.settings}`,
      });
  } finally {
    watch.end();
    // What it left behind. Windows finds that by its parent alone, whose number may be another's by now.
    if (process.platform !== 'win32') endWithChildren(child.pid, 'SIGKILL');
    // What made a session of its own.
    killLeftIn(task);
  }
}

/**
 * `ulimit` of the shell that then becomes the program: Node cannot limit what it starts. The arguments are no text of
 * the script.
 */
function limited({ memoryMiB, args, line }: Launch, program: string): [file: string, args: readonly string[]] {
  if (memoryMiB === undefined) return [program, args];
  if (process.platform !== 'linux') {
    line(`memoryMiB ${memoryMiB} sets no limit on ${process.platform}: only Linux can be told`);
    return [program, args];
  }
  return ['/bin/sh', ['-c', `ulimit -v ${memoryMiB * 1024} && exec "$0" "$@"`, program, ...args]];
}

/** Ends a program when its time is over, when it falls silent, and when its task is cancelled. */
class Watch {
  readonly #child: ChildProcess;
  readonly #given: Launch;
  readonly #deadline: NodeJS.Timeout;
  readonly #quiet: NodeJS.Timeout | undefined;
  readonly #words: () => string;
  readonly #stop = (): void => {
    endWithChildren(this.#child.pid, 'SIGTERM');
    setTimeout(() => killTree(this.#child.pid), GRACE_MS).unref();
  };
  #over: 'late' | 'silent' | undefined;

  constructor(child: ChildProcess, given: Launch) {
    this.#child = child;
    this.#given = given;
    this.#deadline = setTimeout(() => this.#giveUp('late'), given.seconds * 1000);
    if (given.silence !== undefined) this.#quiet = setTimeout(() => this.#giveUp('silent'), given.silence * 1000);
    const streams = [child.stdout, child.stderr] as readonly Readable[];
    this.#words = hear(streams, given.line, () => this.#quiet?.refresh());
    given.signal.addEventListener('abort', this.#stop, { once: true });
  }

  /** The last line that was written, cut to what a message shows. */
  lastWords(): string {
    return this.#words();
  }

  /** @throws StageError `task.command-timeout`, `task.command-silent` */
  proveInTime(): void {
    const { where, program, seconds, silence, settings } = this.#given;
    if (this.#over === 'late')
      throw new StageError({
        code: 'task.command-timeout',
        where,
        expected: `${program} to end within ${seconds} s`,
        got: 'nothing',
        remedy: `allow it more in ${settings}`,
      });
    const last = this.lastWords();
    if (this.#over === 'silent')
      throw new StageError({
        code: 'task.command-silent',
        where,
        expected: `a word of ${program} within ${silence} s`,
        got: last === '' ? 'none since it began' : `none after "${last}"`,
        remedy: `run it by hand, or allow it more silence in ${settings}`,
      });
  }

  end(): void {
    clearTimeout(this.#deadline);
    clearTimeout(this.#quiet);
    this.#given.signal.removeEventListener('abort', this.#stop);
  }

  #giveUp(why: 'late' | 'silent'): void {
    this.#over ??= why;
    this.#stop();
  }
}

/** Gives each line that is written to `line`. @returns what gives the last of them, cut to what a message shows */
function hear(streams: readonly Readable[], line: (text: string) => void, sign: () => void): () => string {
  let said = '';
  for (const stream of streams) {
    let open = '';
    stream.setEncoding('utf8').on('data', (text: string) => {
      sign();
      said = (said + text).slice(-KEPT);
      const lines = (open + text).split(/\r\n|[\r\n]/);
      open = (lines.pop() ?? '').slice(-KEPT);
      lines.forEach(line);
    });
  }
  return () =>
    said
      .trim()
      .split(/[\r\n]/)
      .at(-1)
      ?.slice(-SHOWN) ?? '';
}
