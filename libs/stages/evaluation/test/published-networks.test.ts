import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test, type TestContext } from 'vitest';
import { decodeAudio, decodeImage, videoFromFrames, type Image } from '@soliloquy/media';
import { Networks, PersonTracker } from '@soliloquy/whole-body';
import { frechetDistance } from '../src/frechet-distance.ts';
import { clipLogits, i3dFrame } from '../src/networks/clip-features.ts';
import { alignedFace, ARCFACE_SIDE } from '../src/networks/face-alignment.ts';
import { arcfacePoints, cosine } from '../src/networks/face-similarity.ts';
import { FVMD_RIDGE, motionCells } from '../src/networks/motion-cells.ts';
import type { EvaluationNetwork } from '../src/networks/network-names.ts';
import { openNetwork, type OpenNetwork } from '../src/networks/open-network.ts';
import { lpipsOf, pool3 } from '../src/networks/picture-features.ts';
import { handConfidence } from '../src/networks/poses-of-film.ts';
import type { Pixels } from '../src/networks/sample-pixels.ts';
import { syncFigures } from '../src/networks/sync-distances.ts';
import { syncEmbeddings } from '../src/networks/sync-embeddings.ts';
import { wholeBodyPose } from '../src/networks/whole-body-pose.ts';
import { followByPips } from '../src/networks/window-tracks.ts';
import { movedPixels, softNoise } from './made-pixels.ts';

/**
 * What only the published networks can show: `npm run check:metrics` with EVALUATION_MODELS, the folder that has them
 * by name, and for SyncNet EVALUATION_EXAMPLE, a folder with the frames and the sound of data/example.avi of
 * syncnet_python (README).
 */
const models = process.env.EVALUATION_MODELS;
const example = process.env.EVALUATION_EXAMPLE;
const LONG = { timeout: 3_600_000 };

/** Skips a test whose network, or whose film, is not here. */
function needs(context: TestContext, name: EvaluationNetwork, ...also: (string | undefined)[]): void {
  const isHere = models !== undefined && existsSync(join(models, name));
  if (!isHere || also.includes(undefined)) context.skip('no published network here');
}

const open = (name: EvaluationNetwork, file = 'model.onnx'): Promise<OpenNetwork> =>
  openNetwork(name, file, { model: () => Promise.resolve(join(models as string, name)), threads: 2 });

const rises = (values: readonly number[]): boolean => values.every((value, i) => i === 0 || value > values[i - 1]);

async function exampleFilm(): Promise<{ frames: Pixels[]; samples: Float32Array }> {
  const folder = example as string;
  const names = readdirSync(folder).filter((name) => name.endsWith('.jpg'));
  const frames: Pixels[] = [];
  for (const name of names.sort()) frames.push(await decodeImage(readFileSync(join(folder, name))));
  const { samples, sampleRate } = await decodeAudio(readFileSync(join(folder, 'audio.wav')));
  expect(sampleRate).toBe(16_000);
  return { frames, samples };
}

describe('SyncNet', () => {
  const figuresOf = async (frames: readonly Pixels[], samples: Float32Array) => {
    const networks = { lips: await open('syncnet', 'lips.onnx'), audio: await open('syncnet', 'audio.onnx') };
    const { lips, audio } = await syncEmbeddings(networks, frames, samples);
    await networks.lips.dispose();
    await networks.audio.dispose();
    return syncFigures(lips, audio);
  };

  test('gives what its README says of its example: 3, 5.353, 10.021', LONG, async (context) => {
    needs(context, 'syncnet', example);
    const { frames, samples } = await exampleFilm();
    const { offset, distance, confidence } = await figuresOf(frames, samples);
    expect(offset).toBe(3);
    expect(Math.abs(distance - 5.353)).toBeLessThan(0.002);
    expect(Math.abs(confidence - 10.021)).toBeLessThan(0.002);
  });

  test('tells by how much the sound is shifted: 0, 2, 5, 10 frames', LONG, async (context) => {
    needs(context, 'syncnet', example);
    const { frames, samples } = await exampleFilm();
    const offsets: number[] = [];
    for (const shift of [0, 2, 5, 10]) {
      const late = new Float32Array(samples.length);
      late.set(samples.subarray(0, samples.length - 640 * shift), 640 * shift);
      offsets.push((await figuresOf(frames, late)).offset);
    }
    expect(offsets.map((offset) => Math.abs(offset - offsets[0]))).toEqual([0, 2, 5, 10]);
  });
});

describe('FVD', () => {
  test('of zeros against ones is 151.26', LONG, async (context) => {
    needs(context, 'i3d-kinetics-400');
    const network = await open('i3d-kinetics-400');
    const rowsOf = async (level: number): Promise<Float64Array[]> => {
      const frame = { width: 64, height: 64, data: new Uint8Array(64 * 64 * 4).fill(level) };
      const logits = await clipLogits(
        network,
        Array.from({ length: 30 }, () => i3dFrame(frame)),
      );
      return Array.from({ length: 8 }, () => logits);
    };
    expect(Math.abs(frechetDistance(await rowsOf(0), await rowsOf(255)) - 151.26)).toBeLessThan(0.05);
    await network.dispose();
  });
});

const picture = (name = 'half-body-man'): Promise<Image> =>
  decodeImage(readFileSync(new URL(`../../reference/test/fixtures/${name}.jpg`, import.meta.url)));

/** Mean of every square of a picture: what moved fast, or a poor film. */
function coarse({ width, height, data }: Image, step: number): Image {
  const out = data.slice();
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++)
      for (let c = 0; c < 3; c++) {
        const [x0, y0] = [x - (x % step), y - (y % step)];
        let [sum, count] = [0, 0];
        for (let v = y0; v < Math.min(height, y0 + step); v++)
          for (let u = x0; u < Math.min(width, x0 + step); u++, count++) sum += data[4 * (v * width + u) + c];
        out[4 * (y * width + x) + c] = sum / count;
      }
  return { width, height, data: out };
}

test("CSIM of another person's face is lower than that of the same, altered", LONG, async (context) => {
  needs(context, 'arcface');
  const arcface = await open('arcface', 'w600k_r50.onnx');
  const tracker = new Networks({ threads: 2 });
  const embeddingOf = async (image: Image): Promise<Float32Array> => {
    const { person } = await new PersonTracker(tracker, { hands: false }).next(image);
    const data = alignedFace(image, arcfacePoints(person!.face!));
    return (await arcface.run({ shape: [1, 3, ARCFACE_SIDE, ARCFACE_SIDE], data }))[0];
  };
  const man = await picture();
  const wanted = await embeddingOf(man);
  const altered = cosine(wanted, await embeddingOf(coarse(man, 2)));
  const other = cosine(wanted, await embeddingOf(await picture('half-body-woman')));
  expect(cosine(wanted, wanted)).toBeCloseTo(1, 6);
  expect(altered).toBeGreaterThan(0.5);
  expect(other).toBeLessThan(0.3);
  await arcface.dispose();
  await tracker.dispose();
});

test('HKC falls as hands are blurred', LONG, async (context) => {
  needs(context, 'dwpose');
  const detector = await open('dwpose', 'yolox_l.onnx');
  const pose = await open('dwpose', 'dw-ll_ucoco_384.onnx');
  const woman = await picture('half-body-woman');
  const confidences: number[] = [];
  for (const step of [1, 8, 16, 32])
    confidences.push(-handConfidence(await wholeBodyPose({ detector, pose }, coarse(woman, step))));
  expect(rises(confidences)).toBe(true);
  await detector.dispose();
  await pose.dispose();
});

describe('FVD and FVMD of PIPs++', () => {
  const SIDE = 128;
  const clip = (place: (frame: number) => readonly [number, number], from: number): Pixels[] =>
    Array.from({ length: 16 }, (_, f) => ({ width: SIDE, height: SIDE, data: movedPixels(SIDE, place(f + from)) }));
  const sway = (frame: number) => [6 * Math.sin(frame / 4), 3 * Math.sin(frame / 5)] as const;
  const shaken = (by: number) => (frame: number) => {
    const [x, y] = sway(frame);
    return [x + by * softNoise(2 * frame), y + by * softNoise(2 * frame + 1)] as const;
  };
  const motions = { true: sway, shaken: shaken(3), wild: shaken(12), frozen: () => sway(0) };

  test('rise with jitter, and tell a frozen film', LONG, async (context) => {
    needs(context, 'i3d-kinetics-400');
    const network = await open('i3d-kinetics-400');
    const rowsOf = async (place: typeof sway): Promise<Float64Array[]> => {
      const rows: Float64Array[] = [];
      for (const from of [0, 7, 14]) rows.push(await clipLogits(network, clip(place, from).map(i3dFrame)));
      return rows;
    };
    const truth = await rowsOf(motions.true);
    const distance = async (place: typeof sway): Promise<number> => frechetDistance(await rowsOf(place), truth);
    expect(rises([0, await distance(motions.shaken), await distance(motions.wild)])).toBe(true);
    expect(await distance(motions.frozen)).toBeGreaterThan(0);
    await network.dispose();
  });

  test('as the histograms of PIPs++ do', LONG, async (context) => {
    needs(context, 'pips2');
    const network = await open('pips2');
    const rowsOf = async (place: typeof sway): Promise<Float64Array[]> => {
      const film = videoFromFrames({ width: SIDE, height: SIDE, fps: 25, frames: 18 }, function* (from, to) {
        for (let frame = from; frame < to; frame++) yield movedPixels(SIDE, place(frame));
      });
      const rows: Float64Array[] = [];
      for await (const tracks of followByPips(network)(film, 1)) rows.push(motionCells(tracks, 'code'));
      return rows;
    };
    const truth = await rowsOf(motions.true);
    const distance = async (place: typeof sway): Promise<number> =>
      frechetDistance(await rowsOf(place), truth, FVMD_RIDGE);
    expect(rises([0.5, await distance(motions.shaken), await distance(motions.wild)])).toBe(true);
    expect(await distance(motions.frozen)).toBeGreaterThan(0.5);
    await network.dispose();
  });
});

describe('blur and noise', () => {
  const noisy = ({ width, height, data }: Image, by: number): Image => ({
    width,
    height,
    data: Uint8ClampedArray.from(data, (value, i) => (i % 4 === 3 ? 255 : value + by * softNoise(i))),
  });

  test('are further away by LPIPS, step by step', LONG, async (context) => {
    needs(context, 'lpips-alex');
    const network = await open('lpips-alex');
    const clean = await picture();
    const distances: number[] = [];
    for (const by of [0, 8, 32, 96]) distances.push(await lpipsOf(network, noisy(clean, by), clean));
    expect(rises(distances)).toBe(true);
    await network.dispose();
  });

  test("are further away by Inception's features, step by step", LONG, async (context) => {
    needs(context, 'inception-pool3');
    const network = await open('inception-pool3');
    const clean = await picture();
    const wanted = await pool3(network, clean);
    const distances: number[] = [];
    for (const by of [0, 8, 32, 96]) {
      const features = await pool3(network, noisy(clean, by));
      distances.push(Math.hypot(...features.map((value, i) => value - wanted[i])));
    }
    expect(rises(distances)).toBe(true);
    await network.dispose();
  });
});
