import { copyFileSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import sharp, { type Sharp } from 'sharp';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openMp4 } from '@soliloquy/media';
import { executedNodes, keptFolder, ROOT, runJson, soliloquy } from './fixture/command.ts';
import { portrait } from './fixture/pictures.ts';
import { wav } from './fixture/voices.ts';

/** Far above what the tiny size takes on two busy cores. */
const PATIENCE_MS = 240_000;
/** The nodes of `graphs/talk.json` that another voice has to pass. */
const OF_THE_VOICE = ['voice', 'sampling', 'motion', 'film', 'mark'];

const folder = keptFolder();
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test(
  'talk --quick makes a film of nothing that was learned of the person, and says so; the picture is read once',
  async () => {
    writeFileSync(join(folder, 'portrait.png'), await (await portrait()).png().toBuffer());
    writeFileSync(join(folder, 'hum.wav'), wav({ seconds: 0.77, sampleRate: 44_100, channels: 1, sound: 'hum' }));
    const files = ['--image', 'portrait.png', '--audio', 'hum.wav', '--store', 'quick', '-o', 'quick.mp4'];
    const ended = await soliloquy(folder, ['talk', '--quick', ...files, '--size', 'tiny']);
    expect(ended).toMatchObject({ code: 0, stderr: '' });
    expect(ended.stdout).toMatch(/\n {2}quick: .*nothing was learned of this one.*\n {2}film: quick\.mp4\n$/);
    expect(executedNodes(runJson(folder, 'talk-quick')).sort()).toEqual(
      ['picture', 'reference', 'avatar', 'voice', 'motion', 'film', 'mark'].sort(),
    );
    expectFilm(await openMp4(readFileSync(join(folder, 'quick.mp4')), 'quick.mp4'), 0.77);
    const frames = await framesOf('quick.mp4');
    expect(psnr(frames[0], frames.at(-1)!)).toBeLessThan(45);
  },
  PATIENCE_MS,
);

async function talk(image: string, audio: string) {
  const ended = await soliloquy(folder, [
    'talk',
    '--image',
    image,
    '--audio',
    audio,
    '--size',
    'tiny',
    '--store',
    'store',
    '-o',
    'film.mp4',
  ]);
  expect(ended).toMatchObject({ code: 0, stderr: '' });
  expect(ended.stdout).toMatch(/\n {2}kept: store, with the avatar of this picture.*\n {2}film: film\.mp4\n$/);
  // The film is written once, where it was asked for; the rest is said with its place.
  expect(readdirSync(join(folder, 'out', 'talk')).sort()).toEqual([
    'avatar.ply',
    'avatar.ply.c2pa',
    'person.avatar',
    'run.json',
  ]);
  for (const [name, path] of [
    ['film.mp4', 'film.mp4'],
    ['avatar.ply', 'out/talk/avatar.ply'],
    ['person.avatar', 'out/talk/person.avatar'],
  ])
    expect(ended.stdout).toContain(`
  ${name.padEnd('person.avatar'.length)}  ${path}
`);
  return {
    executed: executedNodes(runJson(folder, 'talk')),
    film: await openMp4(readFileSync(join(folder, 'film.mp4')), 'film.mp4'),
  };
}

function expectFilm(film: Awaited<ReturnType<typeof openMp4>>, seconds: number): void {
  // A picture of 400x512 at 24 576 pixels.
  expect([film.width, film.height]).toEqual([138, 178]);
  expect(film.fps).toBe(25);
  expect(film.frames).toBe(Math.ceil(seconds * 25));
  expect(film.audio).toBeDefined();
  const heard = (film.audio?.samples.length ?? 0) / (film.audio?.sampleRate ?? 1);
  expect(Math.abs(heard - film.frames / 25)).toBeLessThan(0.05);
}

describe('talk with one picture in several files', () => {
  let stored: Sharp;

  beforeAll(async () => {
    // As a camera held upright stores it: lying on its side, with the orientation that says so.
    writeFileSync(
      join(folder, 'turned.jpg'),
      await (await portrait()).rotate(270).jpeg({ quality: 95 }).withMetadata({ orientation: 6 }).toBuffer(),
    );
    stored = sharp(
      await sharp(readFileSync(join(folder, 'turned.jpg')))
        .rotate(90)
        .png()
        .toBuffer(),
    );
    for (const name of ['sine-440-stereo.mp3', 'sine-440.m4a'])
      copyFileSync(join(ROOT, 'libs/platform/media/test/fixtures', name), join(folder, name));
    writeFileSync(join(folder, 'stereo.wav'), wav({ seconds: 0.77, sampleRate: 44_100, channels: 2, sound: 'hum' }));
  });

  test(
    'a JPEG that EXIF turns, a WAV of 44.1 kHz in stereo: a film upright, of its aspect, as long as the voice',
    async () => {
      const { executed, film } = await talk('turned.jpg', 'stereo.wav');
      expect(executed).toEqual(
        expect.arrayContaining(['reference', 'clips', 'avatar', 'fit', 'alignment', 'training', ...OF_THE_VOICE]),
      );
      expectFilm(film, 0.77);
    },
    PATIENCE_MS,
  );

  test(
    'another voice, an MP3 in stereo, only samples and renders',
    async () => {
      const { executed, film } = await talk('turned.jpg', 'sine-440-stereo.mp3');
      expect(executed.sort()).toEqual([...OF_THE_VOICE].sort());
      expectFilm(film, 1);
    },
    PATIENCE_MS,
  );

  test(
    'the pixels that EXIF means, as PNG, and an M4A: the same avatar',
    async () => {
      writeFileSync(join(folder, 'upright.png'), await stored.png().toBuffer());
      const { executed, film } = await talk('upright.png', 'sine-440.m4a');
      expect(executed.sort()).toEqual(['picture', ...OF_THE_VOICE].sort());
      expectFilm(film, 1);
    },
    PATIENCE_MS,
  );

  test(
    'the same pixels as WebP and a voice that spoke before: nothing but the picture is read again',
    async () => {
      writeFileSync(join(folder, 'upright.webp'), await stored.webp({ lossless: true }).toBuffer());
      const { executed, film } = await talk('upright.webp', 'stereo.wav');
      expect(executed).toEqual(['picture']);
      expectFilm(film, 0.77);
    },
    PATIENCE_MS,
  );

  test(
    'the avatar that it left says the same on its own: a film like the first one',
    async () => {
      await talk('turned.jpg', 'stereo.wav');
      const from = ['--input', 'avatar=out/talk/person.avatar', '--input', 'voice=stereo.wav'];
      const graph = join(ROOT, 'graphs/speak.json');
      const ended = await soliloquy(folder, [
        'run',
        graph,
        ...from,
        '--size',
        'tiny',
        '--store',
        'other',
        '--out',
        'own',
      ]);
      expect(ended).toMatchObject({ code: 0, stderr: '' });
      const [own, first] = await Promise.all(['own/film.mp4', 'film.mp4'].map(framesOf));
      expect(own.length).toBe(first.length);
      own.forEach((frame, i) => expect(psnr(frame, first[i]), `frame ${i}`).toBeGreaterThan(40));
    },
    PATIENCE_MS,
  );
});

async function framesOf(name: string): Promise<Uint8ClampedArray[]> {
  const frames: Uint8ClampedArray[] = [];
  for await (const frame of (await openMp4(readFileSync(join(folder, name)), name)).read())
    frames.push(Uint8ClampedArray.from(frame));
  return frames;
}

function psnr(a: Uint8ClampedArray, b: Uint8ClampedArray): number {
  const sum = a.reduce((total, value, i) => total + (value - b[i]) ** 2, 0);
  return 10 * Math.log10((255 ** 2 * a.length) / Math.max(sum, 1e-9));
}
