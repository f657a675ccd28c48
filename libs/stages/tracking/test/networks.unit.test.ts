import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { decodeImage, videoFromFrames, type Image, type Video } from '@soliloquy/media';
import { TRACK_PARTS, tracks as port, type Tracks } from '@soliloquy/ports';
import { stageContext } from '@soliloquy/testing';
import { run } from '../src/backbones/networks.ts';
import { trackingStage } from '../src/stage.ts';

const picture = (name: string): Promise<Image> =>
  decodeImage(readFileSync(new URL(`../../reference/test/fixtures/${name}.jpg`, import.meta.url)));

/** A film of pictures of one size. */
function filmOf(pictures: readonly Image[]): Video {
  const [{ width, height }] = pictures;
  return videoFromFrames({ width, height, fps: 25, frames: pictures.length }, (from, to) =>
    pictures.slice(from, to).map(({ data }) => data),
  );
}

function grey({ width, height }: Image): Image {
  return { width, height, data: new Uint8ClampedArray(width * height * 4).fill(128) };
}

/** A film without the picture that it was made from. */
const FILM_ALONE = { image: undefined, landmarks: undefined, background: undefined };

const params = (given = {}) => trackingStage.backbones.networks.params.parse(given);

/** A point's place and visibility in a frame. */
function pointOf({ points, positions, visibility, labels }: Tracks, frame: number, part: string, name: string) {
  const index = labels!.names.findIndex((each, i) => each === name && TRACK_PARTS[labels!.parts[i]] === part);
  const at = frame * points + index;
  return { x: positions[2 * at], y: positions[2 * at + 1], visibility: visibility[at] };
}

describe('tracking by networks', () => {
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

  it('gives every point of every frame, which the port takes and gives back', async () => {
    const man = await picture('half-body-man');
    await using ctx = stageContext();
    const { tracks } = await run({ ...FILM_ALONE, video: filmOf([man, man]) }, params(), ctx);
    expect(tracks.points).toBe(33 + 478 + 21 + 21);
    port.schema.parse(tracks);
    expect(await port.decode(await port.encode(tracks))).toEqual(tracks);
    // Measured by eye (truth.json of the picture), pixels; pupils of the mesh.
    for (const frame of [0, 1]) {
      const [right, left] = ['468', '473'].map((name) => pointOf(tracks, frame, 'face', name));
      expect(Math.hypot(left.x - 273, left.y - 89.7)).toBeLessThan(5);
      expect(Math.hypot(right.x - 234.9, right.y - 89.7)).toBeLessThan(5);
      expect(pointOf(tracks, frame, 'leftHand', 'wrist').visibility).toBeGreaterThan(0.9);
      expect(pointOf(tracks, frame, 'body', 'leftWrist').x).toBeGreaterThan(left.x);
    }
    expect(ctx.reports.length).toBeGreaterThan(1);
  });

  it('a person who leaves: told, and the points stay with a visibility of 0', async () => {
    const man = await picture('half-body-man');
    await using ctx = stageContext();
    const video = filmOf([man, grey(man), grey(man), man]);
    const { tracks } = await run({ ...FILM_ALONE, video }, params({ hands: false }), ctx);
    expect(tracks.points).toBe(33 + 478);
    const noses = [0, 1, 2, 3].map((frame) => pointOf(tracks, frame, 'face', '1'));
    expect(noses.map(({ visibility }) => visibility > 0)).toEqual([true, false, false, true]);
    expect(noses[2].x).toBe(noses[0].x);
    expect(ctx.logs).toEqual(['tracking.video: frames 1 to 2: the person is not seen']);
  });

  it('smoothing calms points and leaves visibility alone', async () => {
    const man = await picture('half-body-man');
    const frames = [0, 1, 0, 1].map((dx) => shifted(man, dx));
    await using ctx = stageContext();
    const given = { hands: false };
    const rough = (await run({ ...FILM_ALONE, video: filmOf(frames) }, params(given), ctx)).tracks;
    const calm = (
      await run({ ...FILM_ALONE, video: filmOf(frames) }, params({ ...given, smoothing: 'one-euro', slope: 0 }), ctx)
    ).tracks;
    expect(calm.visibility).toEqual(rough.visibility);
    const steps = (tracks: Tracks): number =>
      [1, 2, 3].reduce(
        (sum, f) => sum + Math.abs(pointOf(tracks, f, 'face', '1').x - pointOf(tracks, f - 1, 'face', '1').x),
        0,
      );
    expect(steps(calm)).toBeLessThan(0.6 * steps(rough));
  });

  it('a film of nobody is refused by name', async () => {
    const man = await picture('half-body-man');
    await using ctx = stageContext();
    await expect(run({ ...FILM_ALONE, video: filmOf([grey(man), grey(man)]) }, params(), ctx)).rejects.toMatchObject({
      code: 'stage.nobody',
      message: /nobody in 2 frames/,
    });
  });
});

/** The picture one pixel to the right, where `dx` is 1. */
function shifted(image: Image, dx: number): Image {
  const data = image.data.slice();
  if (dx === 1) data.copyWithin(4, 0, data.length - 4);
  return { ...image, data };
}
