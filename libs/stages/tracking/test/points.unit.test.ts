import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { videoFromFrames, type Image, type Video } from '@soliloquy/media';
import { TRACK_PARTS, tracks as port, type Tracks } from '@soliloquy/ports';
import { armsView, paintedPerson, stageContext } from '@soliloquy/testing';
import { run } from '../src/backbones/points.ts';
import { trackingStage } from '../src/stage.ts';

const person = paintedPerson(armsView(256));
const { width, height } = person.image;

/** The person moved as a whole by some pixels before a wall that stays. */
function movedBy(dx: number, dy: number): Uint8ClampedArray {
  const frame = person.background.data.slice();
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) {
      const [fromX, fromY] = [x - dx, y - dy];
      if (fromX < 0 || fromY < 0 || fromX >= width || fromY >= height) continue;
      const [at, from] = [4 * (y * width + x), 4 * (fromY * width + fromX)];
      const alpha = person.image.data[from + 3] / 255;
      for (let c = 0; c < 3; c++) frame[at + c] = alpha * person.image.data[from + c] + (1 - alpha) * frame[at + c];
    }
  return frame;
}

function filmOf(frames: readonly Uint8ClampedArray[]): Video {
  return videoFromFrames({ width, height, fps: 25, frames: frames.length }, (from, to) => frames.slice(from, to));
}

const params = (guesses: 'none' | 'networks') => trackingStage.backbones.points.params.parse({ guesses });

/** Mean shift of a part's points between two frames, of those that are seen. */
function shiftOf({ points, positions, visibility, labels }: Tracks, part: string, frame: number): [number, number] {
  const own = [...labels!.parts.keys()].filter(
    (q) => TRACK_PARTS[labels!.parts[q]] === part && visibility[frame * points + q] > 0.5,
  );
  const mean = (axis: number): number =>
    own.reduce(
      (sum, q) => sum + (positions[2 * (frame * points + q) + axis] - positions[2 * q + axis]) / own.length,
      0,
    );
  expect(own.length).toBeGreaterThan(0);
  return [mean(0), mean(1)];
}

describe('tracking of points', () => {
  let home: string | undefined;
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'tracking-'));
    home = process.env.SOLILOQUY_HOME;
    process.env.SOLILOQUY_HOME = folder;
  });
  afterAll(async () => {
    if (home === undefined) delete process.env.SOLILOQUY_HOME;
    else process.env.SOLILOQUY_HOME = home;
    await rm(folder, { recursive: true });
  });

  const ways = [
    [0, 0],
    [2, -1],
    [5, -2],
    [3, 0],
  ] as const;
  const frames = ways.map(([x, y]) => movedBy(x, y));

  it('gives 93 named points of every frame where the film shows them, which the port gives back', async () => {
    const { tracks } = await run({ ...person, video: filmOf(frames) }, params('none'), stageContext());
    expect(tracks.points).toBe(93);
    expect(new Set(tracks.labels!.names).size).toBe(93);
    expect(tracks.labels!.names).toEqual(expect.arrayContaining(['torso0', 'leftHand7', 'upperLip6', 'jaw4']));
    for (const part of TRACK_PARTS)
      ways.forEach(([x, y], f) => {
        const [dx, dy] = shiftOf(tracks, part, f);
        expect(Math.hypot(dx - x, dy - y), `${part} in frame ${f}`).toBeLessThan(0.15);
      });
    expect(await port.decode(await port.encode(tracks))).toEqual(tracks);
  });

  it('is the same with guesses of the networks where nothing jumps', async () => {
    const given = { ...person, video: filmOf(frames.slice(0, 2)) };
    const [alone, guessed] = [
      (await run(given, params('none'), stageContext())).tracks,
      (await run(given, params('networks'), stageContext({ threads: 1 }))).tracks,
    ];
    let most = 0;
    alone.positions.forEach((value, i) => {
      if (alone.visibility[i >> 1] > 0.5) most = Math.max(most, Math.abs(value - guessed.positions[i]));
    });
    expect(most).toBeLessThan(0.5);
  }, 120_000);

  it('refuses a picture of another shape, and a film that shows something else', async () => {
    const wide: Image = { width: 2 * width, height, data: new Uint8ClampedArray(8 * width * height) };
    const video = filmOf(frames);
    await expect(run({ ...person, image: wide, video }, params('none'), stageContext())).rejects.toThrow(
      /tracking.image: expected the picture that the 256x256 film was made from, got 512x256/,
    );
    const noise = frames[0].map((_, i) => (i % 4 === 3 ? 255 : (i * 7919) % 251));
    await expect(run({ ...person, video: filmOf([noise, noise]) }, params('none'), stageContext())).rejects.toThrow(
      /tracking.video: expected a film of the person in the picture/,
    );
  });
});
