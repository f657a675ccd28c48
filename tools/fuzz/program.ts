/** The process in which cases are read. argv: pid of the parent. */
import { reasonOf } from '@soliloquy/decoding';
import { serveJobs } from '@soliloquy/decoding/child';
import { caseOf, type Case } from './case.ts';
import { FORMATS } from './formats.ts';
import { sentencesOf } from './readers.ts';

/** A case to make and read, or bytes to read. */
export type FuzzJob = Case & { readonly bytes?: Uint8Array };

/** How a case ended; `wrong` says what is not as it must be. */
export interface FuzzAnswer {
  readonly outcome: 'taken' | 'refused' | 'wrong';
  readonly said: string;
  readonly milliseconds: number;
  /** resident afterwards */
  readonly mebibytes: number;
}

/** One line, as `Fault` builds it, that a person can read to its end. */
const FORM = /^[^\n]+: expected [^\n]+, got [^\n]+$/;
const LONGEST = 4100;

serveJobs(async (job): Promise<FuzzAnswer> => {
  const { bytes = await caseOf(job as Case), format } = job as FuzzJob;
  const started = performance.now();
  const { outcome, said } = await FORMATS[format]
    .read(bytes)
    .then(() => ({ outcome: 'taken', said: '' }) as const, judge);
  const milliseconds = performance.now() - started;
  return { outcome, said, milliseconds, mebibytes: process.memoryUsage.rss() / 2 ** 20 };
});

function judge(thrown: unknown): Pick<FuzzAnswer, 'outcome' | 'said'> {
  const sentences = sentencesOf(thrown);
  if (sentences === undefined) {
    const at = thrown instanceof Error ? thrown.stack?.split('\n').find((line) => line.includes('/src/')) : undefined;
    return { outcome: 'wrong', said: `no fault: ${reasonOf(thrown)}${at === undefined ? '' : ` ${at.trim()}`}` };
  }
  const odd = sentences.find((sentence) => !FORM.test(sentence) || sentence.length > LONGEST);
  if (odd === undefined) return { outcome: 'refused', said: sentences[0] };
  return { outcome: 'wrong', said: `out of form (${odd.length} characters): ${JSON.stringify(odd.slice(0, 300))}` };
}
