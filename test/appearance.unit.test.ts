import { beforeAll, describe, expect, it } from 'vitest';
import { appearanceReader, canonicalPoints, type AppearanceReader } from '@soliloquy/latent-flow';
import { MOTION_CHANNELS, type MotionChannel } from '@soliloquy/video-diffusion/puppet';
import { paintedSubject, puppetFilm } from './fixture/puppet-films.ts';

const SIZE = { width: 256, height: 384 };
type Pose = Partial<Record<MotionChannel, number>>;
const POSES = {
  rest: {},
  half: { blink: 0.5 },
  shut: { blink: 1 },
  shutAndTurned: { blink: 1, yaw: 0.1, pitch: -0.1, headX: 0.1 },
  right: { gazeX: 1 },
  left: { gazeX: -1, gazeY: 0.5 },
  up: { gazeY: -1 },
  surprised: { browRaise: 1 },
  turned: { yaw: 0.1, pitch: 0.1, roll: 0.05 },
  open: { jawOpen: 0.6 },
  parted: { lipPart: 1 },
} as const satisfies Record<string, Pose>;
type PoseName = keyof typeof POSES;

describe.each([
  ['light skin', { gender: 'woman', skinTone: 'light' }, 1002],
  ['dark skin and a beard', { gender: 'man', facialHair: 'beard', skinTone: 'dark' }, 2000],
] as const)('what is read of the appearance of a film: %s', (_, look, seed) => {
  let reader: AppearanceReader;
  let positions: Float32Array;
  const seen = {} as Record<PoseName, readonly [number, number, number, number]>;

  beforeAll(async () => {
    const subject = await paintedSubject(look, seed, SIZE);
    const points = canonicalPoints(subject.landmarks, SIZE.width, SIZE.height);
    ({ positions } = points);
    reader = await appearanceReader({ ...subject, points, ...SIZE });
    const poses: readonly Pose[] = Object.values(POSES);
    const channels = Object.fromEntries(
      Object.keys(MOTION_CHANNELS).map((name) => [
        name,
        Float32Array.from(poses, (pose) => pose[name as MotionChannel] ?? 0),
      ]),
    ) as Record<MotionChannel, Float32Array>;
    const motion = { frames: poses.length, fps: 25, channels };
    const { renderer, carrier } = await puppetFilm(subject, motion);
    const rgba = new Uint8ClampedArray(4 * SIZE.width * SIZE.height);
    const tracks = new Float32Array(positions.length);
    for (const [f, name] of Object.keys(POSES).entries()) {
      await renderer.frame(f, rgba);
      carrier.carry(motion, f, positions, tracks);
      seen[name as PoseName] = [...reader.read(rgba, tracks)] as [number, number, number, number];
    }
  }, 120_000);

  it('is nothing at rest', () => {
    for (const number of seen.rest) expect(Math.abs(number)).toBeLessThan(0.01);
  });

  it('of lids is how far they are shut, wherever the head is, and no glance or brow', () => {
    for (const side of [0, 1]) {
      expect(seen.shut[side]).toBeGreaterThan(0.75);
      expect(Math.abs(seen.shutAndTurned[side] - seen.shut[side])).toBeLessThan(0.05);
      expect(seen.half[side] / seen.shut[side]).toBeGreaterThan(0.45);
      expect(seen.half[side] / seen.shut[side]).toBeLessThan(0.7);
      for (const name of ['right', 'left', 'up', 'surprised', 'turned', 'open'] as const)
        expect(Math.abs(seen[name][side]), name).toBeLessThan(0.15);
    }
  });

  it('of the mouth is its dark inside, brighter where teeth show, and no turn of the head', () => {
    for (const name of ['open', 'parted'] as const) expect(seen[name][2], name).toBeGreaterThan(0.15);
    for (const name of ['shut', 'turned', 'surprised'] as const)
      for (const number of [2, 3]) expect(Math.abs(seen[name][number]), name).toBeLessThan(0.03);
    expect(seen.open[3] - seen.parted[3]).toBeGreaterThan(0.1);
  });

  it('refuses frames of another size, and points that are nowhere', () => {
    const rgba = new Uint8ClampedArray(4 * SIZE.width * SIZE.height);
    expect(() => reader.read(rgba.subarray(4), positions)).toThrow(/frame: expected u8 \[384, 256, 4\]/);
    expect(() => reader.read(rgba, positions.subarray(2))).toThrow(/tracks: expected f32 \[93, 2\]/);
    expect(() =>
      reader.read(
        rgba,
        positions.map(() => NaN),
      ),
    ).toThrow(/tracks: expected places/);
  });
});
