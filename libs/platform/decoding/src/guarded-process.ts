import { fork, type ChildProcess } from 'node:child_process';
import type { Socket } from 'node:net';
import { MEMORY_MARK } from './child/watch-over.ts';
import type { Limits } from './limits.ts';

/** How a job ended: with an answer, or with its process. */
export type Outcome =
  | { readonly kind: 'answer'; readonly value: unknown }
  /** it was killed at its deadline */
  | { readonly kind: 'late' }
  /** it was killed above its memory, MiB */
  | { readonly kind: 'swollen'; readonly mebibytes: number }
  /** `how`, e.g. `SIGSEGV` or `exit code 134` */
  | { readonly kind: 'died'; readonly how: string; readonly lastWords: string };

/** What a program on the other side hears. See `serveJobs`. */
export interface JobMessage {
  readonly id: number;
  readonly job: unknown;
  readonly mebibytes: number;
}

/** What it says of a job: that it began, and what came of it. */
export type JobAnswer =
  { readonly id: number; readonly begun: true } | { readonly id: number; readonly value: unknown };

const WORDS_KEPT = 2000;
/** A program that was not loaded by then never will be. Not part of a job's time: the machine may be busy. */
const START_SECONDS = 60;

/**
 * A process that does one job at a time within limits and is killed at them. It does not keep this process alive but
 * while it has a job, and ends with it, however it ends.
 */
export class GuardedProcess {
  readonly #child: ChildProcess;
  readonly #ended: Promise<string>;
  #said = '';
  #jobs = 0;

  /**
   * @param program a module that calls `serveJobs`
   */
  constructor(program: URL) {
    this.#child = fork(program, [String(process.pid)], {
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
      serialization: 'advanced',
      execArgv: [],
    });
    this.#ended = new Promise((resolve) => {
      this.#child.once('error', (error) => resolve(error.message));
      this.#child.once('close', (code, signal) => resolve(signal ?? `exit code ${code}`));
    });
    this.#child.stderr?.on('data', (part: Buffer) => {
      this.#said = (this.#said + part.toString('utf8')).slice(-WORDS_KEPT);
    });
    this.#hold(false);
  }

  get pid(): number | undefined {
    return this.#child.pid;
  }

  /** Does a job; unless it is answered, the process is gone afterwards. Never rejects. */
  async ask(job: unknown, { seconds, mebibytes }: Limits): Promise<Outcome> {
    const id = ++this.#jobs;
    this.#hold(true);
    let late: NodeJS.Timeout | undefined;
    const answered = new Promise<Outcome>((resolve) => {
      const wait = (most: number): void => {
        clearTimeout(late);
        late = setTimeout(() => resolve({ kind: 'late' }), 1000 * most);
      };
      this.#child.on('message', (message: JobAnswer) => {
        if (message.id !== id) return;
        if ('begun' in message) wait(seconds);
        else resolve({ kind: 'answer', value: message.value });
      });
      wait(START_SECONDS);
      void this.#ended.then((how) => resolve(this.#obituary(how)));
    });
    // A process that just ended refuses what it is sent: `#ended` says how.
    this.#child.send({ id, job, mebibytes } satisfies JobMessage, () => {});
    const outcome = await answered;
    clearTimeout(late);
    this.#child.removeAllListeners('message');
    if (outcome.kind !== 'answer') await this.kill();
    this.#hold(false);
    return outcome;
  }

  async kill(): Promise<void> {
    this.#child.kill('SIGKILL');
    this.#hold(true);
    await this.#ended;
  }

  #obituary(how: string): Outcome {
    const swollen = this.#said.match(new RegExp(`${MEMORY_MARK} (\\d+)`));
    if (swollen) return { kind: 'swollen', mebibytes: Number(swollen[1]) };
    const heap = this.#said.match(/heap out of memory/i);
    if (heap) return { kind: 'swollen', mebibytes: Number.NaN };
    return { kind: 'died', how, lastWords: this.#said.trim().split('\n').at(-1) ?? '' };
  }

  /** Whether the event loop waits for this process. */
  #hold(held: boolean): void {
    for (const handle of [this.#child, this.#child.channel, this.#child.stderr as Socket | null])
      if (held) handle?.ref();
      else handle?.unref();
  }
}
