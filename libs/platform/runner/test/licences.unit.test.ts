import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { runRecordSchema } from '../src/kept/record-schema.ts';
import { freshFolder, run, type BenchRun } from './fixture/workbench.ts';

const registryModule = new URL('./fixture/licensed-stages.ts', import.meta.url).href;
const STRICT = { name: 'Strict 1.0', url: 'https://example.org/strict' };

/** A page of one backbone, of a text that is given. */
function pages(name: string, backbone: string): object {
  return {
    format: 1,
    name,
    inputs: { text: { type: 'text', default: 'Hello.' } },
    nodes: { write: { stage: 'pages@1', backbone }, other: { stage: 'pages@1' } },
    edges: ['text -> write.text'],
    outputs: { 'page.html': 'write.page', 'other.html': 'other.page' },
  };
}

const teach = {
  format: 1,
  name: 'teach',
  inputs: { text: { type: 'text' } },
  nodes: { learn: { stage: 'teach@1' } },
  edges: ['text -> learn.text'],
};

/** By output, what `run.json` says stands behind it. */
function behind(folder: string): Record<string, unknown> {
  const { outputs } = runRecordSchema.parse(JSON.parse(readFileSync(join(folder, 'out/run.json'), 'utf8')));
  return Object.fromEntries(Object.entries(outputs).map(([name, { licences }]) => [name, licences]));
}

const made = (folder: string): string => `@${join(folder, 'out/page.html')}`;

test('a run says of each output whose licences stand behind it, and of no other', async () => {
  const folder = freshFolder();
  const ran = await run(folder, pages('first', 'theirs'), { registryModule });
  const strict = { kind: 'backbone', name: 'theirs', node: 'write', graph: 'first', licence: STRICT };
  expect(behind(folder)).toEqual({ 'page.html': [{ ...strict, forbids: ['training'] }], 'other.html': [] });
  expect(licencesIn(ran)).toEqual([
    ['page.html', [{ ...strict, forbids: ['training'] }]],
    ['other.html', undefined],
  ]);
  expect(ran.events.filter(({ type }) => type === 'output-written')).toMatchObject(ran.outputs);
});

function licencesIn({ outputs }: BenchRun): unknown[] {
  return outputs.map(({ name, licences }) => [name, licences]);
}

test('models and what nodes before have come with it', async () => {
  const folder = freshFolder();
  const place = freshFolder();
  mkdirSync(join(place, 'small'));
  writeFileSync(join(place, 'small/weight.txt'), '3');
  process.env.FIXTURE_MODELS = place;
  const nodes = { weigh: { stage: 'weight@1' }, write: { stage: 'pages@1', backbone: 'open' } };
  const outputs = { 'page.html': 'write.page' };
  const document = { format: 1, name: 'weigh', nodes, edges: ['weigh.value -> write.value'], outputs };
  await run(folder, document, { registryModule });
  expect(behind(folder)).toMatchObject({
    'page.html': [
      { kind: 'backbone', name: 'open', node: 'write', licence: { name: 'MIT' } },
      { kind: 'model', name: 'small', node: 'weigh', licence: { name: 'CC BY 4.0' } },
    ],
  });
});

test('a file that was made of a file that was made by somebody else still says so, and is not trained on', async () => {
  const [first, second, third] = [freshFolder(), freshFolder(), freshFolder()];
  await run(first, pages('first', 'theirs'), { registryModule });
  await run(second, pages('second', 'open'), { registryModule, input: { text: made(first) } });
  expect(behind(second)).toMatchObject({
    'page.html': [
      { name: 'open', graph: 'second' },
      { name: 'theirs', graph: 'first', licence: STRICT },
    ],
    'other.html': [],
  });
  await run(third, pages('third', 'own'), { registryModule, input: { text: made(second) } });
  expect(behind(third)).toMatchObject({ 'page.html': [{ name: 'open' }, { name: 'theirs', graph: 'first' }] });
  await expect(run(third, teach, { registryModule, input: { text: made(third) } })).rejects.toThrow(
    '--input text: learn.text: expected nothing made with backbone "theirs" of write, of which the given file was ' +
      'made by "first": its licence (Strict 1.0) forbids to train on it, got text -> learn.text',
  );
  const open = freshFolder();
  await run(open, pages('open', 'open'), { registryModule });
  expect(await run(open, teach, { registryModule, input: { text: made(open) } })).toMatchObject({ status: 'done' });
});
