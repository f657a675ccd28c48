import { percent, quantile } from './distribution.ts';

/** Of the lines that are not blank. Lengths in characters (code points), shares in percent. */
export interface LineFigures {
  readonly lines: number;
  readonly median: number;
  readonly p90: number;
  readonly p99: number;
  readonly max: number;
  readonly over100: number;
  readonly over120: number;
  readonly over140: number;
}

/** Nobody can break a URL: a line with nothing else but what marks a comment or a string. */
const URL_ALONE = /^[^\w]*https?:\/\/\S+$/;

export interface Line {
  /** from 1 */
  readonly at: number;
  readonly text: string;
  /** characters */
  readonly length: number;
}

/** The lines that are not blank. */
export function linesOf(text: string): Line[] {
  return text
    .split(/\r?\n/)
    .map((line, index) => ({ at: index + 1, text: line, length: [...line].length }))
    .filter(({ text: line }) => line.trim() !== '');
}

/** The lines over `limit` characters that are no URL. */
export function tooLong(text: string, limit: number): Line[] {
  return linesOf(text).filter(({ length, text: line }) => length > limit && !URL_ALONE.test(line));
}

export function measureLines(texts: readonly string[]): LineFigures {
  const lengths = texts.flatMap((text) => linesOf(text).map(({ length }) => length));
  const over = (limit: number): number => percent(lengths, (length) => length > limit);
  return {
    lines: lengths.length,
    median: quantile(lengths, 0.5),
    p90: quantile(lengths, 0.9),
    p99: quantile(lengths, 0.99),
    max: quantile(lengths, 1),
    over100: over(100),
    over120: over(120),
    over140: over(140),
  };
}
