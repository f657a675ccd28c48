import { DecodingError } from './decoding-error.ts';
import { GuardedProcess } from './guarded-process.ts';
import type { Limits } from './limits.ts';

/** A picture, and a grid's thumbnails beside it. */
const PROCESSES = 2;
/** One that holds more after a job is not kept: what it holds counts against the next job's memory. MiB */
const KEPT_MEBIBYTES = 384;
const KEPT_IDLE_MS = 30_000;

interface Idle {
  readonly process: GuardedProcess;
  readonly expiry: NodeJS.Timeout;
}

/**
 * A few processes of one program, started when they are needed and kept warm for half a minute. A job that ends its
 * process takes nothing else with it.
 */
export class ProcessPool {
  readonly #program: URL;
  readonly #idle: Idle[] = [];
  readonly #waiting: (() => void)[] = [];
  #busy = 0;

  constructor(program: URL) {
    this.#program = program;
  }

  /** Starts a process ahead of its first job. */
  warm(): void {
    if (this.#busy + this.#idle.length === 0) this.#keep(new GuardedProcess(this.#program));
  }

  /**
   * Does a job that answers with how many MiB the process holds then, or without.
   *
   * @param name what messages call the file
   * @throws DecodingError when the process was ended by its limits, or ended itself
   */
  async ask(job: unknown, name: string, limits: Limits): Promise<unknown> {
    if (this.#busy >= PROCESSES) await new Promise<void>((resolve) => this.#waiting.push(resolve));
    else this.#busy += 1;
    try {
      const process = this.#take();
      const outcome = await process.ask(job, limits);
      if (outcome.kind !== 'answer') throw errorOf(outcome, name, limits);
      const { mebibytes = 0 } = outcome.value as { mebibytes?: number };
      if (mebibytes > KEPT_MEBIBYTES) void process.kill();
      else this.#keep(process);
      return outcome.value;
    } finally {
      const next = this.#waiting.shift();
      if (next === undefined) this.#busy -= 1;
      else next();
    }
  }

  #take(): GuardedProcess {
    const idle = this.#idle.pop();
    if (idle === undefined) return new GuardedProcess(this.#program);
    clearTimeout(idle.expiry);
    return idle.process;
  }

  #keep(process: GuardedProcess): void {
    const idle: Idle = {
      process,
      expiry: setTimeout(() => {
        this.#idle.splice(this.#idle.indexOf(idle), 1);
        void process.kill();
      }, KEPT_IDLE_MS).unref(),
    };
    this.#idle.push(idle);
  }
}

type Ended = Exclude<Awaited<ReturnType<GuardedProcess['ask']>>, { kind: 'answer' }>;

function errorOf(outcome: Ended, name: string, { seconds, mebibytes }: Limits): DecodingError {
  const remedy = 'it may be damaged: save it anew with another program, or give a smaller one';
  switch (outcome.kind) {
    case 'late':
      return new DecodingError({
        code: 'decoding.too-slow',
        where: name,
        expected: `a file that is read within ${seconds} s`,
        got: 'no end by then',
        remedy,
      });
    case 'swollen':
      return new DecodingError({
        code: 'decoding.too-large',
        where: name,
        expected: `a file that is read in ${mebibytes} MiB of memory`,
        got: Number.isNaN(outcome.mebibytes) ? 'one that takes more' : `one that had ${outcome.mebibytes} MiB`,
        remedy,
      });
    case 'died':
      return new DecodingError({
        code: 'decoding.crashed',
        where: name,
        expected: 'a file that its decoder can read',
        got: `one that ended it (${outcome.how})`,
        remedy,
      });
  }
}
