import type { ListedRun } from '@soliloquy/gateway/protocol';
import { figureText } from '@soliloquy/ports/figure-text';

const STATUS = {
  done: 'done',
  failed: 'failed',
  unmet: 'expectations unmet',
  cancelled: 'cancelled',
  running: 'running',
  interrupted: 'interrupted',
} as const satisfies Record<ListedRun['status'], string>;

export function statusWords({ status, complete }: ListedRun): string {
  return status === 'done' && !complete ? 'done, a part' : STATUS[status];
}

/** When a run began, to the second: runs of tiny graphs follow each other closely. */
export function beganWords({ startedAt }: ListedRun): string {
  return new Date(startedAt).toLocaleString(undefined, { dateStyle: 'short', timeStyle: 'medium' });
}

/** What tells a run from the others: its name, else what differs, else when it began. */
export function runWords(run: ListedRun): string {
  const changes = run.differs?.changes ?? [];
  const what = run.name ?? (changes.length > 0 ? changes.slice(0, 2).join('; ') : undefined);
  return [
    ...(run.baseline ? ['★'] : []),
    ...(what === undefined ? [] : [what, '·']),
    `${beganWords(run)} · ${run.size} · ${statusWords(run)}`,
  ].join(' ');
}

/** How a figure stands to another: `+0.31`; `same` where both are shown alike. */
export function changeWords(value: number, before: number): string {
  if (figureText(value) === figureText(before)) return 'same';
  return `${value > before ? '+' : '−'}${figureText(Math.abs(value - before))}`;
}

/** Whether a change is for the better; `undefined` where nothing says so, or both are shown alike. */
export function isBetter(value: number, before: number, better: 'higher' | 'lower' | undefined): boolean | undefined {
  if (better === undefined || figureText(value) === figureText(before)) return undefined;
  return better === 'higher' ? value > before : value < before;
}
