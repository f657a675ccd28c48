import { stripVTControlCharacters } from 'node:util';
import { describe, expect, test } from 'vitest';
import type { RunEvent, RunSummary } from '@soliloquy/runner';
import { showTerminal } from '../src/show-terminal.ts';

const summary: RunSummary = {
  run: 'r',
  status: 'done',
  seconds: 75,
  executed: 3,
  cached: 1,
  failures: [],
  expectations: [],
  outputs: [{ name: 'film.mp4', path: 'out/film.mp4', digest: 'd' }],
  metrics: {},
  tasks: [],
};

const events: RunEvent[] = [
  {
    type: 'run-started',
    run: 'r',
    graph: 'g',
    size: 'tiny',
    seed: 1,
    nodes: ['voice', 'clips', 'film'],
    resumed: false,
  },
  { type: 'node-expanded', node: 'voice', elements: 1 },
  { type: 'task-cached', node: 'voice', element: 'voice', key: 'k' },
  { type: 'node-expanded', node: 'clips', elements: 4 },
  { type: 'task-started', node: 'clips', element: 'clips[0]', threads: 1, attempt: 1, worker: '1' },
  { type: 'task-finished', node: 'clips', element: 'clips[0]', key: 'k', seconds: 1, threads: 1 },
  { type: 'task-started', node: 'clips', element: 'clips[1]', threads: 1, attempt: 1, worker: '1' },
  {
    type: 'task-progress',
    node: 'clips',
    element: 'clips[1]',
    done: 50,
    total: 100,
    note: 'a note that is much too long for a narrow terminal to show',
  },
];

/** What a terminal of this size would show after the events, and after the end. */
function screens(columns: number, rows: number, color: boolean): { during: string[]; raw: string; after: string[] } {
  let raw = '';
  const show = showTerminal({ write: (text) => void (raw += text), columns, rows, color }, 'out');
  for (const event of events) show.event(event);
  show.close();
  const during = raw.slice(raw.lastIndexOf('\x1b[?25l'));
  raw = '';
  show.end(summary, { size: 'tiny', expect: [] });
  const lines = (text: string): string[] =>
    stripVTControlCharacters(text)
      .split('\n')
      .filter((line) => line !== '');
  return { during: lines(during), raw: during, after: lines(raw) };
}

describe('the display of a terminal', () => {
  test('has a line for each node: what it is at, how much of it is done', () => {
    const { during, after } = screens(100, 30, false);
    expect(during[0]).toMatch(/^g size tiny, seed 1 1\/3 nodes, /);
    expect(during[1]).toBe('✓ voice  cached');
    expect(during[2]).toMatch(/^● clips {2}━{6}─{10} {2}37 % {2}1\/4 a note that is much/);
    expect(during[3]).toMatch(/^· film/);
    expect(after).toEqual([
      '  film.mp4  out/film.mp4',
      '  0 of 0 expectations at tiny',
      'done: 3 executed, 1 cached, 1:15',
      '  record: out/run.json',
    ]);
  });

  test('never wraps, and never is taller than the terminal', () => {
    const { during } = screens(40, 5, true);
    for (const line of during) expect(line.length).toBeLessThan(40);
    expect(during.length).toBeLessThan(5);
  });

  test('has colours only where they are wanted', () => {
    const colour = /\x1b\[\d+m/;
    expect(screens(100, 30, true).raw).toMatch(colour);
    expect(screens(100, 30, false).raw).not.toMatch(colour);
  });
});
