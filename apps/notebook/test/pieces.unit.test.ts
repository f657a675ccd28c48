import { describe, expect, test } from 'vitest';
import { orbitCamera } from '@soliloquy/gaussian-cloud/orbit';
import { parseGraph } from '@soliloquy/graph';
import { freePlace } from '../src/canvas/free-place.ts';
import { distanceToLink, linkBend } from '../src/canvas/link-curve.ts';
import {
  addOutput,
  addSize,
  documentProblem,
  removeSize,
  renameGraph,
  renameSize,
  setExpectation,
  setOutput,
} from '../src/document/edits.ts';
import { arrange } from '../src/graph/arrange.ts';
import { overlap } from '../src/graph/box.ts';
import { elementNumber, inOrder } from '../src/graph/elements.ts';
import { lacking } from '../src/graph/lacking.ts';
import { advance, duration, secondsLeft, shareDone, type NodeProgress } from '../src/graph/node-progress.ts';
import { stateOf } from '../src/graph/node-state.ts';
import { fromField, paramSpecs, toField } from '../src/graph/param-schema.ts';
import { curveScale } from '../src/look/curve-scale.ts';
import { frameAt, middleOfFrame } from '../src/look/frame-time.ts';
import { trackDots } from '../src/look/tracks/track-dots.ts';
import { waveformPeaks } from '../src/look/waveform-peaks.ts';
import { fuzzyFind, fuzzyScore } from '../src/shell/fuzzy.ts';

describe('arranging', () => {
  const size = { width: 236, height: 160 };
  const links = [
    { from: 'a', to: 'b' },
    { from: 'a', to: 'c' },
    { from: 'b', to: 'd' },
    { from: 'c', to: 'd' },
    { from: 'e', to: 'd' },
  ];
  const boxes = new Map(['d', 'a', 'c', 'b', 'e'].map((name) => [name, size]));

  test('puts every node right of what feeds it, and none over another', () => {
    const places = arrange({ boxes, links });
    for (const { from, to } of links) expect(places.get(from)!.x).toBeLessThan(places.get(to)!.x);
    const all = [...places.values()].map((place) => ({ ...place, ...size }));
    for (const [index, box] of all.entries())
      for (const other of all.slice(index + 1)) expect(overlap(box, other)).toBe(false);
  });

  test('puts a source in the column before its first reader', () => {
    const places = arrange({ boxes, links });
    expect(places.get('e')!.x).toBe(places.get('b')!.x);
  });

  test('gives the same places again, and ends on a loop', () => {
    expect(arrange({ boxes, links })).toEqual(arrange({ boxes, links }));
    expect(arrange({ boxes, links: [...links, { from: 'd', to: 'a' }] }).size).toBe(5);
  });
});

test('a link leaves to the right and arrives from the left, also backwards', () => {
  for (const x of [300, -300]) {
    const [bent, unbent] = linkBend({ x: 0, y: 0 }, { x, y: 50 });
    expect(bent).toBeGreaterThan(0);
    expect(unbent).toBeLessThan(x);
  }
});

test('a press on a link is near it, one beside it is not', () => {
  const [from, to] = [
    { x: 0, y: 0 },
    { x: 400, y: 200 },
  ];
  expect(distanceToLink({ x: 200, y: 100 }, from, to)).toBeLessThan(0.5);
  expect(distanceToLink({ x: 200, y: 180 }, from, to)).toBeGreaterThan(20);
  expect(distanceToLink({ x: -30, y: 0 }, from, to)).toBeCloseTo(30);
});

describe('searching', () => {
  test('letters must occur in order', () => {
    expect(fuzzyScore('vd', 'video-diffusion')).toBeDefined();
    expect(fuzzyScore('dv', 'video')).toBeUndefined();
  });

  const found = (query: string, ...items: [name: string, about: string][]): string[] =>
    fuzzyFind(query, items, (item) => item).map(([name]) => name);

  test('beginnings of words win over letters inside them', () => {
    expect(found('vd', ['advised', ''], ['video-diffusion', ''])[0]).toBe('video-diffusion');
  });

  test('whole words come before scattered letters, and names before descriptions', () => {
    const items: [string, string][] = [
      ['Deformation fit', 'flattens it'],
      ['Text to speech', 'backbone flite'],
      ['flite', ''],
    ];
    expect(found('flite', ...items)).toEqual(['flite', 'Text to speech']);
    expect(found('dfit', ...items)).toEqual(['Deformation fit']);
    expect(found('speech text', ...items)).toEqual(['Text to speech']);
  });

  test('scattered letters of a description are no find', () => {
    expect(found('fa', ['other', 'flattens all'])).toEqual([]);
  });

  test('an empty query keeps everything in order', () => {
    expect(fuzzyFind('', ['b', 'a'], (item) => [item])).toEqual(['b', 'a']);
  });
});

describe('progress', () => {
  const heard = (events: Parameters<typeof advance>[1][]): NodeProgress =>
    events.reduce<NodeProgress | undefined>(
      (progress, event) => advance(progress, event, 1000) ?? progress,
      undefined,
    ) as NodeProgress;
  const key = 'a'.repeat(64);

  test('a node of four elements, one done and one half done, is three eighths done', () => {
    const progress = heard([
      { type: 'node-expanded', node: 'fit', elements: 4 },
      { type: 'task-started', node: 'fit', element: 'fit[0]', threads: 1, attempt: 1, worker: 'w' },
      { type: 'task-finished', node: 'fit', element: 'fit[0]', key, seconds: 8, threads: 1 },
      { type: 'task-started', node: 'fit', element: 'fit[1]', threads: 1, attempt: 1, worker: 'w' },
      { type: 'task-progress', node: 'fit', element: 'fit[1]', done: 5, total: 10 },
    ]);
    expect(shareDone(progress)).toBe(0.375);
    // 4 s of it took 4 s: as long again, then two more of 8 s
    expect(secondsLeft(progress, 5000)).toBeCloseTo(4 + 16);
  });

  test('the last picture of an element stays while it runs, and goes with it', () => {
    const picture = 'data:image/webp;base64,UklGRg==';
    const about = { node: 'fit', element: 'fit' };
    const seen = [
      { type: 'task-progress', ...about, done: 1, total: 3, picture },
      { type: 'task-progress', ...about, done: 2, total: 3 },
    ] as const;
    expect(heard([...seen]).running.get('fit')).toMatchObject({ done: 2, picture });
    expect(heard([...seen, { type: 'task-finished', ...about, key, seconds: 1, threads: 1 }]).running.size).toBe(0);
  });

  test('a lost artifact takes its element back', () => {
    const progress = heard([
      { type: 'task-finished', node: 'fit', element: 'fit', key, seconds: 1, threads: 1 },
      { type: 'artifact-lost', node: 'fit', element: 'fit', message: 'gone' },
    ]);
    expect(progress.keys.size).toBe(0);
  });

  test('of a failure a card says in one line what came instead of what; its parts, remedy included, are kept', () => {
    const fault = {
      code: 'stage.no-face',
      where: 'reference.image',
      expected: 'one face: that of the person',
      got: 'none',
      remedy: 'give its points; or another picture',
      message: 'reference.image: expected one face: that of the person, got none; give its points; or another picture',
    } as const;
    const progress = heard([
      { type: 'task-started', node: 'fit', element: 'fit[1]', threads: 1, attempt: 1, worker: 'w' },
      { type: 'task-failed', node: 'fit', element: 'fit[1]', ...fault },
    ]);
    expect(progress.running.size).toBe(0);
    const node = { stage: 'deformation-fit@1' };
    const state = stateOf({ node, errors: [], plan: undefined, progress, inRun: true, now: 0 });
    expect(state).toEqual({
      kind: 'failed',
      words: 'failed · expected one face: that of the person, got none',
      details: [`fit[1]: ${fault.message}`],
      faults: [{ element: 'fit[1]', ...fault }],
    });
  });

  test('durations read as a person says them', () => {
    expect([0.2, 12, 200, 5000].map(duration)).toEqual(['0.2 s', '12 s', '3 min', '83 min']);
    expect(duration(9000)).toBe('2 h 30 min');
  });
});

describe('several', () => {
  test('elements lie in the order of their indices and are numbered by them, whichever finished first', () => {
    const finished = ['fit[2]', 'fit[10]', 'fit[0]'].map((element) => ({ element, key: element }));
    expect(inOrder(finished).map(({ element }) => elementNumber(element))).toEqual(['1', '3', '11']);
    const grid = ['fit[1,0]', 'fit[0,1]', 'fit[0,0]'].map((element) => ({ element, key: element }));
    expect(inOrder(grid).map(({ element }) => elementNumber(element))).toEqual(['1,1', '1,2', '2,1']);
    expect(elementNumber('fit')).toBe('');
  });

  test('frames are named by the time at which they are seen, from their first moment to their last', () => {
    for (const fps of [24, 25, 29.97, 60])
      for (let frame = 0; frame < 500; frame++)
        expect([
          frameAt(middleOfFrame(frame, fps), fps),
          // as a player gives it back: rounded to microseconds
          frameAt(Math.floor((frame / fps) * 1e6) / 1e6, fps),
          frameAt((frame + 0.99) / fps, fps),
        ]).toEqual([frame, frame, frame]);
  });

  test('a curve lies by the steps at which it was measured, and by logarithms where it falls far', () => {
    const size = { width: 100, height: 116 };
    const thinned = curveScale([1000, 10, 1], [0, 10, 100], size);
    expect([thinned.log, thinned.points]).toEqual([true, '0.0,8.0 10.0,74.7 100.0,108.0']);
    expect([0, 0.04, 0.06, 0.9].map((share) => thinned.nearest(share))).toEqual([0, 0, 1, 2]);
    expect(curveScale([2, 4, 3], undefined, size)).toMatchObject({
      log: false,
      points: '0.0,108.0 50.0,8.0 100.0,58.0',
    });
    expect(curveScale([5], undefined, size).points).toBe('50.0,108.0');
  });

  test('things find a place of their own in sight, beside what lies there and what lies over the canvas', () => {
    const size = { width: 240, height: 120 };
    const seen = { x: -500, y: -300, width: 1000, height: 600 };
    const middle = freePlace(size, { seen, taken: [], covered: [] });
    expect(middle).toEqual({ x: -120, y: -56 });
    const taken = [{ ...middle, ...size }];
    const covered = [{ x: 100, y: -300, width: 400, height: 600 }];
    const beside = { ...freePlace(size, { seen, taken, covered }), ...size };
    for (const other of [...taken, ...covered]) expect(overlap(beside, other)).toBe(false);
    expect(beside.x >= seen.x && beside.y >= seen.y && beside.y + 120 <= 300).toBe(true);
    const full = freePlace(size, { seen, taken: [seen], covered });
    expect(overlap({ ...full, ...size }, covered[0]!)).toBe(false);
  });
});

describe('forms', () => {
  const specs = paramSpecs({
    properties: {
      steps: { type: 'integer', minimum: 1, maximum: 50, default: 2, description: 'How many.', unit: 'steps' },
      gain: { type: 'number', exclusiveMinimum: 0, maximum: 9007199254740991 },
      voice: { type: 'string', enum: ['slt', 'rms'], default: 'slt' },
      fixed: { type: 'object', default: {} },
    },
  });

  test('say kind, range, unit and help', () => {
    expect(specs.map(({ kind }) => kind)).toEqual(['integer', 'number', 'choice', 'json']);
    expect(specs[0]).toMatchObject({ range: '1 … 50', unit: 'steps', help: 'How many.', fallback: 2 });
    expect(specs[1]?.range).toBe('above 0');
  });

  test('what is typed comes back as it was, and what is no value stays a text that is refused by name', () => {
    const [steps, , , fixed] = specs as [(typeof specs)[0], unknown, unknown, (typeof specs)[0]];
    expect(fromField(steps!, '12')).toBe(12);
    expect(fromField(steps!, '')).toBeUndefined();
    expect(fromField(steps!, 'many')).toBe('many');
    expect(fromField(fixed!, toField(fixed!, { gender: 'woman' }))).toEqual({ gender: 'woman' });
  });
});

describe('looking', () => {
  const first = {
    width: 200,
    height: 300,
    fx: 400,
    fy: 400,
    cx: 100,
    cy: 150,
    worldToCamera: [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 3, 0, 0, 0, 1],
  };
  const seen = (camera: typeof first, [x, y, z]: readonly [number, number, number]): [number, number, number] => {
    const row = (at: number): number =>
      camera.worldToCamera[at]! * x +
      camera.worldToCamera[at + 1]! * y +
      camera.worldToCamera[at + 2]! * z +
      camera.worldToCamera[at + 3]!;
    return [(camera.fx * row(0)) / row(8) + camera.cx, (camera.fy * row(4)) / row(8) + camera.cy, row(8)];
  };

  test('from the front the view is the first one', () => {
    expect(
      orbitCamera(first, [0, 0, 0], { yaw: 0, pitch: 0, distance: 1 }, first).worldToCamera.map(
        (value) => Math.round(value * 1e9) / 1e9 + 0,
      ),
    ).toEqual(first.worldToCamera);
  });

  test('what it turns about stays in the middle, at its distance', () => {
    const camera = orbitCamera(first, [0, 0, 0], { yaw: 0.7, pitch: -0.3, distance: 2 }, { width: 400, height: 600 });
    const [x, y, depth] = seen(camera, [0, 0, 0]);
    expect([x, y, depth].map((value) => Math.round(value * 1e6) / 1e6)).toEqual([200, 300, 6]);
  });

  test('the loudest samples of a stretch are drawn', () => {
    expect([...waveformPeaks(new Float32Array([0.5, -1, 0.25, 0]), 2)]).toEqual([-1, 0.5, 0, 0.25]);
  });
});

describe('an edit of the document', () => {
  const doc = parseGraph(
    JSON.stringify({
      format: 1,
      name: 'edited',
      nodes: { film: { stage: 'splat-renderer@1' }, fit: { stage: 'deformation-fit@1' } },
      outputs: { 'a.mp4': 'film.video', 'b.json': 'fit.metrics' },
      sizes: { tiny: { 'fit.steps': 1 }, base: {} },
      expect: [
        { metric: 'fit.psnr', atLeast: 28, sizes: ['tiny'] },
        { metric: 'fit.ssim', atLeast: 0.9, sizes: ['tiny', 'base'] },
        { metric: 'fit.gain', atMost: 'fit.psnr' },
      ],
    }),
    { path: 'edited.json' },
  );

  test('names a new output after its node and type, and never as another', () => {
    const once = addOutput(doc, 'film.video', 'video');
    expect(once.outputs).toEqual({ ...doc.outputs, 'film-video.mp4': 'film.video' });
    expect(Object.keys(addOutput(once, 'film.video', 'video').outputs)).toContain('film-video-2.mp4');
    expect(addOutput(doc, 'training.model', 'model<motion>').outputs).toMatchObject({
      'training.onnx': 'training.model',
    });
  });

  test('of an output keeps its place', () => {
    expect(Object.entries(setOutput(doc, 'a.mp4', { file: 'c.mp4' }).outputs)).toEqual([
      ['c.mp4', 'film.video'],
      ['b.json', 'fit.metrics'],
    ]);
    expect(setOutput(doc, 'a.mp4', { reference: 'fit.metrics' }).outputs['a.mp4']).toBe('fit.metrics');
    expect(Object.keys(setOutput(doc, 'a.mp4').outputs)).toEqual(['b.json']);
  });

  test('that makes it none is known before it is made', () => {
    expect(documentProblem(doc)).toBeUndefined();
    expect(documentProblem(renameGraph(doc, '../up'))).toMatch(/letters, digits/);
    expect(documentProblem(setOutput(doc, 'a.mp4', { file: '.hidden' }))).toMatch(/file name/);
    expect(documentProblem(setExpectation(doc, 0, { atLeast: undefined }))).toMatch(/atLeast or atMost/);
    expect(documentProblem(setExpectation(doc, 0, { atMost: 'nothing' }))).toBeDefined();
    expect(documentProblem(setExpectation(doc, 0, { atMost: 'fit.gain' }))).toBeUndefined();
    expect(documentProblem(addSize(doc, '1 x'))).toBeDefined();
  });

  test('of a size reaches all that speaks of it; what was expected of it alone goes with it', () => {
    const renamed = renameSize({ ...doc, size: 'tiny' }, 'tiny', 'small');
    expect([renamed.size, Object.keys(renamed.sizes), renamed.expect.map(({ sizes }) => sizes)]).toEqual([
      'small',
      ['small', 'base'],
      [['small'], ['small', 'base'], undefined],
    ]);
    expect(removeSize(doc, 'tiny').expect).toEqual([{ ...doc.expect[1], sizes: ['base'] }, doc.expect[2]]);
  });
});

test('a backbone lacks the model that a node names, unless that is here', () => {
  const lack = { what: 'a voice', remedy: 'soliloquy models get large', model: { param: 'model', here: ['small'] } };
  const program = { what: 'eSpeak NG', remedy: 'install it' };
  const catalogue = { stages: [], types: [], lacking: { speech: { piper: [lack, program] } } };
  const of = (params?: Record<string, unknown>) => lacking(catalogue, 'speech', 'piper', params);
  expect(of()).toEqual([{ what: 'a voice', remedy: 'soliloquy models get large' }, program]);
  expect(of({ model: 'small' })).toEqual([program]);
  expect(of({ model: 'mine' })).toEqual([
    { what: 'a voice called "mine"', remedy: 'soliloquy models list says what gets it' },
    program,
  ]);
  expect(lacking(catalogue, 'speech', 'flite')).toEqual([]);
});

test('tracks are drawn frame by frame, each point by its part, those that are not seen not at all', () => {
  const tracks = {
    frames: 2,
    fps: 25,
    points: 2,
    width: 64,
    height: 96,
    positions: Float32Array.of(1, 2, 3, 4, 5, 6, 7, 8),
    visibility: Float32Array.of(1, 0, 0.5, 1),
    labels: { names: ['nose', 'wrist'], parts: Uint8Array.of(0, 2) },
  };
  expect(trackDots(tracks, 0)).toEqual([{ x: 1, y: 2, visibility: 1, part: 'body' }]);
  expect(trackDots(tracks, 1)).toEqual([
    { x: 5, y: 6, visibility: 0.5, part: 'body' },
    { x: 7, y: 8, visibility: 1, part: 'leftHand' },
  ]);
  const { labels: _, ...nameless } = tracks;
  expect(trackDots(nameless, 1).map(({ part }) => part)).toEqual([undefined, undefined]);
});
