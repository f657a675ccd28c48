import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { decodeImage, videoFromFrames, type Image } from '@soliloquy/media';
import type { Tracks } from '@soliloquy/ports';
import { FACE, Networks, PersonTracker, type BodyPoint } from '@soliloquy/whole-body';
import { partBoxes, type SeenPoint } from '../src/evaluation/tracked/part-boxes.ts';
import { measure } from './evaluate.ts';
import { labelsOf } from './made-tracks.ts';

describe('boxes of parts', () => {
  const size = { width: 200, height: 300 };
  const points: Record<string, readonly [number, number]> = {
    [`face ${FACE.leftEye}`]: [120, 50],
    [`face ${FACE.rightEye}`]: [80, 50],
    [`face ${FACE.upperLipBottom}`]: [100, 88],
    [`face ${FACE.lowerLipTop}`]: [100, 92],
    'body leftShoulder': [150, 130],
    'body rightShoulder': [50, 126],
    'body leftHip': [140, 250],
    'body rightHip': [60, 254],
  };
  const seen =
    (without: readonly string[] = []): SeenPoint =>
    (part, name) => {
      const place = part.endsWith('Hand') ? ([210, 200] as const) : points[`${part} ${name}`];
      return place === undefined || without.includes(`${part} ${name}`) ? undefined : { x: place[0], y: place[1] };
    };

  test('are those of eyes and mouth, shoulders and hips, cut by the picture; too small ones are none', () => {
    expect(partBoxes(seen(), size)).toEqual({
      face: { x0: 56, y0: 22, x1: 144, y1: 118 },
      cloth: { x0: 50, y0: 126, x1: 150, y1: 254 },
    });
  });

  test('clothes without hips reach to the lower border; a part that is not seen has none', () => {
    const boxes = partBoxes(seen(['body leftHip', 'body rightHip', `face ${FACE.leftEye}`]), size);
    expect(boxes).toEqual({ cloth: { x0: 50, y0: 126, x1: 150, y1: 300 } });
    expect(partBoxes(seen(['body leftShoulder']), size)).not.toHaveProperty('cloth');
  });
});

describe('sharpness of parts', () => {
  let home: string | undefined;
  let folder: string;
  let man: Image;
  let tracks: Tracks;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'sharpness-'));
    home = process.env.SOLILOQUY_HOME;
    process.env.SOLILOQUY_HOME = folder;
    man = await decodeImage(readFileSync(new URL('../../reference/test/fixtures/half-body-man.jpg', import.meta.url)));
    const networks = new Networks({ threads: 1 });
    const { body, face, hands } = (await new PersonTracker(networks).next(man)).person!;
    await networks.dispose();
    const nowhere = Array.from({ length: 21 }, (): BodyPoint => ({ x: 0, y: 0, z: 0, confidence: 0 }));
    const points = [body!, face!, hands.left ?? { points: nowhere }, hands.right ?? { points: nowhere }].flatMap(
      (part) => [...part.points],
    );
    tracks = {
      frames: 2,
      fps: 25,
      points: points.length,
      width: man.width,
      height: man.height,
      positions: Float32Array.from([...points, ...points].flatMap(({ x, y }) => [x, y])),
      visibility: Float32Array.from([...points, ...points], ({ confidence }) => confidence),
      labels: labelsOf(),
    };
  });
  afterAll(async () => {
    if (home === undefined) delete process.env.SOLILOQUY_HOME;
    else process.env.SOLILOQUY_HOME = home;
    await rm(folder, { recursive: true });
  });

  const figuresOf = async (data: Uint8ClampedArray) => {
    const { width, height } = man;
    const video = videoFromFrames({ width, height, fps: 25, frames: 2 }, (from, to) =>
      Array.from({ length: to - from }, () => data),
    );
    return (await measure({ video, image: man, tracks }, { every: 1 })).values;
  };

  test('of a film of the picture is 1; of half of its contrast a quarter', async () => {
    const same = await figuresOf(man.data);
    const parts = Object.keys(same).filter((name) => name.startsWith('sharpness:'));
    expect(parts).toEqual(expect.arrayContaining(['sharpness:face', 'sharpness:cloth']));
    const half = await figuresOf(man.data.map((value, i) => (i % 4 === 3 ? value : 2 * (value >> 2))));
    for (const part of parts) {
      expect(same[part], part).toBeCloseTo(1, 6);
      // Rounding to levels is noise that weighs on smooth clothes.
      expect(Math.abs(half[part] - 0.25), part).toBeLessThan(0.1);
    }
  });

  test('falls for the part that is blurred, and for no other', async () => {
    const { width } = man;
    const [first, last] = [33, 33 + 478].map((point) => point * 2);
    const ys = tracks.positions.subarray(first, last).filter((_, i) => i % 2 === 1);
    const chin = Math.max(...ys);
    const blurred = man.data.map((value, i) =>
      Math.floor(i / (4 * width)) < chin && i % (4 * width) >= 8
        ? (value + man.data[i - 4] + man.data[i - 8]) / 3
        : value,
    );
    const values = await figuresOf(blurred);
    expect(values['sharpness:face']).toBeLessThan(0.6);
    expect(values['sharpness:cloth']).toBeGreaterThan(0.9);
  });
});
