import { join, relative } from 'node:path';
import { printable } from '@soliloquy/fault';
import { RECORD_FILE } from '@soliloquy/graph/limits';
import type { RunEvent, RunSummary } from '@soliloquy/runner';
import { licenceLines } from './licence-lines.ts';
import { expectationsLine, mainFigures, type Expected } from './main-figures.ts';

/** How a run is shown while it goes: to a terminal, a pipe, or a program. */
export interface Show {
  event(event: RunEvent): void;
  /** After the last event. */
  end(summary: RunSummary, expected: Expected): void;
  /** When the run cannot go on: leaves the terminal as it was. */
  close(): void;
}

/** Seconds as people read them: `0.4 s`, `12 s`, `3:07`. */
export function duration(seconds: number): string {
  if (seconds < 10) return `${seconds.toFixed(1)} s`;
  if (seconds < 60) return `${Math.round(seconds)} s`;
  const whole = Math.round(seconds);
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, '0')}`;
}

/** Relative to the working folder where it lies in it. */
export function shortPath(path: string): string {
  const short = relative('.', path);
  return short === '' || short.startsWith('..') ? path : short;
}

/** The last lines of a run: where its results lie, whose licences stand behind them, its main figures, how it ended. */
export function closingLines(
  summary: RunSummary,
  expected: Expected,
  outFolder: string,
  paint: (style: 'good' | 'bad' | 'dim', text: string) => string,
): string[] {
  const lines: string[] = [];
  const widest = Math.max(0, ...summary.outputs.map(({ name }) => name.length));
  for (const { name, path } of summary.outputs) lines.push(`  ${name.padEnd(widest)}  ${printable(shortPath(path))}`);
  for (const text of licenceLines(summary.outputs)) lines.push(`  ${printable(text)}`);
  if (summary.status === 'done' || summary.status === 'unmet')
    for (const text of [...mainFigures(summary, expected), expectationsLine(summary.expectations, expected)])
      lines.push(`  ${text}`);
  const work = `${summary.executed} executed, ${summary.cached} cached, ${duration(summary.seconds)}`;
  switch (summary.status) {
    case 'done':
      lines.push(paint('good', `done: ${work}`));
      break;
    case 'unmet':
      lines.push(paint('bad', `expectations do not hold: ${work}`));
      break;
    case 'cancelled':
      lines.push(paint('bad', `cancelled: ${work}; --resume continues`));
      break;
    case 'failed':
      lines.push(paint('bad', `failed: ${work}`));
      break;
  }
  lines.push(paint('dim', `  record: ${printable(shortPath(join(outFolder, RECORD_FILE)))}`));
  return lines;
}

/** What goes to standard error, whatever shows the run: failures, and expectations that do not hold. */
export function complaints(summary: RunSummary): string[] {
  return [
    ...summary.failures.map(({ message }) => message),
    ...summary.expectations.filter(({ holds }) => !holds).map(({ message }) => message),
  ];
}
