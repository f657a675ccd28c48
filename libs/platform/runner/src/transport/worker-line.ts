import type { ChildProcess } from 'node:child_process';
import { killTree } from '@soliloquy/launcher/process-tree';
import type { FromWorker, ToWorker } from './protocol.ts';

/** How a worker process ended. */
export interface WorkerExit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  /** The last line that it wrote to its error output. */
  readonly lastWords: string;
}

const KEPT_WORDS = 2000;

/** The runner's end of one worker process. */
export class WorkerLine {
  onMessage: ((message: FromWorker) => void) | undefined;
  onExit: ((exit: WorkerExit) => void) | undefined;
  /** The stage whose code it has loaded last. */
  warmFor: string | undefined;
  exited: WorkerExit | undefined;
  /** Settles when the process is gone. */
  readonly ended: Promise<void>;
  readonly #child: ChildProcess;
  #words = '';

  constructor(child: ChildProcess) {
    this.#child = child;
    child.on('message', (message) => this.onMessage?.(message as FromWorker));
    for (const stream of [child.stdout, child.stderr]) {
      // What libraries print is no part of a run's output: it is kept for the obituary.
      stream?.setEncoding('utf8').on('data', (text: string) => {
        this.#words = (this.#words + text).slice(-KEPT_WORDS);
        if (process.env.SOLILOQUY_DEBUG === '1') process.stderr.write(text);
      });
    }
    this.ended = new Promise((resolve) => {
      const end = (code: number | null, signal: NodeJS.Signals | null): void => {
        if (this.exited) return;
        this.exited = { code, signal, lastWords: this.#words.trim().split('\n').at(-1)?.slice(0, 200) ?? '' };
        this.onExit?.(this.exited);
        resolve();
      };
      child.on('exit', end);
      child.on('error', (error) => {
        this.#words += error.message;
        if (child.pid === undefined) end(null, null);
      });
    });
  }

  get pid(): number | undefined {
    return this.#child.pid;
  }

  send(message: ToWorker): void {
    // A worker that died in between is noticed by its exit, not here.
    if (this.#child.connected) this.#child.send(message, () => {});
  }

  /** Ends the process at once, with every command that it started: it holds nothing that is not stored. */
  async kill(): Promise<void> {
    if (!this.exited) killTree(this.#child.pid);
    await this.ended;
  }
}
