import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { afterAll, expect, test } from 'vitest';
import { videoFromFrames } from '@soliloquy/media';
import type { Metrics, Tracks, Video } from '@soliloquy/ports';
import { openBackbone } from '@soliloquy/stage';
import { stageContext } from '@soliloquy/testing';
import { evaluationStage, filmSetStage } from '../src/index.ts';
import type { EvaluationNetwork } from '../src/networks/network-names.ts';
import { movedPixels } from './made-pixels.ts';
import { madeTracks } from './made-tracks.ts';
import { madeFilm, randomNetwork, readGolden, type Draw } from './random-networks.ts';

interface Drawn {
  readonly draws: readonly Draw[];
}
const golden = readGolden<Record<'fid' | 'fvd' | 'lpips', Drawn>>();
const PARTS = {
  'inception-pool3': ['inception', golden.fid],
  'i3d-kinetics-400': ['i3d', golden.fvd],
  'lpips-alex': ['lpips', golden.lpips],
} as const satisfies Partial<Record<EvaluationNetwork, readonly [string, Drawn]>>;

const folders = new Map<string, string>();
afterAll(() => folders.forEach((folder) => rmSync(folder, { recursive: true })));

/** A network of random weights that says it has published ones, to see what a measure says of it. */
function claimed(name: string): Promise<string> {
  const known = folders.get(name);
  if (known !== undefined) return Promise.resolve(known);
  const [file, { draws }] = PARTS[name as keyof typeof PARTS];
  const path = randomNetwork(file, draws);
  const bytes = readFileSync(path);
  bytes.write('sha256:f', bytes.lastIndexOf('random:3'));
  writeFileSync(path, bytes);
  const folder = path.replace(/\/model\.onnx$/, '');
  folders.set(name, folder);
  return Promise.resolve(folder);
}

const filmOf = (frames: { width: number; height: number; data: Uint8Array }[]): Video => {
  const [{ width, height }] = frames;
  return videoFromFrames({ width, height, fps: 25, frames: frames.length }, (from, to) =>
    frames.slice(from, to).map(({ data }) => new Uint8ClampedArray(data)),
  );
};
const noise = (seed: number): Video => filmOf(madeFilm(20, 60, 44, seed));

async function judged(
  inputs: Readonly<Record<string, unknown>>,
  params: Readonly<Record<string, unknown>> = {},
): Promise<Metrics & { logs: readonly string[] }> {
  const run = await openBackbone(filmSetStage, 'measures');
  const ctx = stageContext({ model: claimed });
  const given = { axis: 'clip', every: 10, clipFrames: 10, windowStride: 2, networks: [], ...params };
  const { metrics } = (await run(inputs as never, given as never, ctx)) as { metrics: Metrics };
  return { ...metrics, logs: ctx.logs };
}

test('without a network only fvmd:lk and diversity are given, with counts and warnings', async () => {
  const tracks = [1, 2, 3].map(madeTracks);
  const sheet = (speed: number): Video =>
    filmOf(
      Array.from({ length: 20 }, (_, f) => ({
        width: 64,
        height: 64,
        data: new Uint8Array(movedPixels(64, [2 * Math.sin(speed * f), 0])),
      })),
    );
  const { values, about, logs } = await judged({
    videos: [sheet(0.3)],
    truths: [sheet(0.9)],
    tracks,
    truthTracks: tracks,
  });
  expect(Object.keys(values).sort()).toEqual([
    'diversity:mediapipe:body',
    'diversity:mediapipe:body/count',
    'diversity:mediapipe:body/truth',
    'diversity:mediapipe:hand',
    'diversity:mediapipe:hand/count',
    'diversity:mediapipe:hand/truth',
    'fvmd:lk',
    'fvmd:lk/count',
    'fvmd:lk/truth-count',
  ]);
  expect(values).toMatchObject({ 'fvmd:lk/count': 3, 'fvmd:lk/truth-count': 3, 'diversity:mediapipe:body/count': 3 });
  expect(values['fvmd:lk']).toBeGreaterThan(1);
  expect(values['diversity:mediapipe:body']).toBe(values['diversity:mediapipe:body/truth']);
  expect(about?.['fvmd:lk'].text).toMatch(/WARNING 3 windows are too few: fvmd:lk means something from 1025 on/);
  expect(logs).toHaveLength(3);
});

test('FID and FVD are given where their networks are named, with the weights that gave them', async () => {
  const films = { videos: [noise(1)], truths: [noise(2)] };
  const { values, about } = await judged(films, { networks: ['inception-pool3', 'i3d-kinetics-400'] });
  expect(values).toMatchObject({ 'fid/count': 2, 'fid/truth-count': 2, 'fvd/count': 2, 'fvd/truth-count': 2 });
  for (const name of ['fid', 'fvd']) {
    expect(values[name]).toBeGreaterThan(0);
    expect(about?.[name]).toMatchObject({ better: 'lower', text: expect.stringContaining('weights f') });
  }
  expect(about?.fid.text).toContain('WARNING 2 frames are too few: fid means something from 2048 on');
});

test('a set of one picture has no distance, and says so', async () => {
  const films = { videos: [noise(1)], truths: [noise(2)] };
  await expect(judged(films, { networks: ['inception-pool3'], every: 30 })).rejects.toMatchObject({
    code: 'stage.too-few-windows',
    where: 'film-set-evaluation.videos',
    expected: 'two frames at least for fid',
  });
});

test('people who stand alike have no diversity, the further apart the more', async () => {
  const still = madeTracks(1);
  const moved = (by: number): Tracks => ({
    ...still,
    positions: still.positions.map((value, i) => (Math.floor(i / 2) % still.points > 12 ? value + by : value)),
  });
  const of = async (...tracks: Tracks[]): Promise<number> =>
    (await judged({ videos: [noise(1)], tracks })).values['diversity:mediapipe:hand'];
  expect(await of(still, still)).toBe(0);
  expect(await of(still, moved(5))).toBeGreaterThan(0);
  expect(await of(still, moved(20))).toBeCloseTo(4 * (await of(still, moved(5))), 4);
});

test('LPIPS of a film to itself is nothing, to another something; films of two sizes are refused', async () => {
  const run = await openBackbone(evaluationStage, 'measures');
  const of = async (video: Video, reference: Video): Promise<Metrics> => {
    const ctx = stageContext({ model: claimed });
    const params = { every: 10, networks: ['lpips-alex'] };
    return ((await run({ video, reference } as never, params as never, ctx)) as { metrics: Metrics }).metrics;
  };
  const film = filmOf(madeFilm(11, 96, 80, 5));
  expect((await of(film, film)).values).toMatchObject({ lpips: 0, 'lpips/count': 2 });
  expect((await of(film, filmOf(madeFilm(11, 96, 80, 6)))).values.lpips).toBeGreaterThan(1e-4);
  await expect(of(film, filmOf(madeFilm(11, 96, 84, 6)))).rejects.toMatchObject({ code: 'stage.size-mismatch' });
});
