import { describe, expect, expectTypeOf, test } from 'vitest';
import { z } from 'zod';
import { numberPort, wordsPort } from '@soliloquy/testing';
import {
  defineMeasure,
  defineStage,
  figureNamed,
  figuresOfMeasures,
  metricsOf,
  paramsOfMeasures,
  stepOf,
  takeMeasures,
  type InputSpec,
  type StageContext,
} from '../src/index.ts';

const inputs = {
  film: { type: numberPort, summary: '' },
  truth: { type: numberPort, summary: '', optional: true },
  clips: { type: numberPort, summary: '', gathers: 'clip', optional: true },
  name: { type: wordsPort, summary: '', optional: true },
} as const satisfies Record<string, InputSpec>;

const every = z.int().default(2).describe('Every so many.');
const error = defineMeasure({
  of: inputs,
  name: 'error',
  version: 3,
  unit: 'px',
  better: 'lower',
  text: 'how far off',
  source: 'by hand',
  needs: ['film', 'truth'],
  params: { every },
  measure: ({ film, truth }, params) => {
    expectTypeOf(film).toEqualTypeOf<number>();
    expectTypeOf(truth).toEqualTypeOf<number>();
    expectTypeOf(params.every).toEqualTypeOf<number>();
    return { value: Math.abs(film - truth) * params.every, at: 'film 2x2' };
  },
  baselines: {
    still: { text: 'of nothing', measure: ({ truth }) => Math.abs(truth) },
    mean: {
      better: 'higher',
      text: 'of the mean clip',
      needs: ['clips'],
      measure: ({ truth, clips }) => {
        expectTypeOf(clips).toEqualTypeOf<number[]>();
        return Math.abs(truth - clips.reduce((a, b) => a + b, 0) / clips.length);
      },
    },
  },
});
const course = defineMeasure({
  of: inputs,
  name: 'course',
  version: 1,
  needs: ['film'],
  figures: { 'course:up': { unit: 'px', text: 'rises', series: 'frames' }, 'course:down': { text: 'falls' } },
  measure: ({ film }) => ({
    'course:up': { value: film, series: [0, film, 2 * film] },
    'course:down': film > 0 ? undefined : -film,
  }),
});

const notes: [number, number, string | undefined][] = [];
const contextOf = (signal: AbortSignal): StageContext => {
  const progress = (done: number, total: number, note?: string): void => void notes.push([done, total, note]);
  return { signal, progress, step: stepOf({ signal, progress }) } as unknown as StageContext;
};
const ctx = contextOf(new AbortController().signal);

describe('a list of measures', () => {
  test('declares its figures with what each needs, before anything runs', () => {
    expect(figuresOfMeasures([error, course])).toEqual({
      error: { unit: 'px', better: 'lower', text: 'how far off', needs: ['film', 'truth'], version: 3 },
      'error/still': { unit: 'px', better: 'lower', text: 'of nothing', needs: ['film', 'truth'], version: 3 },
      'error/mean': {
        unit: 'px',
        better: 'higher',
        text: 'of the mean clip',
        needs: ['film', 'truth', 'clips'],
        version: 3,
      },
      'course:up': { unit: 'px', text: 'rises', series: 'frames', needs: ['film'], version: 1 },
      'course:down': { text: 'falls', needs: ['film'], version: 1 },
    });
    expect(paramsOfMeasures([error, course])).toEqual({ every });
  });

  test('runs those whose inputs are given, and says what each figure is and holds at', async () => {
    expect(await takeMeasures([error, course], { film: 5, truth: 2, clips: [1, 3, 5] }, { every: 2 }, ctx)).toEqual({
      values: { error: 6, 'error/still': 2, 'error/mean': 1, 'course:up': 5 },
      about: {
        error: { unit: 'px', better: 'lower', text: 'how far off, film 2x2' },
        'error/still': { unit: 'px', better: 'lower', text: 'of nothing' },
        'error/mean': { unit: 'px', better: 'higher', text: 'of the mean clip' },
        'course:up': { unit: 'px', text: 'rises', over: 'frames' },
      },
      curves: { 'course:up': [0, 5, 10] },
    });
    expect(notes).toEqual([
      [0, 4, 'error'],
      [1, 4, 'error'],
      [2, 4, 'error'],
      [3, 4, 'course'],
      [4, 4, undefined],
    ]);
  });

  test('leaves out what an input is missing for; an empty one is missing', async () => {
    const { values, curves } = await takeMeasures([error], { film: 5, truth: 2, clips: [] }, { every: 1 }, ctx);
    expect(Object.keys(values)).toEqual(['error', 'error/still']);
    expect(curves).toBeUndefined();
    expect((await takeMeasures([error], { film: 5 }, { every: 1 }, ctx)).values).toEqual({});
  });

  test('computes once what is shared', async () => {
    let times = 0;
    const sharing = (name: string) =>
      defineMeasure({
        of: inputs,
        name,
        version: 1,
        text: '',
        needs: ['film'],
        measure: (_given, _params, _ctx, share) => share('pass', () => ++times),
      });
    const all = ['a', 'b', 'c'].map(sharing);
    expect((await takeMeasures(all, { film: 1 }, {}, ctx)).values).toEqual({ a: 1, b: 1, c: 1 });
    expect((await takeMeasures(all, { film: 1 }, {}, ctx)).values).toEqual({ a: 2, b: 2, c: 2 });
  });

  test('stops when the task is aborted', async () => {
    const stopped = contextOf(AbortSignal.abort());
    await expect(takeMeasures([course], { film: 1 }, {}, stopped)).rejects.toThrow('aborted');
  });

  test.each([
    ['one name twice', [error, error], 'measure error: expected one measure of this name, got two'],
    [
      'one figure twice',
      [error, { ...error, name: 'other' }],
      'measure other: expected figures that no other gives, got "error", which error gives',
    ],
  ])('refuses %s', (_what, measures, message) => {
    expect(() => figuresOfMeasures(measures)).toThrow(message);
  });

  test('refuses two params of one name', () => {
    const other = { ...error, name: 'other', params: { every: z.int().default(3) } };
    expect(() => paramsOfMeasures([error, other])).toThrow('measure other.params.every: expected a param of its own');
    expect(paramsOfMeasures([error, { ...error, name: 'same' }])).toEqual({ every });
  });
});

describe('a measure is refused', () => {
  const given = (reading: unknown) =>
    defineMeasure({
      of: inputs,
      name: 'odd',
      version: 1,
      needs: ['film'],
      figures: { odd: { text: '' } },
      measure: () => reading as { odd: number },
    });

  test.each([
    ['that gives what it does not declare', { even: 1 }, 'measure odd: expected figures that it declares, got "even"'],
    ['that gives no number', { odd: Number.NaN }, 'measure odd.odd: expected a finite number, got NaN'],
    [
      'that gives a series it does not declare',
      { odd: { value: 1, series: [1] } },
      'measure odd.odd: expected no series, as declared, got one',
    ],
  ])('%s', async (_what, reading, message) => {
    await expect(takeMeasures([given(reading)], { film: 1 }, {}, ctx)).rejects.toThrow(message);
  });

  test('whose name could not stand in a graph', () => {
    expect(() =>
      defineMeasure({ of: inputs, name: 'Sync C', version: 1, text: '', needs: [], measure: () => 1 }),
    ).toThrow('measure Sync C: expected names of letters, digits');
  });
});

describe('a stage', () => {
  const metrics = { type: { ...numberPort, id: 'metrics' }, summary: '' };
  const stage = {
    id: 'part',
    version: 1,
    title: '',
    summary: '',
    inputs: { ...inputs, metrics },
    params: z.object({ steps: z.int().default(1) }),
    outputs: { metrics, other: { type: numberPort, summary: '' } },
    backbones: { only: { version: 1, title: '', summary: '', params: z.object({}), load: async () => ({}) } },
    defaultBackbone: 'only',
  } as const;

  test.each([
    [
      'figures of an output of another type',
      { measures: { other: { psnr: {} } } },
      'part.measures.other: expected an output of type metrics, got number',
    ],
    [
      'a figure that needs an input which is not there',
      { measures: { metrics: { psnr: { needs: ['flim'] } } } },
      'part.measures.metrics.psnr.needs: expected inputs of the stage, got flim',
    ],
    [
      'a figure of every figure, of an input of another type',
      { measures: { metrics: { '/mean': { of: 'film' } } } },
      'part.measures.metrics./mean.of: expected an input of type metrics, got "film"',
    ],
    [
      'an ending that is of nothing',
      { measures: { metrics: { '/mean': {} } } },
      'expected a name that begins with "/"',
    ],
    [
      'an axis by a param that is not there',
      { outputs: { other: { type: numberPort, summary: '', makes: { param: 'axis' } } } },
      'part.outputs.other.makes: expected a param of the stage (steps), got axis',
    ],
    [
      'a titled input that gathers nothing',
      { inputs: { film: { type: numberPort, summary: '', titled: true } } },
      'part.inputs.film.titled: expected an input that gathers, got one of a single value',
    ],
  ])('with %s is refused', (_what, change, message) => {
    expect(() => defineStage({ ...stage, ...change } as never)).toThrow(message);
    expect(() => defineStage(stage)).not.toThrow();
  });

  test('says of its figures what is declared, and no more than is given', () => {
    const figures = { psnr: { unit: 'dB', better: 'higher', text: 'of frames' }, ssim: {} } as const;
    expect(metricsOf(figures, { psnr: 3 }, { texts: { psnr: 'of 2 frames' } })).toEqual({
      values: { psnr: 3 },
      about: { psnr: { unit: 'dB', better: 'higher', text: 'of 2 frames' } },
    });
    expect(metricsOf(figures, { ssim: 1 }, { curves: { loss: [1] } })).toEqual({
      values: { ssim: 1 },
      about: { ssim: {} },
      curves: { loss: [1] },
    });
  });

  test('finds the declaration of a figure by its name or its ending', () => {
    const figures = { psnr: { unit: 'dB' }, '/mean': { of: 'metrics' }, slash: {} };
    expect(figureNamed(figures, 'psnr')).toBe(figures.psnr);
    expect(figureNamed(figures, 'psnr/mean')).toBe(figures['/mean']);
    expect(figureNamed(figures, '/mean/mean')).toBe(figures['/mean']);
    expect([figureNamed(figures, 'psnr/slash'), figureNamed(figures, 'mean')]).toEqual([undefined, undefined]);
  });
});
