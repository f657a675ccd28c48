import { rmSync } from 'node:fs';
import { dirname } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { mfcc } from '@soliloquy/speech-features';
import { frechetDistance } from '../src/frechet-distance.ts';
import { clipLogits, i3dFrame } from '../src/networks/clip-features.ts';
import { alignedFace, ARCFACE_POINTS, similarityOf, type Point } from '../src/networks/face-alignment.ts';
import { FVMD_RIDGE, gridPoints, motionCells } from '../src/networks/motion-cells.ts';
import { openNetworkFile, type OpenNetwork } from '../src/networks/open-network.ts';
import { lpipsOf, pool3 } from '../src/networks/picture-features.ts';
import { resizeTriangle } from '../src/networks/small-frames.ts';
import { cropFace, cropPlaces } from '../src/networks/sync-crops.ts';
import { syncFigures } from '../src/networks/sync-distances.ts';
import { syncEmbeddings } from '../src/networks/sync-embeddings.ts';
import { surestPerson, wholeBodyPose } from '../src/networks/whole-body-pose.ts';
import { madeBytes, madeFilm, randomNetwork, readGolden, uniform, type Draw } from './random-networks.ts';

interface Golden {
  syncnet: {
    draws: Record<'audio.onnx' | 'lips.onnx', Draw[]>;
    clips: {
      frames: number;
      samples: number;
      boxes: [number, number, number, number][];
      confidence: number;
      distance: number;
      offset: number;
      crop: number[];
      mfcc: number[];
    }[];
  };
  fvd: { draws: Draw[]; logits: number[][][]; value: number };
  fid: { draws: Draw[]; features: number[][][]; value: number };
  lpips: { draws: Draw[]; value: number };
  arcface: { cases: { points: Point[]; matrix: number[]; crop: number[] }[] };
  dwpose: { box: number[]; detector: number[]; pose: number[]; points: number[]; scores: number[] };
  pillow: Record<'32' | '128', number[]>;
  fvmd: { rows: Record<'code' | 'paper', number[]>; values: Record<'code' | 'paper', number> };
}

/** Of `golden/networks.py`, which names the repositories and commits whose code ran. */
const golden = readGolden<Golden>();
const made: string[] = [];
const opened: OpenNetwork[] = [];
afterAll(async () => {
  for (const network of opened) await network.dispose();
  for (const path of made) rmSync(dirname(path), { recursive: true });
});

async function open(name: string, draws: readonly Draw[]): Promise<OpenNetwork> {
  const path = randomNetwork(name, draws);
  made.push(path);
  const network = await openNetworkFile(path, 2);
  opened.push(network);
  return network;
}

/** Largest difference, and the largest value. */
function apart(got: ArrayLike<number>, wanted: readonly number[]): { difference: number; of: number } {
  return {
    difference: Math.max(...wanted.map((value, i) => Math.abs(value - got[i]))),
    of: Math.max(...wanted.map(Math.abs)),
  };
}

describe('SyncNet on the published architecture, against syncnet_python in PyTorch', () => {
  /** What golden/networks.py makes of the clip of this number. */
  const soundOf = (i: number, samples: number): Float32Array => {
    const noise = uniform(samples, 300 + i, -3000, 3000);
    return noise.map(
      (value, at) => Math.round(value + 6000 * Math.sin((2 * Math.PI * (150 + 60 * i) * at) / 16_000)) / 32_768,
    );
  };
  const cropsOf = (i: number) => {
    const { frames, boxes } = golden.syncnet.clips[i];
    const places = cropPlaces(boxes.map(([x0, y0, x1, y1]) => ({ x0, y0, x1, y1 })));
    return madeFilm(frames, 96, 80, 100 + i).map((frame, f) => cropFace(frame, places[f])!);
  };

  test('MFCC', () => {
    golden.syncnet.clips.forEach(({ samples, mfcc: wanted }, i) => {
      const { rows, data } = mfcc(soundOf(i, samples));
      expect(rows).toBe(1 + Math.ceil((samples - 400) / 160));
      // In single precision here; of up to 60.
      expect(
        apart(
          data.subarray(7 * 13, 8 * 13),
          wanted.map((row) => row),
        ).difference,
      ).toBeLessThan(1e-4);
    });
  });

  test('crops, to a level in 255', () => {
    golden.syncnet.clips.forEach(({ crop }, i) => {
      const { data } = cropsOf(i)[3];
      const seen = Array.from({ length: 14 * 14 * 3 }, (_, k) => {
        const pixel = Math.floor(k / 3);
        return data[4 * (16 * Math.floor(pixel / 14) * 224 + 16 * (pixel % 14)) + (k % 3)];
      });
      expect(apart(seen, crop).difference).toBeLessThanOrEqual(1);
    });
  });

  test('SyncC, SyncD and offset of three clips to 1e-3', async () => {
    const { draws, clips } = golden.syncnet;
    const networks = {
      lips: await open('syncnet-lips', draws['lips.onnx']),
      audio: await open('syncnet-audio', draws['audio.onnx']),
    };
    for (const [i, clip] of clips.entries()) {
      const { lips, audio } = await syncEmbeddings(networks, cropsOf(i), soundOf(i, clip.samples));
      const figures = syncFigures(lips, audio);
      expect(figures.offset).toBe(clip.offset);
      expect(Math.abs(figures.confidence - clip.confidence)).toBeLessThan(1e-3);
      expect(Math.abs(figures.distance - clip.distance)).toBeLessThan(1e-3);
    }
  });
});

test("FVD's logits and value are those of StyleGAN-V's steps and pytorch-i3d", async () => {
  const { draws, logits, value } = golden.fvd;
  const network = await open('i3d', draws);
  const sets = await Promise.all(
    [400, 410].map(async (seed) => {
      const rows: Float64Array[] = [];
      for (const i of [0, 1])
        rows.push(await clipLogits(network, madeFilm(10 + i, 60, 44, seed + 2 * i).map(i3dFrame)));
      return rows;
    }),
  );
  sets.forEach((rows, s) =>
    rows.forEach((row, i) => {
      const { difference, of } = apart(
        row.filter((_, k) => k % 20 === 0),
        logits[s][i],
      );
      expect(difference / of).toBeLessThan(1e-4);
    }),
  );
  expect(Math.abs(frechetDistance(sets[0], sets[1]) / value - 1)).toBeLessThan(1e-3);
});

test("FID's features and value are those of pytorch-fid", async () => {
  const { draws, features, value } = golden.fid;
  const network = await open('inception', draws);
  const sets: Float64Array[][] = [];
  for (const seed of [500, 510]) {
    const rows: Float64Array[] = [];
    for (const picture of madeFilm(3, 96, 80, seed)) rows.push(await pool3(network, picture));
    sets.push(rows);
  }
  sets.forEach((rows, s) =>
    rows.forEach((row, i) => {
      const { difference, of } = apart(
        row.filter((_, k) => k % 100 === 0),
        features[s][i],
      );
      expect(difference / of).toBeLessThan(1e-4);
    }),
  );
  expect(Math.abs(frechetDistance(sets[0], sets[1]) / value - 1)).toBeLessThan(1e-3);
});

test('LPIPS is that of the package lpips', async () => {
  const { draws, value } = golden.lpips;
  const network = await open('lpips', draws);
  const [[a], [b]] = [600, 610].map((seed) => madeFilm(1, 96, 80, seed));
  expect(Math.abs((await lpipsOf(network, a, b)) / value - 1)).toBeLessThan(1e-4);
  expect(await lpipsOf(network, a, a)).toBe(0);
});

describe("ArcFace's alignment", () => {
  test("is insightface's: the matrix, and the crop to a level in 255", () => {
    const [picture] = madeFilm(1, 160, 140, 700);
    for (const { points, matrix, crop } of golden.arcface.cases) {
      expect(apart(similarityOf(points, ARCFACE_POINTS), matrix).difference).toBeLessThan(1e-4);
      const face = alignedFace(picture, points);
      const seen = Array.from({ length: crop.length }, (_, k) => {
        const [pixel, channel] = [Math.floor(k / 3), k % 3];
        const at = 8 * Math.floor(pixel / 14) * 112 + 8 * (pixel % 14);
        return (face[channel * 112 * 112 + at] + 1) * 127.5;
      });
      expect(apart(seen, crop).difference).toBeLessThanOrEqual(1.001);
    }
  });
});

describe("FVMD's histograms and distance are those of the published program", () => {
  const tracksOf = (seed: number, windows: number, way: number): Float32Array[] => {
    const [start, steps] = [grid(), uniform(windows * 16 * 800, seed, -way, way)];
    return Array.from({ length: windows }, (_, w) => {
      const out = new Float32Array(16 * 800);
      const place = Float64Array.from(start);
      for (let f = 0; f < 16; f++)
        for (let i = 0; i < 800; i++) out[f * 800 + i] = place[i] += steps[(w * 16 + f) * 800 + i];
      return out;
    });
  };
  const grid = (): Float64Array =>
    Float64Array.from(
      { length: 800 },
      (_, i) => ((i % 2 === 0 ? (i >> 1) % 20 : Math.floor((i >> 1) / 20)) / 19) * 240 + 8,
    );

  test('the grid leaves 8 pixels', () => {
    expect(apart(gridPoints(), [...grid()]).difference).toBeLessThan(1e-4);
  });

  test.each(['code', 'paper'] as const)('with the acceleration of the %s', (acceleration) => {
    const sets = [tracksOf(800, 5, 6), tracksOf(810, 6, 3)].map((films) =>
      films.map((tracks) => motionCells(tracks, acceleration)),
    );
    expect(
      apart(
        sets[0][2].map((value) => value * 8),
        golden.fvmd.rows[acceleration],
      ).difference,
    ).toBeLessThan(1e-6);
    const value = frechetDistance(sets[0], sets[1], FVMD_RIDGE);
    expect(Math.abs(value / golden.fvmd.values[acceleration] - 1)).toBeLessThan(1e-4);
  });
});

describe("DWPose's steps, of networks that are made up", () => {
  test('are those of its program: both pictures, the surest person, points and confidences', async () => {
    const { box, detector: seenByDetector, pose: seenByPose, points, scores } = golden.dwpose;
    const [picture] = madeFilm(1, 120, 90, 900);
    const found = uniform(8400 * 85, 910, 0, 0.5);
    for (const [row, size, sure, kind] of [
      [2000, 3.1, 0.95, 56],
      [6900, 2.9, 0.7, 0],
      [7100, 2.6, 0.9, 0],
    ]) {
      found.set([size, size + 0.4, sure], row * 85 + 2);
      found[row * 85 + 5 + kind] = 0.98;
    }
    const seen: Float32Array[] = [];
    const network = (...outputs: Float32Array[]): OpenNetwork => ({
      run: async ({ data }) => {
        seen.push(data as Float32Array);
        return outputs;
      },
      dispose: async () => undefined,
    });
    const made = await wholeBodyPose(
      { detector: network(found), pose: network(uniform(133 * 576, 920, 0, 1), uniform(133 * 768, 930, 0, 1)) },
      picture,
    );
    const every = (data: Float32Array, width: number, height: number, step: number): number[] =>
      [0, 1, 2].flatMap((c) =>
        Array.from({ length: (width / step) * (height / step) }, (_, i) => {
          const [x, y] = [step * (i % (width / step)), step * Math.floor(i / (width / step))];
          return data[(c * height + y) * width + x];
        }),
      );
    const surest = surestPerson(found, 640 / 120)!;
    expect(apart([surest.x0, surest.y0, surest.x1, surest.y1], box).difference).toBeLessThan(1e-3);
    expect(apart(every(seen[0], 640, 640, 64), seenByDetector).difference).toBeLessThanOrEqual(1);
    // A level in 255 is 0.018 there.
    expect(apart(every(seen[1], 288, 384, 48), seenByPose).difference).toBeLessThan(0.02);
    expect(apart(made!.points, points).difference).toBeLessThan(1e-3);
    expect(apart(made!.confidence, scores).difference).toBeLessThan(1e-6);
  });

  test('nobody is found where no box is sure', async () => {
    expect(surestPerson(uniform(8400 * 85, 910, 0, 0.5), 1)).toBeUndefined();
  });
});

test.each([32, 128] as const)("frames on %i pixels are Pillow's, to a level in 255", (side) => {
  const { data } = resizeTriangle(madeFilm(1, 90, 70, 950)[0], side, side);
  const kept = Math.ceil(side / 3);
  const seen = golden.pillow[side].map((_, i) => {
    const [x, y] = [3 * (i % kept), 3 * (Math.floor(i / kept) % kept)];
    return data[(Math.floor(i / kept ** 2) * side + y) * side + x];
  });
  expect(apart(seen, golden.pillow[side]).difference).toBeLessThanOrEqual(1);
});

test('noise is the same in both languages', () => {
  expect([...madeBytes(4, 100)]).toEqual([...madeBytes(5, 100).subarray(0, 4)]);
  expect(new Set(madeBytes(1000, 1)).size).toBeGreaterThan(200);
});
