import { beforeAll, describe, expect, test } from 'vitest';
import { completeMotion, particleNeighbours, regionIndex } from '@soliloquy/gaussian-cloud';
import {
  createMotionLayout,
  initAlignedSpace,
  initMotionCodec,
  openAlignedSpace,
  packAlignedSpace,
  type AlignedSpace,
} from '@soliloquy/gaussian-codec';
import { initMotionTransformer, openMotionModel, packMotionModel } from '@soliloquy/motion-transformer';
import type { RegionName } from '@soliloquy/ports';
import { seededNormals } from '@soliloquy/random';
import { MelStream } from '@soliloquy/speech-features/mel-stream';
import { createRng } from '@soliloquy/tensor';
import { LivePerson, MotionStream, streamNetworks, type PersonFrame, type PersonSampling } from '../src/index.ts';

const [RATE, FPS, T] = [16_000, 25, 16];
const rng = createRng('live person');
const NAMES: readonly RegionName[] = ['torso', 'torso', 'head', 'leftEyelid', 'lowerLip', 'leftHand'];
const P = NAMES.length;
const SAMPLING: PersonSampling = {
  lookAhead: 120,
  piece: 3,
  steps: 2,
  held: 1,
  eta: 1,
  guidance: 1,
  blinks: true,
  seed: 3,
};
let motion: Awaited<ReturnType<typeof openMotionModel>>;
let space: AlignedSpace;

beforeAll(async () => {
  const positions = rng.normal([P, 3]).data;
  const regions = Uint8Array.from(NAMES, regionIndex);
  const rig = {
    particles: P,
    positions,
    regions,
    neighbours: 1,
    indices: new Int32Array(4),
    weights: new Float32Array(4).fill(1),
  };
  const layout = createMotionLayout(positions, regions, [rng.normal([20, P, 3]).data]);
  const size = { latents: 2, width: 16, heads: 4, hidden: 24 };
  space = await openAlignedSpace(
    packAlignedSpace({
      rig,
      layout,
      codec: initMotionCodec(rng, layout, size),
      space: initAlignedSpace(rng, { features: 60, width: 16 }),
      heads: 4,
      features: 60,
      card: {},
    }),
    1,
  );
  const network = { latent: 192, audio: 484, width: 8, layers: 1, heads: 2, reach: 4 };
  const scale = (width: number) => ({ mean: new Float32Array(width), scale: new Float32Array(width).fill(1) });
  motion = await openMotionModel(
    packMotionModel({
      params: initMotionTransformer(rng, network),
      size: network,
      frames: T,
      noiseSteps: 50,
      motion: scale(192),
      audio: scale(484),
      partVariance: new Float32Array(3),
      blinks: { examples: [new Float32Array(9).fill(0.5)], frames: 3, interval: 1 },
      card: {},
    }),
    1,
  );
});

const voice = Float32Array.from(
  seededNormals(4 * RATE, 1),
  (x, i) => 0.1 * x + 0.3 * Math.sin(i / 18) * Math.sin(i / 2000),
);

async function frames(pieces: number, sampling = SAMPLING): Promise<PersonFrame[]> {
  const person = new LivePerson({ ears: new MelStream(RATE, FPS), motion, space, fps: FPS }, sampling);
  const made: PersonFrame[] = [];
  for (let at = 0; at < voice.length; at += pieces) made.push(...(await person.hear(voice.subarray(at, at + pieces))));
  return made;
}

describe('a person who moves to what is heard', () => {
  test('goes where the motion of the stream says, frame after frame, with rotations of its own', async () => {
    const made = await frames(1920, { ...SAMPLING, blinks: false });
    expect(made.map(({ frame }) => frame)).toEqual(made.map((_, i) => i));
    // 100 frames of sound, 3 of look-ahead, fewer than a piece not made.
    expect(made.length).toBeGreaterThan(100 - 4 - 3);
    const ears = new MelStream(RATE, FPS);
    const stream = new MotionStream(streamNetworks(motion, space), { ...SAMPLING, lookAhead: 2 });
    const x: number[] = [];
    for (let at = 0; at < voice.length; at += 1920) {
      ears.push(voice.subarray(at, at + 1920));
      if (ears.frames - 2 < stream.frames + 3) continue;
      x.push(...(await stream.advance(ears)));
      ears.forget(stream.needs);
    }
    const translations = await space.decode(motion.restoreLatent(Float32Array.from(x)));
    const springs = particleNeighbours(space.rig);
    made.forEach(({ pose, frame }) => {
      const own = translations.slice(frame * P * 3, (frame + 1) * P * 3);
      const [rotations, stretch] = [new Float32Array(P * 4), new Float32Array(P * 3)];
      completeMotion(space.rig.positions, springs, own, rotations, stretch);
      own.forEach((value, i) => expect(pose.translations[i]).toBeCloseTo(value, 5));
      rotations.forEach((value, i) => expect(pose.rotations[i]).toBeCloseTo(value, 4));
    });
  });

  test('knows no more than the look-ahead of what comes', async () => {
    const person = new LivePerson({ ears: new MelStream(RATE, FPS), motion, space, fps: FPS }, SAMPLING);
    for (let ms = 20; ms <= 2000; ms += 20) {
      await person.hear(voice.subarray(((ms - 20) * RATE) / 1000, (ms * RATE) / 1000));
      const middleOfLast = ((person.frames - 0.5) * 1000) / FPS;
      if (person.frames > 0) expect(middleOfLast + SAMPLING.lookAhead).toBeLessThanOrEqual(ms + 1e-6);
    }
  });

  test('blinks, and with nothing else than the lids', async () => {
    const [with_, without] = [await frames(1920), await frames(1920, { ...SAMPLING, blinks: false })];
    const moved = NAMES.filter((_, p) =>
      with_.some(({ pose }, f) => pose.translations[p * 3] !== without[f].pose.translations[p * 3]),
    );
    expect(moved).toEqual(['leftEyelid']);
  });

  test('says when a voice is heard', async () => {
    const person = new LivePerson({ ears: new MelStream(RATE, FPS), motion, space, fps: FPS }, SAMPLING);
    const silent = await person.hear(new Float32Array(2 * RATE));
    expect(silent.length).toBeGreaterThan(40);
    expect(silent.every(({ isSpoken }) => !isSpoken)).toBe(true);
    const hum = Float32Array.from({ length: 2 * RATE }, (_, i) => {
      let x = 0;
      for (let h = 1; h < 20; h++) x += Math.sin((2 * Math.PI * 130 * h * i) / RATE) / h;
      return 0.2 * x * (0.5 - 0.5 * Math.cos((2 * Math.PI * 4 * i) / RATE));
    });
    expect((await person.hear(hum)).some(({ isSpoken }) => isSpoken)).toBe(true);
  });
});
