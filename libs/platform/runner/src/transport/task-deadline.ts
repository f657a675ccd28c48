import { Fault } from '@soliloquy/fault';
import type { WireError } from './protocol.ts';

/**
 * How long a task may take where nobody says it: longer than any task of the presets at any size on a machine that was
 * meant for it, and still an end. A setting of where tasks run: no part of a key.
 */
export const TASK_DEADLINE_MS = 24 * 3600 * 1000;
/** The largest delay of a timer: 24.8 days. */
export const LONGEST_DEADLINE_MS = 2 ** 31 - 1;

const UNITS = { s: 1000, m: 60_000, h: 3_600_000 } as const;

/** @throws Fault `runner.argument` for what no timer can wait for */
export function checkDeadline(ms: number): number {
  if (ms > 0 && ms <= LONGEST_DEADLINE_MS) return ms;
  throw new Fault({
    code: 'runner.argument',
    where: 'worker-pool.deadlineMs',
    expected: `milliseconds from 1 to ${LONGEST_DEADLINE_MS}`,
    got: `${ms}`,
    remedy: 'give such a number',
    audience: 'author',
  });
}

/** `90s`, `30m`, `1.5h` as milliseconds; `undefined` for what is none, and for none or more than 596 hours. */
export function parseDuration(text: string): number | undefined {
  const [, number, unit] = /^(\d+(?:\.\d+)?)([smh])$/.exec(text) ?? [];
  const ms = Math.round(Number(number) * UNITS[unit as keyof typeof UNITS]);
  return ms > 0 && ms <= LONGEST_DEADLINE_MS ? ms : undefined;
}

/** The largest unit that says it without a remainder; `1.5s` where none does. */
export function durationWords(ms: number): string {
  const [name, unit] = (Object.entries(UNITS) as [string, number][]).findLast(([, each]) => ms % each === 0) ?? [
    's',
    1000,
  ];
  return `${ms / unit}${name}`;
}

/** A task that had no more time. Permanent: it would take as long again. */
export function deadlineFault(label: string, ms: number): WireError {
  return {
    code: 'task.deadline',
    where: label,
    expected: `to end within its deadline of ${durationWords(ms)}`,
    got: 'a task still at work, whose worker was ended',
    remedy: 'allow more with --task-deadline (e.g. 48h), or ask it for less',
  };
}
