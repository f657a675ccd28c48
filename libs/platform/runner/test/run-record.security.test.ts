import { describe, expect, test } from 'vitest';
import { parseRunRecord } from '../src/compare/index.ts';

const RECORD = {
  run: '20261130-021325-abcdef',
  status: 'done',
  name: 'one',
  size: 'tiny',
  seed: 1,
  set: {},
  inputs: {},
  versions: {},
  startedAt: '2026-11-30T02:13:25.000Z',
  seconds: 1,
  executed: 0,
  cached: 0,
  nodes: {},
  outputs: {},
  expectations: [],
  failures: [],
  tasks: [],
  graph: { format: 1, name: 'one', nodes: { a: { stage: 'b@1', params: { p: 'HERE' } } } },
};
const withParam = (text: string): string => JSON.stringify(RECORD).replace('"HERE"', text);

describe('a run.json from a stranger', () => {
  test('is taken as a run leaves it, brackets in texts and all', () => {
    expect(parseRunRecord(withParam(JSON.stringify(`"\\${'['.repeat(500)}`)), 'run.json').name).toBe('one');
  });

  test.each([
    ['no JSON', 'x'],
    ['cut off', JSON.stringify(RECORD).slice(0, -1)],
    ['another value', '[]'],
    ['of other fields', JSON.stringify({ ...RECORD, seed: 'one' })],
    ['of tasks that are none', JSON.stringify({ ...RECORD, tasks: new Array(1_000_000).fill({ task: 'a' }) })],
    ['of more failures than values', JSON.stringify({ ...RECORD, failures: new Array(400_000).fill({}) })],
    ['nested without end', withParam(`${'['.repeat(9000)}1${']'.repeat(9000)}`)],
    ['nested without end in objects', withParam(`${'{"a":'.repeat(9000)}1${'}'.repeat(9000)}`)],
  ])('that is %s is one fault for whoever has it', (_what, text) => {
    expect(() => parseRunRecord(text, 'runs/one/run.json')).toThrow(
      expect.objectContaining({
        code: 'run.bad-record',
        audience: 'person',
        message: expect.stringMatching(/^runs\/one\/run.json: expected the record of a run, got [^\n]+; run the graph/),
      }),
    );
  });
});
