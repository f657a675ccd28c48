import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { decodeImage, videoFromFrames, type Image, type Video } from '@soliloquy/media';
import type { Tracks } from '@soliloquy/ports';
import { faceEmbedding, identityDistance, Networks, PersonTracker } from '@soliloquy/whole-body';
import { measure } from './evaluate.ts';
import { labelsOf } from './made-tracks.ts';

const picture = (name: string): Promise<Image> =>
  decodeImage(readFileSync(new URL(`../../reference/test/fixtures/${name}.jpg`, import.meta.url)));

/** A film of one picture, in every frame. */
function filmOf({ width, height, data }: Image, frames = 4): Video {
  return videoFromFrames({ width, height, fps: 25, frames }, (from, to) =>
    Array.from({ length: to - from }, () => data),
  );
}

describe('identity:dlib', () => {
  let home: string | undefined;
  let folder: string;
  let networks: Networks;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'identity-'));
    home = process.env.SOLILOQUY_HOME;
    process.env.SOLILOQUY_HOME = folder;
    networks = new Networks({ threads: 1 });
  });
  afterAll(async () => {
    await networks.dispose();
    if (home === undefined) delete process.env.SOLILOQUY_HOME;
    else process.env.SOLILOQUY_HOME = home;
    await rm(folder, { recursive: true });
  });

  /** What tracking gives of a film of one picture: its face where the picture has it. */
  async function tracksOf(image: Image, frames = 4): Promise<{ tracks: Tracks; embedding: Float32Array }> {
    const face = (await new PersonTracker(networks, { hands: false }).next(image)).person!.face!;
    const places = face.points.flatMap(({ x, y }) => [x, y]);
    const points = face.points.length;
    const tracks: Tracks = {
      frames,
      fps: 25,
      points,
      width: image.width,
      height: image.height,
      positions: Float32Array.from({ length: frames * points * 2 }, (_, i) => places[i % (points * 2)]),
      visibility: new Float32Array(frames * points).fill(1),
      labels: labelsOf(['face']),
    };
    return { tracks, embedding: await faceEmbedding(networks, image, face) };
  }

  it('is next to nothing for the picture itself, and that of the embeddings for another person', async () => {
    const [man, woman] = await Promise.all(['half-body-man', 'half-body-woman'].map(picture));
    const [his, hers] = [await tracksOf(man), await tracksOf(woman)];
    const of = async (image: Image): Promise<number> =>
      (await measure({ video: filmOf(man), image, tracks: his.tracks }, { every: 2 })).values['identity:dlib'];
    expect(await of(man)).toBeLessThan(0.01);
    const distance = await of(woman);
    expect(distance).toBeCloseTo(identityDistance(his.embedding, hers.embedding), 3);
    expect(distance).toBeGreaterThan(0.5);
  });

  it('says nothing of a picture without a face', async () => {
    const man = await picture('half-body-man');
    const grey: Image = { width: 256, height: 256, data: new Uint8ClampedArray(256 * 256 * 4).fill(128) };
    const { tracks } = await tracksOf(man);
    const { values } = await measure({ video: filmOf(man), image: grey, tracks }, { every: 2 });
    expect(values).not.toHaveProperty('identity:dlib');
    expect(values).toHaveProperty('blinks:mediapipe');
  });
});
