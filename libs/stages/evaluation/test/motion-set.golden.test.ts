import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, test } from 'vitest';
import type { PointPart } from '@soliloquy/latent-flow';
import type { Metrics, Tracks } from '@soliloquy/ports';
import { loadBackbone } from '@soliloquy/stage';
import { stageContext } from '@soliloquy/testing';
import { frechetDistance } from '../src/frechet-distance.ts';
import { motionSetStage } from '../src/index.ts';
import { FilmPoints } from '../src/motion-set/film-points.ts';
import { motionHistograms } from '../src/motion-set/motion-histograms.ts';
import { measure, tone } from './evaluate.ts';
import { FRAMES, madePoints, movedPoints } from './made-points.ts';
import { madeTracks, unseen } from './made-tracks.ts';

/** Of `golden/motion-set.py`: NumPy 1.24.2, SciPy 1.10.1. */
const golden = JSON.parse(readFileSync(new URL('golden/motion-set.json', import.meta.url), 'utf8')) as {
  figures: Record<string, number>;
  histogram: number[];
  frechet: { a: number[][]; b: number[][]; value: number };
};
const FILMS = 18;
const of = <T>(count: number, make: (i: number) => T): T[] => Array.from({ length: count }, (_, i) => make(i));
const rows = (values: number[][]): Float64Array[] => values.map((row) => Float64Array.from(row));

/** A whole set of `count` films. */
const set = (count: number) => ({
  points: of(count, (i) => madePoints(100 + 10 * i, 0.8)),
  truthPoints: of(count, (i) => madePoints(1000 + 10 * i, 1)),
  tracks: of(count, (i) => madeTracks(11 + i)),
  truthTracks: of(count, (i) => madeTracks(22 + i)),
  audio: of(count, (i) => tone(5 + i, FRAMES / 25)),
});

async function judged(inputs: ReturnType<typeof set>): Promise<Metrics> {
  const { run } = await loadBackbone('motion-set-evaluation', motionSetStage.backbones.measures);
  return ((await run(inputs as never, { axis: 'clip' } as never, stageContext())) as { metrics: Metrics }).metrics;
}

describe('against NumPy and SciPy', () => {
  let metrics: Metrics;
  beforeAll(async () => {
    metrics = await judged(set(FILMS));
  });

  test('the histogram of a window', () => {
    const window = motionHistograms(new FilmPoints('points', madePoints(100, 0.8)))[5];
    golden.histogram.forEach((value, i) => expect(window[i], String(i)).toBeCloseTo(value, 9));
  });

  test('every figure of points', () => {
    for (const [name, value] of Object.entries(golden.figures))
      expect(metrics.values[name], name).toBeCloseTo(value, 5);
  });

  test('every figure of single films, as evaluation measures each', async () => {
    const { tracks, truthTracks, audio } = set(FILMS);
    const single = await measure({ tracks: tracks[3], truthTracks: truthTracks[3], audio: audio[3] }, {});
    for (const name of ['acc-err:mediapipe:face', 'acc-err:mediapipe:body/still', 'lip-likeness:mediapipe'])
      expect(metrics.curves?.[name][3], name).toBe(single.values[name]);
    expect(metrics.values['acc-err:mediapipe:face']).toBeCloseTo(
      metrics.curves!['acc-err:mediapipe:face'].reduce((a, b) => a + b, 0) / FILMS,
      12,
    );
  });

  test('everything comes together, and says how much it rests on', () => {
    const names = Object.keys(metrics.values).filter((name) => !name.endsWith('count') && name !== 'fvmd:tracks/still');
    for (const name of names) expect(metrics.values[`${name}/count`], name).toBeGreaterThan(0);
    for (const stem of ['fvmd:tracks', 'acc-err:points:mouth', 'acc-err:mediapipe:hand', 'variance:points:body'])
      expect(names).toContain(stem);
    expect(metrics.about?.['acc-err:points:mouth']).toMatchObject({
      unit: 'px/frame²',
      better: 'lower',
      over: 'films',
    });
  });
});

describe('the Fréchet distance', () => {
  test('is that of SciPy, and of a singular covariance too', () => {
    const { a, b, value } = golden.frechet;
    expect(frechetDistance(rows(a), rows(b))).toBeCloseTo(value, 6);
    expect(frechetDistance(rows(a), rows(a))).toBeCloseTo(0, 9);
  });

  test('of two shifted sets is the square of the shift, of a scaled one (1 − s)² of its variance', () => {
    const { a } = golden.frechet;
    const shifted = a.map((row) => row.map((value, i) => value + (i === 1 ? 3 : 0)));
    expect(frechetDistance(rows(a), rows(shifted))).toBeCloseTo(9, 9);
    const mean = a[0].map((_, i) => a.reduce((sum, row) => sum + row[i], 0) / a.length);
    const spread = a
      .flatMap((row) => row.map((value, i) => (value - mean[i]) ** 2))
      .reduce((sum, each) => sum + each, 0);
    const doubled = a.map((row) => row.map((value, i) => 2 * value - mean[i]));
    expect(frechetDistance(rows(a), rows(doubled))).toBeCloseTo(spread / (a.length - 1), 9);
  });
});

describe('each figure can fall', () => {
  const all = set(4);
  const MOUTH: PointPart[] = ['upperLip', 'lowerLip', 'jaw'];
  const withFilms = (change: (tracks: Tracks) => Tracks) => judged({ ...all, points: all.truthPoints.map(change) });

  test('the true motion is at no distance and has no error', async () => {
    const { values } = await withFilms((tracks) => tracks);
    expect(values['fvmd:tracks']).toBeCloseTo(0, 6);
    for (const group of ['body', 'hand', 'head', 'mouth']) {
      expect(values[`acc-err:points:${group}`]).toBe(0);
      expect(values[`variance:points:${group}`]).toBeCloseTo(1, 9);
    }
    expect(values['lip-likeness:points']).toBeCloseTo(1, 9);
  });

  test('standing still has its own distance and error, and no variance', async () => {
    const { values } = await withFilms((tracks) => ({
      ...tracks,
      positions: tracks.positions.map((_, i) => tracks.positions[i % (2 * tracks.points)]),
    }));
    expect(values['fvmd:tracks']).toBeCloseTo(values['fvmd:tracks/still'], 9);
    expect(values['variance:points:body']).toBe(0);
    expect(values['acc-err:points:mouth']).toBeCloseTo(values['acc-err:points:mouth/still'], 9);
  });

  test('trembling is told by distance and error; a mouth that its head carries has no error of its own', async () => {
    const calm = (await withFilms((tracks) => tracks)).values;
    const trembling = (await withFilms((tracks) => movedPoints(tracks, ['torso'], (f, x, y) => [x + (f % 2), y])))
      .values;
    expect(trembling['fvmd:tracks']).toBeGreaterThan(calm['fvmd:tracks'] + 0.5);
    expect(trembling['acc-err:points:body']).toBeGreaterThan(0.5);
    expect(trembling['acc-err:points:mouth']).toBe(0);
    const nodding = (
      await withFilms((tracks) => movedPoints(tracks, ['head', ...MOUTH], (f, x, y) => [x, y + 3 * (f % 2)]))
    ).values;
    expect(nodding['acc-err:points:head']).toBeGreaterThan(3);
    expect(nodding['acc-err:points:mouth']).toBeCloseTo(0, 4);
  });

  test('a part that one film does not show counts fewer films and has no course', async () => {
    const tracks = all.tracks.map((each, i) => (i === 2 ? unseen(each, 'face') : each));
    const { values, curves } = await judged({ ...all, tracks });
    expect(values['lip-likeness:mediapipe/count']).toBe(3);
    expect(curves).not.toHaveProperty('lip-likeness:mediapipe');
    expect(curves?.['acc-err:mediapipe:body']).toHaveLength(4);
  });
});

describe('what does not belong together', () => {
  const all = set(2);

  test.each([
    ['a film too few', { truthTracks: all.truthTracks.slice(1) }, 'stage.count-mismatch', '.truthTracks'],
    [
      'another size',
      { truthPoints: [all.truthPoints[0], { ...all.truthPoints[1], width: 481 }] },
      'stage.size-mismatch',
      '.truthPoints[1]',
    ],
    ['tracks of the networks as points', { points: all.tracks }, 'stage.tracks-unnamed', '.points[0]'],
    [
      'films of fewer than 18 frames',
      { points: all.points.map((each) => short(each, 17)) },
      'stage.too-few-windows',
      '.points',
    ],
  ])('%s is refused by name', async (_, change, code, where) => {
    await expect(judged({ ...all, ...change })).rejects.toMatchObject({
      code,
      where: `motion-set-evaluation${where}`,
    });
  });
});

function short(tracks: Tracks, frames: number): Tracks {
  return {
    ...tracks,
    frames,
    positions: tracks.positions.slice(0, frames * tracks.points * 2),
    visibility: tracks.visibility.slice(0, frames * tracks.points),
  };
}
