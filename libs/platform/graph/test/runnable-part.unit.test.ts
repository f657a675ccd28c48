import { expect, test } from 'vitest';
import { parseGraph, withoutFaulty, withoutUnreadInputs } from '../src/index.ts';

const doc = parseGraph(
  JSON.stringify({
    format: 1,
    name: 'parts',
    inputs: { line: { type: 'text' }, photo: { type: 'image' }, loose: { type: 'image' } },
    nodes: {
      voice: { stage: 'voice@1' },
      face: { stage: 'face@1' },
      clip: { stage: 'clip@1' },
      film: { stage: 'film@1' },
      words: { stage: 'words@1' },
    },
    edges: [
      'line -> voice.text',
      'photo -> face.image',
      'face.image -> clip.image',
      'voice.audio -> clip.audio',
      'clip.video -> film.video',
      'line -> words.text',
    ],
    outputs: { 'film.mp4': 'film.video', 'voice.wav': 'voice.audio' },
  }),
  { path: 'parts.json' },
);
const nodes = (part: typeof doc | undefined): string[] | undefined => part && Object.keys(part.nodes);

test('an input that no edge reads is no part of a run, and nothing else goes with it', () => {
  const read = withoutUnreadInputs(doc);
  expect(Object.keys(read.inputs)).toEqual(['line', 'photo']);
  expect({ ...read, inputs: doc.inputs }).toEqual(doc);
  expect(withoutUnreadInputs(read)).toBe(read);
});

test('a faulty node takes away what depends on it and what only it read, and no more', () => {
  const rest = withoutFaulty(doc, [{ node: 'face', port: 'image' }]);
  expect(nodes(rest)).toEqual(['voice', 'words']);
  expect([Object.keys(rest?.inputs ?? {}), Object.keys(rest?.outputs ?? {})]).toEqual([['line'], ['voice.wav']]);
});

test('a faulty input takes away all that reads it, however far', () => {
  expect(nodes(withoutFaulty(doc, [{ port: 'photo' }]))).toEqual(['voice', 'words']);
  expect(withoutFaulty(doc, [{ port: 'line' }])?.nodes).toMatchObject({ face: {} });
  expect(withoutFaulty(doc, [{ port: 'line' }, { port: 'photo' }])).toBeUndefined();
});

test('a fault that lies in no node takes outputs away once, and then there is nothing more to take', () => {
  const rest = withoutFaulty(doc, [{}]);
  expect([nodes(rest), rest?.outputs]).toEqual([Object.keys(doc.nodes), {}]);
  expect(withoutFaulty(rest as typeof doc, [{}])).toBeUndefined();
});

test('a fault of a node or an input that is not there takes away what is said, and no node', () => {
  for (const fault of [{ node: 'fac' }, { port: 'phot' }, { node: 'fac', port: 'photo' }, { node: 'toString' }]) {
    const rest = withoutFaulty(doc, [fault]);
    expect([nodes(rest), rest?.outputs]).toEqual([Object.keys(doc.nodes), {}]);
  }
});

test('an output, an expectation or a cell alone can still be taken away', () => {
  const bare = { ...doc, outputs: {} };
  const expecting = { ...bare, expect: [{ metric: 'film.psnr', atLeast: 1 }] };
  const showing = { ...bare, cells: [{ show: 'film.video' }] };
  for (const said of [doc, expecting, showing, { ...expecting, cells: showing.cells }]) {
    const rest = withoutFaulty(said, [{}]);
    expect([nodes(rest), rest?.outputs, rest?.expect, rest?.cells]).toEqual([Object.keys(doc.nodes), {}, [], []]);
  }
  expect(withoutFaulty(bare, [{}])).toBeUndefined();
});

test('a faulty input is not a node of the same name', () => {
  const named = {
    ...doc,
    inputs: { ...doc.inputs, face: { type: 'image' } },
    edges: [...doc.edges, 'face -> film.logo'],
  };
  expect(nodes(withoutFaulty(named, [{ port: 'face' }]))).toEqual(['voice', 'face', 'clip', 'words']);
  expect(nodes(withoutFaulty(named, [{ node: 'face' }]))).toEqual(['voice', 'words']);
});
