import { expect, test } from 'vitest';
import { licenceLines } from '../src/licence-lines.ts';

const about = { node: 'clips', graph: 'talk' };
const theirs = {
  ...about,
  kind: 'backbone' as const,
  name: 'hunyuan',
  licence: { name: 'Strict', url: 'https://example.org' },
  forbids: ['training' as const],
};
const model = { ...about, kind: 'model' as const, name: 'mine' };

test('each licence is said once, with the outputs that it stands behind and what it forbids', () => {
  const outputs = [
    { name: 'a.mp4', path: 'a', digest: 'd', licences: [theirs, { ...theirs, node: 'others' }] },
    { name: 'b.mp4', path: 'b', digest: 'd', licences: [model, theirs] },
    { name: 'c.ply', path: 'c', digest: 'd' },
  ];
  expect(licenceLines(outputs)).toEqual([
    'made with hunyuan, under Strict (not to be trained on): a.mp4, b.mp4',
    'made with model mine, under a licence that nobody named: b.mp4',
  ]);
});

test('of many outputs some are named; without licences of others nothing is said', () => {
  const outputs = Array.from({ length: 9 }, (_, i) => ({
    name: `clip-${i}`,
    path: 'x',
    digest: 'd',
    licences: [model],
  }));
  expect(licenceLines(outputs)).toEqual([
    'made with model mine, under a licence that nobody named: clip-0, clip-1, clip-2, clip-3 and 5 more',
  ]);
  expect(licenceLines([{ name: 'c.ply', path: 'c', digest: 'd' }])).toEqual([]);
});
