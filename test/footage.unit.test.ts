import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { footageStage } from '@soliloquy/footage';
import { encodeMp4, encodeWav, readAll, type Audio, type Image, type Video } from '@soliloquy/media';
import type { Metrics } from '@soliloquy/ports';
import { openBackbone } from '@soliloquy/stage';
import { stageContext } from '@soliloquy/testing';
import { keptFolder, ROOT, runJson, soliloquy } from './fixture/command.ts';
import { makeFilm } from './fixture/made-film.ts';
import { overlap } from './fixture/matte-scores.ts';
import { record, type Recorded } from './fixture/recorded.ts';
import { varyRate } from './fixture/varying-rate.ts';

interface Footage {
  readonly video: Video[];
  readonly audio: Audio[];
  readonly image: Image;
  readonly metrics: Metrics[];
}

/** A woman speaks, cut twice, with a man in the corner. */
async function recorded(fps: number): Promise<Recorded> {
  const words = 'Hello, it is good to see you. Shall we talk about what you found today? I would like to hear it.';
  const film = await makeFilm(words, { fps });
  const guest = await makeFilm('Yes.', { frames: 1, prompt: 'A tall man of sixty with a beard and a dark suit.' });
  const at = (seconds: number): number => Math.round(seconds * fps);
  return record(film, guest, [
    [0, at(2.3)],
    [at(2.9), at(3.5)],
    [at(4), at(5.2)],
  ]);
}

/** How many samples a sound is after where it should be in another; positive is late. */
function delayOf(heard: Audio, truth: Audio, from: number): number {
  const most = Math.round(0.1 * truth.sampleRate);
  let [best, most_alike] = [0, -Infinity];
  const scale = heard.sampleRate / truth.sampleRate;
  for (let shift = -most; shift <= most; shift += 8) {
    let sum = 0;
    for (let i = most; i < truth.samples.length && i * scale < heard.samples.length - most * scale; i += 3)
      sum += (heard.samples[Math.round((i + shift) * scale)] ?? 0) * (truth.samples[from + i] ?? 0);
    if (sum > most_alike) [best, most_alike] = [shift, sum];
  }
  return best / truth.sampleRate;
}

/** The clips of a film, cut twice, are what the truth says; `shown` says which of its frames each frame shows. */
async function proveClips(truth: Recorded, bytes: Uint8Array, shown: readonly number[]): Promise<void> {
  const { fps } = truth.video;
  const run = await openBackbone(footageStage, 'film');
  const ctx = stageContext({ threads: 2 });
  const params = { seconds: 1, clips: 24, fps: 0, area: 393_216 };
  const made = await run({ file: { name: 'me.mp4', bytes } }, params, ctx);
  const { video, audio, image, metrics } = made as unknown as Footage;
  expect(ctx.logs.at(0)).toMatch(/^footage\.me\.mp4: 3 clips, 2 cuts; left out: 0\.\d s beside cuts/);
  expect(video).toHaveLength(3);
  expect([image.width, image.height]).toEqual([truth.video.width, truth.video.height]);
  const starts = metrics.map(({ values }) => Math.round(values.begins * fps));
  const real = await readAll(truth.video);
  for (const [i, clip] of video.entries()) {
    expect(clip.fps).toBeCloseTo(fps, 6);
    const [from, to] = [starts[i], starts[i] + clip.frames];
    expect(truth.cuts.some((cut) => cut > from && cut < to)).toBe(false);
    const frames = await readAll(clip);
    for (const f of [0, 1, clip.frames >> 1, clip.frames - 1])
      expect(apart(frames[f], real[shown[from + f]])).toBeLessThan(2);
    const began = Math.round((from / fps) * truth.audio.sampleRate);
    expect(Math.abs(delayOf(audio[i], truth.audio, began))).toBeLessThan(0.02);
    let frame = from;
    const scores: number[] = [];
    for await (const mask of clip.matte!.read()) scores.push(overlap(half(mask), half(truth.mattes[shown[frame++]])));
    expect(Math.min(...scores)).toBeGreaterThan(0.9);
    expect(metrics[i].values.presence).toBe(1);
  }
  expect(starts[0]).toBe(0);
}

test.each([24, 30_000 / 1001, 30])(
  'of a film at %d frames a second, cut and with somebody in the corner, clips are what the truth says',
  async (fps) => {
    const truth = await recorded(fps);
    await proveClips(truth, truth.bytes, [...truth.mattes.keys()]);
  },
  300_000,
);

test('of a film whose rate varies clips are at its usual one, and what the truth says', async () => {
  const truth = await recorded(30);
  const { bytes, shown } = await varyRate(truth, truth.cuts[1]);
  expect(shown.filter((from, f) => from !== f).length).toBeGreaterThan(10);
  await proveClips(truth, bytes, shown);
}, 300_000);

test('a film without a word, and one without a person, say what they lack', async () => {
  const run = await openBackbone(footageStage, 'film');
  const params = { seconds: 1, clips: 24, fps: 0, area: 393_216 };
  await expect(run({ file: { name: 'x.mp4', bytes: new Uint8Array(99) } }, params, stageContext())).rejects.toThrow(
    /^x\.mp4: expected a film/,
  );
  await expect(run({ file: undefined }, params, stageContext())).rejects.toMatchObject({ code: 'stage.missing-input' });
});

/** Mean difference of two frames. */
function apart(a: Uint8ClampedArray, b: Uint8ClampedArray): number {
  return a.reduce((sum, value, i) => sum + Math.abs(value - b[i]), 0) / a.length;
}

function half(mask: Uint8ClampedArray): Float32Array {
  return Float32Array.from(mask, (value) => value / 255);
}

test('folders of films, and the layout of Seamless Interaction, give the same ports', async () => {
  const folder = keptFolder();
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const { bytes, audio } = await shortFilm();
  const other = encodeWav({ sampleRate: audio.sampleRate, samples: audio.samples.map((value) => value / 2) });
  const at = join(folder, 'improvised/dev/0000/0005');
  mkdirSync(at, { recursive: true });
  for (const [name, content] of [
    ['V00_S0809_I00000582_P0947.mp4', bytes],
    ['V00_S0809_I00000582_P0947.wav', other],
    ['V00_S0809_I00000582_P0953.mp4', new Uint8Array(9)],
  ] as const)
    writeFileSync(join(at, name), content);
  const ctx = stageContext({ threads: 2, model: () => Promise.resolve(folder) });
  const params = { seconds: 1, clips: 24, fps: 0, area: 393_216, folder: 'clips', skip: 0, files: 1 };
  const seamless = await openBackbone(footageStage, 'seamless-interaction');
  const made = (await seamless({ file: undefined }, { ...params, participant: '' }, ctx)) as unknown as Footage;
  expect([made.video.length, made.audio.length, made.metrics.length]).toEqual([1, 1, 1]);
  // The participant's own voice, not what the film has.
  const loudest = (sound: Float32Array): number => sound.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  expect(loudest(made.audio[0].samples)).toBeCloseTo(loudest(audio.samples.subarray(0, 16_000)) / 2, 3);
  const wild = await openBackbone(footageStage, 'folder');
  expect(((await wild({ file: undefined }, params, ctx)) as unknown as Footage).video).toHaveLength(1);
  await expect(seamless({ file: undefined }, { ...params, participant: 'P1' }, ctx)).rejects.toMatchObject({
    code: 'stage.no-films',
    message: expect.stringContaining('those of P0947, P0953'),
  });
}, 200_000);

async function shortFilm(): Promise<Recorded> {
  const film = await makeFilm('Good morning to you.', { frames: 30 });
  return record(film, film, [[0, 28]]);
}

test('a film of a person trains an avatar that any voice moves', async () => {
  const folder = keptFolder();
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const film = await makeFilm('Good morning to you all. How are you?', { frames: 60 });
  writeFileSync(join(folder, 'me.mp4'), await encodeMp4(film.video));
  writeFileSync(join(folder, 'voice.wav'), encodeWav({ ...film.audio, samples: film.audio.samples.slice(0, 16_000) }));
  const given = ['--input', 'recorded=me.mp4', '--input', 'voice=voice.wav'];
  const graph = join(ROOT, 'graphs/footage.json');
  const ran = await soliloquy(folder, ['run', graph, '--size', 'tiny', '--store', 'store', ...given]);
  expect(ran).toMatchObject({ code: 0, stderr: '' });
  const { nodes } = runJson(folder, 'footage');
  expect(Object.fromEntries(Object.entries(nodes).map(([name, node]) => [name, node.tasks]))).toMatchObject({
    footage: 1,
    fit: 2,
    training: 1,
    film: 1,
  });
}, 400_000);
