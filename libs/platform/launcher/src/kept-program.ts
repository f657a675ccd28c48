import { spawn, type ChildProcess } from 'node:child_process';
import { findCommand } from '@soliloquy/device';
import { Fault } from '@soliloquy/fault';
import { StageError, type FoundCheckout, type StageContext } from '@soliloquy/stage';
import { endWithChildren } from './end-with-children.ts';
import { checkoutEnvironment, checkoutProgram } from './run-in-checkout.ts';

/** A program that goes on, and answers what it is asked. */
export interface Keeping {
  /** What messages call it. */
  readonly where: string;
  readonly checkout: FoundCheckout;
  /** Program and arguments. */
  readonly command: readonly [string, ...string[]];
  /** The card that it has; none when left out. */
  readonly gpu?: StageContext['gpu'];
}

/** The longest message that is read. */
const LONGEST = 2 ** 31;
const LENGTH_BYTES = 8;
const KEPT_WORDS = 4000;
const SHOWN_WORDS = 300;

/**
 * A program of a checkout that is kept between calls: a model that takes minutes to load is loaded once. It is asked by
 * its standard input and answers by its standard output, each message its length as u64, little-endian, and so many
 * bytes; what it has to say goes to standard error. It says hello by one message, unasked. Where its input ends it is
 * to end too, so it never outlives the worker.
 *
 * One question at a time, in the order in which they are asked. Who is cancelled or kept waiting too long ends it: its
 * next answer would be that of another question.
 */
export class KeptProgram {
  readonly #given: Keeping;
  readonly #child: ChildProcess;
  readonly #ended: Promise<string>;
  #words = '';
  #parts: Buffer[] = [];
  #wake: (() => void) | undefined;
  #isOver = false;
  /** Settles when the question before is answered. */
  #before: Promise<unknown> = Promise.resolve();

  /** @throws StageError `task.command-missing` */
  constructor(given: Keeping) {
    this.#given = given;
    const { checkout, where } = given;
    const [name, ...args] = given.command;
    const environment = checkoutEnvironment({ checkout }, given.gpu);
    const program = findCommand(checkoutProgram(checkout, name), { environment: { ...process.env, ...environment } });
    if (program === undefined)
      throw new StageError({
        code: 'task.command-missing',
        where,
        expected: `the program ${name}`,
        got: 'none of that name that can be run',
        remedy: `put an executable of this name into checkouts.${checkout.name}`,
      });
    this.#child = spawn(program, args, {
      cwd: checkout.folder,
      env: environment,
      stdio: ['pipe', 'pipe', 'pipe'],
      detached: process.platform !== 'win32',
      windowsHide: true,
    });
    this.#ended = this.#watch();
  }

  /** Whether it can be asked. */
  get isAlive(): boolean {
    return !this.#isOver;
  }

  get pid(): number | undefined {
    return this.#child.pid;
  }

  /** The message that it says unasked. @throws as `ask` */
  hello(signal: AbortSignal): Promise<Uint8Array> {
    return this.#within(signal, () => this.#message());
  }

  /**
   * What it answers.
   *
   * @throws StageError `task.command-timeout` where that takes longer than the checkout's `seconds`; Fault
   *   `task.command-ended`, which a retry may cure, where it ends meanwhile; the signal's reason
   */
  ask(question: Uint8Array, signal: AbortSignal): Promise<Uint8Array> {
    const answer = this.#before.then(() => this.#answer(question, signal));
    this.#before = answer.catch(() => {});
    return answer;
  }

  #answer(question: Uint8Array, signal: AbortSignal): Promise<Uint8Array> {
    return this.#within(signal, async () => {
      const length = Buffer.alloc(LENGTH_BYTES);
      length.writeBigUInt64LE(BigInt(question.byteLength));
      this.#child.stdin?.write(length);
      this.#child.stdin?.write(question);
      return this.#message();
    });
  }

  /** Ends it and what it started. */
  end(): void {
    this.#isOver = true;
    endWithChildren(this.#child.pid, 'SIGKILL');
    this.#wake?.();
  }

  async #within<T>(signal: AbortSignal, work: () => Promise<T>): Promise<T> {
    signal.throwIfAborted();
    const { seconds, name } = this.#given.checkout;
    let isLate = false;
    const stop = (): void => this.end();
    const deadline = setTimeout(() => {
      isLate = true;
      stop();
    }, seconds * 1000);
    signal.addEventListener('abort', stop, { once: true });
    try {
      return await work();
    } catch (cause) {
      signal.throwIfAborted();
      if (!isLate) throw cause;
      throw new StageError({
        code: 'task.command-timeout',
        where: this.#given.where,
        expected: `${this.#given.command[0]} to answer within ${seconds} s`,
        got: 'nothing',
        remedy: `allow it more in systems.${name} in your configuration`,
      });
    } finally {
      clearTimeout(deadline);
      signal.removeEventListener('abort', stop);
    }
  }

  async #message(): Promise<Uint8Array> {
    const length = Number((await this.#take(LENGTH_BYTES)).readBigUInt64LE());
    if (length > LONGEST) {
      this.end();
      throw new StageError({
        code: 'stage.bad-answer',
        where: this.#given.where,
        expected: `a message of ${LONGEST} bytes at most`,
        got: `${length}: something else writes to standard output`,
        remedy: 'let the program write to standard error what is no answer',
      });
    }
    return new Uint8Array(await this.#take(length));
  }

  /** @throws Fault `task.command-ended` */
  async #take(count: number): Promise<Buffer> {
    const arrived = (): number => this.#parts.reduce((sum, { length }) => sum + length, 0);
    while (arrived() < count) {
      if (this.#isOver) throw await this.#endedFault();
      await new Promise<void>((resolve) => (this.#wake = resolve));
    }
    const all = Buffer.concat(this.#parts);
    this.#parts = [all.subarray(count)];
    return all.subarray(0, count);
  }

  async #endedFault(): Promise<Fault> {
    const how = await this.#ended;
    const last = this.#words
      .trim()
      .split(/[\r\n]/)
      .at(-1)
      ?.slice(-SHOWN_WORDS);
    return new Fault({
      code: 'task.command-ended',
      where: this.#given.where,
      expected: `${this.#given.command[0]} to answer`,
      got: `its end by ${how}${last ? ` ("${last}")` : ''}`,
      remedy: 'run it by hand with the same input',
    });
  }

  /** @returns how it ended, once it has */
  #watch(): Promise<string> {
    const { stdin, stdout, stderr } = this.#child;
    const over = (): void => {
      this.#isOver = true;
      this.#wake?.();
    };
    // A pipe that breaks says so by the end of the program.
    stdin?.on('error', () => {});
    stderr?.setEncoding('utf8').on('data', (text: string) => (this.#words = (this.#words + text).slice(-KEPT_WORDS)));
    stdout?.on('data', (part: Buffer) => {
      this.#parts.push(part);
      this.#wake?.();
    });
    // Kept, it keeps nobody: while it is asked the deadline does.
    for (const each of [this.#child, stdin, stdout, stderr] as ({ unref?: () => void } | null)[]) each?.unref?.();
    const atExit = (): void => endWithChildren(this.#child.pid, 'SIGKILL');
    process.once('exit', atExit);
    return new Promise((resolve) => {
      this.#child.on('error', (error) => {
        over();
        resolve(error.message);
      });
      // What it started would hold its pipes open.
      this.#child.on('exit', atExit);
      this.#child.on('close', (code, how) => {
        over();
        process.off('exit', atExit);
        resolve(String(how ?? code));
      });
    });
  }
}
