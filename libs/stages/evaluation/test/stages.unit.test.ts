import { beforeEach, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { createRegistry, migrateGraph, parseGraph, validateGraph } from '@soliloquy/graph';
import type { Metrics, Video } from '@soliloquy/ports';
import { defineMeasure, defineStage, loadBackbone, metricsOf, type AnyStage } from '@soliloquy/stage';
import { stageContext } from '@soliloquy/testing';
import { evaluationInputs, evaluationStage, reportStage, statisticsStage, withMeasures } from '../src/index.ts';

const ctx = stageContext();
async function run(stage: AnyStage, inputs: object, params: object): Promise<Record<string, unknown>> {
  const { run: work } = await loadBackbone(stage.id, stage.backbones[stage.defaultBackbone]);
  return (await work(inputs as never, params as never, ctx)) as Record<string, unknown>;
}

const frames = defineMeasure({
  of: evaluationInputs,
  name: 'brightness',
  version: 1,
  unit: 'levels',
  text: 'mean of red',
  series: 'frames',
  needs: ['video'],
  params: { gain: z.number().default(1).describe('Multiplied with.') },
  async measure({ video }, params) {
    const series: number[] = [];
    for await (const frame of video.read())
      series.push(
        (params.gain * frame.reduce((sum, value, i) => sum + (i % 4 === 0 ? value : 0), 0) * 4) / frame.length,
      );
    return { value: series.reduce((a, b) => a + b, 0) / series.length, series };
  },
});
const video: Video = {
  width: 2,
  height: 1,
  fps: 25,
  frames: 2,
  async *read() {
    yield Uint8ClampedArray.of(10, 0, 0, 255, 30, 0, 0, 255);
    yield Uint8ClampedArray.of(40, 0, 0, 255, 60, 0, 0, 255);
  },
};

describe('a measure from outside', () => {
  let stage: AnyStage;
  beforeEach(() => {
    stage = withMeasures(evaluationStage, [frames]);
  });

  test('is run beside the others, and gives a series over frames', async () => {
    expect(await run(stage, { video }, { every: 1, gain: 2 })).toEqual({
      metrics: {
        values: { brightness: 70 },
        about: { brightness: { unit: 'levels', text: 'mean of red', over: 'frames' } },
        curves: { brightness: [40, 100] },
      },
    });
    expect(stage.params.parse({})).toEqual({ every: 10, gain: 1 });
    expect(evaluationStage.params.parse({})).toEqual({ every: 10 });
  });

  test('keeps the other backbones of the stage, and what the stage is', () => {
    const mine = { ...evaluationStage.backbones.measures, title: 'Mine' };
    const given = { ...evaluationStage, backbones: { ...evaluationStage.backbones, mine } };
    const { backbones, defaultBackbone, id } = withMeasures(given, [frames]);
    expect(Object.keys(backbones)).toEqual(['measures', 'mine']);
    expect(backbones.mine).toBe(mine);
    expect([id, defaultBackbone]).toEqual(['evaluation', 'measures']);
  });

  test('can be expected, and leaves the stage that it was added to as it was', () => {
    const doc = parseGraph(
      JSON.stringify({
        format: 1,
        name: 'outside',
        inputs: { film: { type: 'video' } },
        nodes: { rate: { stage: 'evaluation@1' } },
        edges: ['film -> rate.video'],
        expect: [{ metric: 'rate.brightness', atLeast: 0 }],
      }),
      { path: 'outside.json' },
    );
    const codes = (each: AnyStage): string[] => validateGraph(doc, createRegistry([each])).map(({ code }) => code);
    expect(codes(stage)).not.toContain('graph.unknown-metric');
    expect(codes(evaluationStage)).toContain('graph.unknown-metric');
  });

  test('of a name that there is, or added to another stage, is refused', () => {
    expect(() => withMeasures(stage, [frames])).toThrow(
      'measure brightness: expected one measure of this name, got two',
    );
    expect(() => withMeasures(reportStage, [frames])).toThrow(
      expect.objectContaining({
        code: 'evaluation.not-evaluation',
        message: expect.stringContaining('withMeasures: expected the evaluation stage, got "report"') as string,
        audience: 'author',
      }),
    );
    const unfit = defineMeasure({
      of: { sound: evaluationInputs.audio },
      name: 'sound',
      version: 1,
      text: '',
      needs: ['sound'],
      measure: () => 1,
    });
    expect(() => withMeasures(evaluationStage, [unfit])).toThrow(
      'evaluation.measures.metrics.sound.needs: expected inputs of the stage, got sound',
    );
  });
});

describe('statistics', () => {
  test('are mean, deviation and count of each figure over the films that have it', async () => {
    const metrics: Metrics[] = [
      { values: { psnr: 30, lag: 1 }, about: { psnr: { unit: 'dB', better: 'higher', text: 'of frames' } } },
      { values: { psnr: 34 } },
      { values: { psnr: 32 } },
    ];
    // Strictly: what is not known is absent, not undefined.
    expect(await run(statisticsStage, { metrics }, { axis: '*' })).toStrictEqual({
      metrics: {
        values: { 'psnr/mean': 32, 'psnr/deviation': 2, 'psnr/count': 3, 'lag/mean': 1, 'lag/count': 1 },
        about: {
          'psnr/mean': { unit: 'dB', better: 'higher', text: 'mean over the films: of frames' },
          'psnr/deviation': { unit: 'dB', text: 'standard deviation over the films, n − 1: of frames' },
          'psnr/count': { text: 'films that have the figure' },
          'lag/mean': { text: 'mean over the films: lag' },
          'lag/count': { text: 'films that have the figure' },
        },
      },
    });
  });

  test.each(['Clip', '', 'a b', '**'])('refuse the axis "%s"', (axis) => {
    expect(statisticsStage.params.safeParse({ axis }).success).toBe(false);
    expect(statisticsStage.params.safeParse({ axis: 'held-out' }).success).toBe(true);
  });
});

describe('the report', () => {
  const film: Video = { ...video, width: 32, height: 32, read: grey };
  async function* grey(from = 0, to = 2): AsyncGenerator<Uint8ClampedArray> {
    for (let i = from; i < to; i++) yield new Uint8ClampedArray(32 * 32 * 4).fill(128);
  }

  test('has a table for each node by its name, in the order of edges, and a column for each element', async () => {
    const figures = { psnr: { unit: 'dB', text: 'of frames' } } as const;
    const of = (title: string, psnr: number, curves?: Metrics['curves']) => ({
      title,
      value: metricsOf(figures, { psnr }, { curves }),
    });
    const metrics = [of('fit', 28, { loss: [3, 2, 1] }), of('fit', 32), of('<b>', 7)];
    const { report } = (await run(reportStage, { video: film, metrics }, { title: 'T' })) as {
      report: { html: string };
    };
    const headings = [...report.html.matchAll(/<h2>(.*?)<\/h2>/g)].map(([, heading]) => heading);
    expect(headings).toEqual(['Film', 'Frames', 'fit', '&#60;b&#62;']);
    const [, fit, other] = report.html
      .split('<h2>')
      .slice(2)
      .map((text) => text);
    expect(fit).toMatch(/>28<.*>32<.*>30</);
    expect(fit).toContain('loss (1) over 3 steps');
    expect(other).toContain('>7<');
    expect(other).not.toContain('mean');
  });

  test('holds a film, which the encoder cuts by the number of cores, and has that number in its key', async () => {
    const { report } = (await run(reportStage, { video: film }, { title: 'T' })) as { report: { html: string } };
    expect(report.html).toContain('src="data:video/mp4;base64,');
    expect(reportStage.backbones.page.coresMatter).toBe(true);
  });

  test('draws a series over what it runs over, in its unit', async () => {
    const value: Metrics = {
      values: { psnr: 2 },
      about: { psnr: { unit: 'dB', over: 'frames' } },
      curves: { psnr: [1, 2, 3] },
    };
    const metrics = [{ title: 'evaluation', value }];
    const { report } = (await run(reportStage, { video: film, metrics }, { title: 'T' })) as {
      report: { html: string };
    };
    expect(report.html).toContain('aria-label="psnr, dB over 3 frames"');
  });

  test('of version 1 keeps all that it was connected to, in the order of its edges', () => {
    const nodes = Object.fromEntries(['a', 'b', 'c', 'd', 'e'].map((name) => [name, { stage: 'source@1' }]));
    const doc = parseGraph(
      JSON.stringify({
        format: 1,
        name: 'old',
        nodes: { film: { stage: 'shoot@1' }, ...nodes, report: { stage: 'report@1', params: { title: 'Mine' } } },
        edges: [
          'film.video -> report.video',
          'a.metrics -> report.motion',
          'b.metrics -> report.fit',
          'c.metrics -> report.evaluation',
          'd.metrics -> report.canonical',
          'e.metrics -> report.alignment',
        ],
        outputs: { 'report.html': 'report.report' },
      }),
      { path: 'old.json' },
    );
    const backbones = {
      only: { version: 1, title: '', summary: '', params: z.object({}), load: async () => ({ run: () => ({}) }) },
    };
    const made = (id: string, outputs: AnyStage['outputs']): AnyStage =>
      defineStage({
        id,
        version: 1,
        title: '',
        summary: '',
        inputs: {},
        params: z.object({}),
        outputs,
        backbones,
        defaultBackbone: 'only',
      });
    const registry = createRegistry([
      made('shoot', { video: { type: reportStage.inputs.video.type, summary: '' } as AnyStage['outputs'][string] }),
      made('source', { metrics: { ...evaluationStage.outputs.metrics } as AnyStage['outputs'][string] }),
      reportStage,
    ]);
    const { doc: migrated, notes } = migrateGraph(doc, registry);
    expect(migrated.edges.slice(1)).toEqual(
      ['a', 'b', 'c', 'd', 'e'].map((name) => `${name}.metrics -> report.metrics`),
    );
    expect(migrated.nodes['report']).toEqual({ stage: 'report@2', params: { title: 'Mine' } });
    expect(notes).toHaveLength(1);
    expect(validateGraph(migrated, registry)).toEqual([]);
  });
});
