import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { freshProject, soliloquy } from './fixture/command.ts';

/** Sets a title, asks for the clipboard, clears the screen, turns the line round; in C0 and in C1. */
const OBEYED = '\u001b]0;mine\u0007\u009b2J\u001b[2J\u202e\r\u007f';
const CONTROL = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/;

const graph = (more: object): object => ({
  format: 1,
  name: 'one',
  inputs: { line: { type: 'text', default: 'hello' } },
  nodes: { it: { stage: 'count@1' } },
  edges: ['line -> it.text'],
  ...more,
});

test.each([
  ['an unknown key', { [`key${OBEYED}`]: 1 }],
  ['a name', { name: `a${OBEYED}` }],
  ['a backbone', { nodes: { it: { stage: 'count@1', backbone: `b${OBEYED}` } } }],
  ['a param', { nodes: { it: { stage: 'count@1', params: { count: OBEYED } } } }],
  ['a file', { inputs: { line: { type: 'text', default: `@${OBEYED.replaceAll('\u0000', '')}` } } }],
  ['a description', { description: OBEYED }],
])('control characters in %s are printed escaped, in JUnit too', async (_where, more) => {
  const folder = freshProject({ 'one.json': graph(more) });
  for (const args of [
    ['validate', 'one.json'],
    ['fmt', 'one.json'],
    ['run', 'one.json', '--junit', 'report.xml'],
    ['run', 'one.json', '--json'],
  ]) {
    const { stdout, stderr } = await soliloquy(folder, ...args);
    expect(stdout + stderr).not.toMatch(CONTROL);
  }
  expect(readFileSync(join(folder, 'report.xml'), 'utf8')).not.toMatch(CONTROL);
});
