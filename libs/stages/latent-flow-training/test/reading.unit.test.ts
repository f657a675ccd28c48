import { readFile } from 'node:fs/promises';
import { describe, expect, test } from 'vitest';
import { canonicalPoints, POINT_PARTS } from '@soliloquy/latent-flow';
import { flowClip } from '@soliloquy/latent-flow/clip-port';
import { decodeImage, resizeImage, videoFromFrames, type Audio, type Image, type Video } from '@soliloquy/media';
import { TRACK_PARTS, type Landmarks, type Tracks } from '@soliloquy/ports';
import { armsView, paintedPerson, stageContext } from '@soliloquy/testing';
import { run } from '../src/flow-reading/backbones/tracks.ts';
import { watchFilm } from '../src/flow-reading/check-film.ts';
import { layout } from './small-corpus.ts';

const person = paintedPerson(armsView(256));
const { width, height } = person.image;
const points = canonicalPoints(person.landmarks, width, height);
const FRAMES = 12;
const audio: Audio = {
  sampleRate: 16_000,
  samples: Float32Array.from({ length: 8000 }, (_, i) => 0.3 * Math.sin(i / 9) * Math.sin(i / 700)),
};

/** The person moved as a whole by some pixels before a wall that stays. */
function movedBy(dx: number): Uint8ClampedArray {
  const frame = person.background.data.slice();
  for (let i = 0; i < width * height; i++) {
    const fromX = (i % width) - dx;
    if (fromX < 0 || fromX >= width) continue;
    const from = 4 * (i - dx);
    const alpha = person.image.data[from + 3] / 255;
    for (let c = 0; c < 3; c++) frame[4 * i + c] = alpha * person.image.data[from + c] + (1 - alpha) * frame[4 * i + c];
  }
  return frame;
}
/** To and fro: a jump back would be a cut. */
const way = (f: number): number => 3 - Math.abs(3 - (f % 6));
const frames = Array.from({ length: FRAMES }, (_, f) => movedBy(way(f)));
const filmOf = (given: Partial<Video> = {}, shown = frames): Video =>
  videoFromFrames({ width, height, fps: 25, frames: shown.length, audio, ...given }, (from, to) =>
    shown.slice(from, to),
  );

/** Where the points are in that film. */
function tracksOf(given: Partial<Tracks> = {}): Tracks {
  const first = POINT_PARTS.map((_, p) => points.parts.indexOf(p));
  return {
    frames: FRAMES,
    fps: 25,
    points: points.count,
    width,
    height,
    positions: Float32Array.from({ length: FRAMES * points.count * 2 }, (_, i) => {
      const [f, at] = [Math.floor(i / (2 * points.count)), i % (2 * points.count)];
      return points.positions[at] + (i % 2 === 0 ? way(f) : 0);
    }),
    visibility: new Float32Array(FRAMES * points.count).fill(1),
    labels: {
      names: Array.from(points.parts, (part, q) => `${POINT_PARTS[part]}${q - first[part]}`),
      parts: new Uint8Array(points.count).fill(TRACK_PARTS.indexOf('body')),
    },
    ...given,
  };
}
const read = async (given: Record<string, unknown> = {}, params: { fps?: number; looks?: number } = {}) =>
  run(
    { video: filmOf(), tracks: tracksOf(), image: person.image, landmarks: person.landmarks, ...given },
    { fps: 25, looks: 0, ...params },
    stageContext(),
  );

describe('reading the flow of a film', () => {
  test('gives shifts of the points, a face at rest, and what is heard', async () => {
    const { flow } = await read();
    expect(await flowClip.decode(await flowClip.encode(flow))).toEqual(flow);
    const torso = layout.ranges[0];
    for (let f = 0; f < FRAMES; f++) {
      expect(flow.tokens[f * layout.width + torso.from]).toBeCloseTo(way(f) / points.unit, 4);
      for (let k = 0; k < 4; k++) expect(Math.abs(flow.appearance[4 * f + k])).toBeLessThan(0.1);
    }
    expect(flow.heard.length).toBe(FRAMES * 66);
    expect([...flow.followed]).toEqual([1, 1, 1, 1]);
    expect(flow.person[7]).toBe(2);
  });

  test('tells which part was not followed', async () => {
    const visibility = Float32Array.from({ length: FRAMES * points.count }, (_, i) =>
      POINT_PARTS[points.parts[i % points.count]] === 'leftArm' && i >= 6 * points.count ? 0.1 : 1,
    );
    const { flow } = await read({ tracks: tracksOf({ visibility }) });
    expect(flow.followed[0]).toBe(1);
    expect(flow.followed[1]).toBeCloseTo(1 - 8 / 32 / 2, 5);
  });

  test.each([
    ['a film without sound', 'stage.no-sound', { video: filmOf({ audio: undefined }) }],
    ['a film of another rate', 'stage.film-rate', { video: filmOf({ fps: 30 }) }],
    ['tracks of another film', 'stage.count-mismatch', { tracks: { ...tracksOf(), height: height + 2 } }],
    [
      'tracks of other points',
      'stage.other-points',
      {
        tracks: tracksOf({
          labels: {
            names: points.parts.reduce<string[]>((all, _, q) => [...all, `p${q}`], []),
            parts: new Uint8Array(93),
          },
        }),
      },
    ],
    ['tracks without names', 'stage.other-points', { tracks: tracksOf({ labels: undefined }) }],
    [
      'a picture of another shape',
      'stage.landmarks-size',
      { image: { width: 64, height: 32, data: new Uint8ClampedArray(64 * 32 * 4) } },
    ],
    ['landmarks of another picture', 'stage.landmarks-mismatch', { landmarks: shifted(60) }],
    [
      'a film that was cut',
      'stage.film-cut',
      { video: filmOf({}, [...frames.slice(0, 6), ...frames.slice(6).map(inverted)]) },
    ],
  ])('refuses %s as %s', async (_, code, given) => {
    const error = await read(given).catch((problem: unknown) => problem);
    expect(error).toMatchObject({ code });
  });
});

/** The landmarks of somebody who stands so many pixels beside. */
function shifted(by: number): Landmarks {
  const moved = Object.entries(person.landmarks.points).map(([name, point]) => [name, { ...point, x: point.x + by }]);
  return { ...person.landmarks, points: Object.fromEntries(moved), hands: {} };
}

describe('a film of several people', () => {
  test('is refused, of one person not', async () => {
    const [man, woman] = await Promise.all(['half-body-man', 'half-body-woman'].map(half));
    const wide = { width: 2 * man.width, height: man.height, data: new Uint8ClampedArray(8 * man.width * man.height) };
    for (let y = 0; y < man.height; y++)
      [man, woman].forEach(({ width: side, data }, i) => {
        wide.data.set(data.subarray(4 * y * side, 4 * (y + 1) * side), 4 * (2 * y + i) * side);
      });
    const alone = watchFilm(2, 1);
    const both = watchFilm(2, 1);
    for (let f = 0; f < 2; f++) {
      await alone.see(man);
      await both.see(wide);
    }
    await alone.finish();
    await expect(both.finish()).rejects.toMatchObject({ code: 'stage.several-people', got: '2 people in frame 1' });
  }, 120_000);
});

async function half(name: string): Promise<Image> {
  const file = new URL(`../../reference/test/fixtures/${name}.jpg`, import.meta.url);
  return resizeImage(await decodeImage(await readFile(file)), 320, 400);
}

function inverted(frame: Uint8ClampedArray): Uint8ClampedArray {
  return frame.map((value, i) => (i % 4 === 3 ? 255 : 255 - value));
}
