import { describe, expect, test } from 'vitest';
import { psnr, ssim } from '@soliloquy/image-quality';
import type { Video } from '@soliloquy/ports';
import { seededRandom } from '@soliloquy/testing';
import { compareFilms } from '../src/evaluation/compare-films.ts';
import { measure } from './evaluate.ts';

const [WIDTH, HEIGHT] = [34, 30];
const signal = new AbortController().signal;

/** Noise, other at each frame. */
function film(seed: number, frames: number, matte?: Uint8ClampedArray): Video {
  const random = seededRandom(seed);
  const pictures = Array.from({ length: frames }, () =>
    Uint8ClampedArray.from({ length: WIDTH * HEIGHT * 4 }, () => Math.floor(256 * random())),
  );
  return {
    width: WIDTH,
    height: HEIGHT,
    fps: 25,
    frames,
    async *read(from = 0, to = frames) {
      yield* pictures.slice(from, to);
    },
    ...(matte && {
      matte: {
        async *read(from = 0, to = frames) {
          for (let i = from; i < to; i++) yield matte;
        },
      },
    }),
  };
}

/** A matte that covers a rectangle; x1, y1 exclusive. */
function matteOf(x0: number, y0: number, x1: number, y1: number, value = 255): Uint8ClampedArray {
  return Uint8ClampedArray.from({ length: WIDTH * HEIGHT }, (_, i) => {
    const [x, y] = [i % WIDTH, Math.floor(i / WIDTH)];
    return x >= x0 && x < x1 && y >= y0 && y < y1 ? value : 0;
  });
}

/** Of one frame, without cutting anything out: what image-quality, which has tests of its own, says of the pixels. */
async function wholePicture(a: Video, b: Video, frame: number, mask?: ArrayLike<number>) {
  const colours = async (video: Video): Promise<Float32Array> => {
    for await (const rgba of video.read(frame, frame + 1))
      return Float32Array.from(
        [...rgba].filter((_, i) => i % 4 !== 3),
        (value) => value / 255,
      );
    throw new Error('no frame');
  };
  const compared = { width: WIDTH, height: HEIGHT, image: await colours(a), target: await colours(b), mask };
  return { psnr: psnr(compared), ssim: ssim(compared) };
}

describe('films inside a matte', () => {
  test.each([
    ['in the middle', matteOf(15, 13, 18, 15)],
    ['in the first corner', matteOf(0, 0, 3, 2)],
    ['in the last corner', matteOf(31, 27, 34, 30)],
    ['at the right, where the margin just fits', matteOf(20, 12, 28, 24)],
    ['everywhere', matteOf(0, 0, WIDTH, HEIGHT)],
  ])('%s: only its pixels count, and what their windows reach is all looked at', async (_where, matte) => {
    const [a, b] = [film(1, 1), film(2, 1, matte)];
    const [got, want] = [await compareFilms(a, b, 1, signal), await wholePicture(a, b, 0, matte)];
    expect(got.psnr).toBeCloseTo(want.psnr, 12);
    expect(got.ssim).toBeCloseTo(want.ssim, 12);
  });

  test('are as faint as a tenth of full: 26 of 255 counts, 25 does not', async () => {
    const matte = matteOf(10, 10, 20, 20, 26).map((value, i) => (i % WIDTH < 15 ? value : Math.min(value, 25)));
    const [a, b] = [film(1, 1), film(2, 1, matte)];
    const want = await wholePicture(a, b, 0, matteOf(10, 10, 15, 20));
    expect((await compareFilms(a, b, 1, signal)).psnr).toBeCloseTo(want.psnr, 12);
  });

  test('that covers nothing have no figure', async () => {
    const found = await compareFilms(film(1, 1), film(2, 1, matteOf(0, 0, 0, 0)), 1, signal);
    expect(found).toEqual({ psnr: Number.NaN, ssim: Number.NaN });
  });
});

test('films of different length are compared as far as both go, every so many frames', async () => {
  for (const [long, short] of [
    [5, 3],
    [3, 5],
  ]) {
    const [a, b] = [film(1, long), film(2, short)];
    const frames = await Promise.all([0, 1, 2].map((frame) => wholePicture(a, b, frame)));
    const mean = (of: (frame: (typeof frames)[number]) => number, taken: number[]): number =>
      taken.reduce((sum, frame) => sum + of(frames[frame]), 0) / taken.length;
    const every = await compareFilms(a, b, 1, signal);
    expect(every.psnr).toBeCloseTo(
      mean((each) => each.psnr, [0, 1, 2]),
      12,
    );
    expect(every.ssim).toBeCloseTo(
      mean((each) => each.ssim, [0, 1, 2]),
      12,
    );
    const other = await compareFilms(a, b, 2, signal);
    expect(other.psnr).toBeCloseTo(
      mean((each) => each.psnr, [0, 2]),
      12,
    );
  }
});

test.each([{ width: 32 }, { height: 32 }])('films that differ in size are refused: %o', async (size) => {
  await expect(compareFilms(film(1, 1), { ...film(2, 1), ...size }, 1, signal)).rejects.toMatchObject({
    code: 'stage.size-mismatch',
    where: 'evaluation.reference',
  });
});

test('a film that says it has more frames than it gives is named', async () => {
  await expect(compareFilms({ ...film(1, 1), frames: 2 }, film(2, 2), 1, signal)).rejects.toMatchObject({
    code: 'evaluation.argument',
    where: 'film',
    got: 'none',
    audience: 'author',
  });
});

test('comparing stops where it is cancelled', async () => {
  await expect(compareFilms(film(1, 1), film(2, 1), 1, AbortSignal.abort(new Error('enough')))).rejects.toThrow(
    'enough',
  );
});

test('PSNR and SSIM share one look at the films', async () => {
  const reference = film(2, 3);
  let reads = 0;
  const counted: Video = {
    ...reference,
    read(from, to) {
      reads++;
      return reference.read(from, to);
    },
  };
  const { values } = await measure({ video: film(1, 3), reference: counted }, { every: 1 });
  expect(Object.keys(values)).toEqual(['psnr', 'ssim']);
  expect(reads).toBe(3);
});
