import { expect, test } from 'vitest';
import { EventLog } from '../src/event-log.ts';

const about = { node: 'fit', element: 'fit[0]' };
const point = (step: number) => ({ type: 'task-scalar', ...about, name: 'loss', step, value: 1 / step }) as const;

test('points of curves push out older points and nothing else', () => {
  const log = new EventLog();
  log.append('run', { type: 'node-expanded', node: 'fit', elements: 1 });
  for (let step = 1; step <= 25_000; step++) log.append('run', point(step));
  const kept = log.after(0).map(({ event }) => event);
  expect(kept[0]).toMatchObject({ type: 'node-expanded' });
  expect(kept).toHaveLength(10_001);
  expect(kept.at(-1)).toEqual(point(25_000));
});

test('of an element only the latest progress is kept, also with points and log lines in between', () => {
  const log = new EventLog();
  for (let done = 1; done <= 5; done++) {
    log.append('run', { type: 'task-progress', ...about, done, total: 5 });
    log.append('run', point(done));
    log.append('run', { type: 'task-log', ...about, message: `round ${done}` });
  }
  const kept = log.after(0).map(({ event }) => event);
  expect(kept.filter(({ type }) => type === 'task-progress')).toEqual([
    { type: 'task-progress', ...about, done: 5, total: 5 },
  ]);
  expect(kept.filter(({ type }) => type === 'task-scalar')).toHaveLength(5);
  expect(kept.filter(({ type }) => type === 'task-log')).toHaveLength(5);
});
