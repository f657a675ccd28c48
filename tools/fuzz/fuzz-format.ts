import { GuardedProcess, type Limits, type Outcome } from '@soliloquy/decoding';
import type { Case } from './case.ts';
import type { FuzzAnswer, FuzzJob } from './program.ts';

/** A case that did what no file may do. */
export interface Finding extends Case {
  readonly what: string;
}

export interface FormatReport {
  readonly taken: number;
  readonly refused: number;
  /** the first of each kind */
  readonly findings: readonly Finding[];
  /** how many cases of all kinds */
  readonly wrong: number;
  readonly slowest: number;
  /** which case that was */
  readonly slowestAt: number;
  readonly mebibytes: number;
}

/** What the issue allows a file: more is a finding. */
export const CASE_LIMITS: Limits = { seconds: 5, mebibytes: 512 };
/** What earlier cases left behind is not this case's. */
const FRESH_MEBIBYTES = 300;
const PROGRAM = new URL('./program.ts', import.meta.url);

/** Reads cases in a process that is guarded; a case that ended it is tried once more, alone. */
export class CaseReader {
  #process: GuardedProcess | undefined;

  /** @returns an answer, or what ended the process */
  async read(job: FuzzJob): Promise<FuzzAnswer> {
    const first = await this.#ask(job);
    // A busy machine and what lay about in memory are no findings: a fresh process decides.
    const outcome = first.kind === 'answer' ? first : await this.#ask(job);
    if (outcome.kind !== 'answer')
      return { outcome: 'wrong', said: wordsOf(outcome), milliseconds: Number.NaN, mebibytes: Number.NaN };
    const answer = outcome.value as FuzzAnswer;
    if (answer.mebibytes > FRESH_MEBIBYTES) await this.close();
    return answer;
  }

  async close(): Promise<void> {
    await this.#process?.kill();
    this.#process = undefined;
  }

  async #ask(job: FuzzJob): Promise<Outcome> {
    this.#process ??= new GuardedProcess(PROGRAM);
    const outcome = await this.#process.ask(job, CASE_LIMITS);
    if (outcome.kind !== 'answer') this.#process = undefined;
    return outcome;
  }
}

function wordsOf(outcome: Exclude<Outcome, { kind: 'answer' }>): string {
  if (outcome.kind === 'late') return `no end after ${CASE_LIMITS.seconds} s`;
  if (outcome.kind === 'swollen') return `more than ${CASE_LIMITS.mebibytes} MiB`;
  return `crash: ${outcome.how} ${outcome.lastWords}`;
}

/**
 * Reads `count` cases of a format.
 *
 * @param found told of the first case of each kind of finding
 */
export async function fuzzFormat(
  reader: CaseReader,
  { format, seed, index: from }: Case,
  count: number,
  found: (finding: Finding) => void = () => {},
): Promise<FormatReport> {
  const findings = new Map<string, Finding>();
  let [taken, refused, wrong, slowest, slowestAt, mebibytes] = [0, 0, 0, 0, from, 0];
  for (let index = from; index < from + count; index += 1) {
    const answer = await reader.read({ format, seed, index });
    if (answer.outcome === 'taken') taken += 1;
    else if (answer.outcome === 'refused') refused += 1;
    else {
      wrong += 1;
      const kind = kindOf(answer.said);
      const finding = { format, seed, index, what: answer.said };
      if (!findings.has(kind)) found(finding);
      if (!findings.has(kind)) findings.set(kind, finding);
    }
    if (answer.milliseconds > slowest) [slowest, slowestAt] = [answer.milliseconds, index];
    mebibytes = Math.max(mebibytes, answer.mebibytes || 0);
  }
  return { taken, refused, wrong, findings: [...findings.values()], slowest, slowestAt, mebibytes };
}

/** Two findings that differ in numbers, names and places alone are of one kind. */
export function kindOf(what: string): string {
  return what
    .replace(/"[^"]*"/g, '""')
    .replace(/\d+/g, '0')
    .slice(0, 120);
}
