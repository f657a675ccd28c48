import { describe, expect, it } from 'vitest';
import { applyAffine, composeAffine, createPointTracker, invertAffine, type Affine } from '../src/index.ts';

const [WIDTH, HEIGHT] = [160, 120];
const SIZE = { width: WIDTH, height: HEIGHT };

/** Waves of three directions: what a smooth skin is not. Read at any place, so that a frame is exact. */
function textured(x: number, y: number, contrast = 1): [number, number, number] {
  const waves = [Math.sin(0.3 * x + 0.06 * y), Math.sin(0.33 * y - 0.1 * x + 2), Math.sin(0.2 * x - 0.21 * y + 4)];
  const gray = 120 + contrast * (24 * waves[0] + 22 * waves[1] + 16 * waves[2]);
  return [gray + contrast * 12 * waves[1], gray, gray - contrast * 12 * waves[2]];
}

type Backward = (x: number, y: number) => readonly [number, number];
type Paint = (x: number, y: number) => readonly [number, number, number];

function frameOf(backward: Backward, paint: Paint = textured): Uint8ClampedArray {
  const data = new Uint8ClampedArray(4 * WIDTH * HEIGHT);
  for (let i = 0; i < WIDTH * HEIGHT; i++)
    data.set([...paint(...backward((i % WIDTH) + 0.5, Math.floor(i / WIDTH) + 0.5)), 255], 4 * i);
  return data;
}

function boxOf(left: number, top: number, right: number, bottom: number): Float32Array {
  const found: number[] = [];
  for (let y = top; y < bottom; y++) for (let x = left; x < right; x++) found.push(x + 0.5, y + 0.5);
  return Float32Array.from(found);
}

const POINTS = Float32Array.of(50.2, 40.9, 80.5, 40.1, 110.8, 42.3, 52.5, 70.6, 81.1, 72.5, 108.7, 71.2);
const HELD = { radius: 4, limit: 6, tie: 0.03, hold: 0.01 };
const ONE_PIECE = { pieces: [{ samples: boxOf(35, 25, 125, 90) }], groups: [{ piece: 0, points: POINTS, ...HELD }] };

/** Farthest of the points from where they are in truth. */
function farthest(positions: Float32Array, truth: (x: number, y: number) => readonly [number, number]): number {
  let most = 0;
  for (let i = 0; i < positions.length; i += 2) {
    const [x, y] = truth(POINTS[i], POINTS[i + 1]);
    most = Math.max(most, Math.hypot(positions[i] - x, positions[i + 1] - y));
  }
  return most;
}

describe('the point tracker', () => {
  const motion: Affine = { a: 1.06, b: -0.09, c: 0.07, d: 0.95, e: -3, f: 6 };
  const share = (s: number): Affine => ({
    a: 1 + s * (motion.a - 1),
    b: s * motion.b,
    c: s * motion.c,
    d: 1 + s * (motion.d - 1),
    e: s * motion.e,
    f: s * motion.f,
  });

  it('finds an affine motion of several pixels a frame to a few hundredths of a pixel, and does not drift', () => {
    const tracker = createPointTracker({ reference: frameOf((x, y) => [x, y]), ...SIZE, ...ONE_PIECE });
    for (const s of [0, 0.4, 0.9, 1, 0.6, 0.2, 0, 0.5, 1]) {
      const now = share(s);
      const { positions, confidence, motions } = tracker.next(frameOf((x, y) => applyAffine(invertAffine(now), x, y)));
      expect(farthest(positions, (x, y) => applyAffine(now, x, y))).toBeLessThan(0.05);
      expect(Math.min(...confidence)).toBeGreaterThan(0.9);
      const [x, y] = applyAffine(motions[0], 80, 60);
      const [wantedX, wantedY] = applyAffine(now, 80, 60);
      expect(Math.hypot(x - wantedX, y - wantedY)).toBeLessThan(0.05);
    }
  });

  it('follows what bends beyond its piece: each point goes a way of its own', () => {
    const bend = (x: number): number => 1.8 * Math.sin(x / 18);
    const tracker = createPointTracker({ reference: frameOf((x, y) => [x, y]), ...SIZE, ...ONE_PIECE });
    const { positions } = tracker.next(frameOf((x, y) => [x, y - bend(x)]));
    expect(farthest(positions, (x, y) => [x, y + bend(x)])).toBeLessThan(0.35);
    // Without it, the piece alone is more than half a pixel off.
    const stiff = { ...ONE_PIECE, groups: [{ ...ONE_PIECE.groups[0], hold: 1e6 }] };
    const rigid = createPointTracker({ reference: frameOf((x, y) => [x, y]), ...SIZE, ...stiff });
    const alone = rigid.next(frameOf((x, y) => [x, y - bend(x)])).positions;
    expect(farthest(alone, (x, y) => [x, y + bend(x)])).toBeGreaterThan(0.6);
  });

  it('works where contrast is a tenth', () => {
    const dim: Paint = (x, y) => textured(x, y, 0.1);
    const tracker = createPointTracker({ reference: frameOf((x, y) => [x, y], dim), ...SIZE, ...ONE_PIECE });
    const { positions } = tracker.next(frameOf((x, y) => [x - 1.6, y + 1.2], dim));
    expect(farthest(positions, (x, y) => [x + 1.6, y - 1.2])).toBeLessThan(0.15);
  });

  it('tells what is covered, leaves it with the others, and finds it again', () => {
    const shift =
      (s: number): Backward =>
      (x, y) => [x - 3 * s, y];
    const cover = (frame: Uint8ClampedArray): Uint8ClampedArray => {
      for (let i = 0; i < WIDTH * HEIGHT; i++)
        if (i % WIDTH > 96 && Math.floor(i / WIDTH) < 56) frame.set([20, 160, 60, 255], 4 * i);
      return frame;
    };
    const tracker = createPointTracker({ reference: frameOf((x, y) => [x, y]), ...SIZE, ...ONE_PIECE });
    tracker.next(frameOf(shift(0.5)));
    const { positions, confidence } = tracker.next(cover(frameOf(shift(1))));
    expect(confidence[2]).toBeLessThan(0.2);
    expect(Math.min(confidence[0], confidence[1], confidence[3], confidence[4], confidence[5])).toBeGreaterThan(0.6);
    expect(farthest(positions, (x, y) => [x + 3, y])).toBeLessThan(1.5);
    tracker.next(frameOf(shift(0.8)));
    const again = tracker.next(frameOf(shift(0.6)));
    expect(again.confidence[2]).toBeGreaterThan(0.8);
    expect(farthest(again.positions, (x, y) => [x + 1.8, y])).toBeLessThan(0.1);
  });

  it('takes a jump that it is told of, or that its carrier makes, and without either loses it', () => {
    // A small disc on a plate of other texture.
    const disc = (x: number, y: number): boolean => Math.hypot(x - 80, y - 57) < 14;
    const world = (plate: Affine, onPlate: Affine): Uint8ClampedArray => {
      const [back, own] = [invertAffine(plate), invertAffine(composeAffine(plate, onPlate))];
      return frameOf(
        (x, y) => [x, y],
        (x, y) => {
          const [u, v] = applyAffine(own, x, y);
          if (disc(u, v)) return textured(2.1 * u + 40, 2.1 * v);
          return textured(...applyAffine(back, x, y));
        },
      );
    };
    const still: Affine = { a: 1, b: 0, c: 0, d: 1, e: 0, f: 0 };
    const far: Affine = { ...still, e: 19, f: -13 };
    const on = boxOf(70, 47, 90, 67);
    const points = Float32Array.of(76.5, 54.5, 84.5, 58.5);
    const plan = (carrier?: number) => ({
      pieces: [{ samples: boxOf(35, 25, 62, 90) }, { samples: on, carrier }],
      groups: [{ piece: 1, points, ...HELD }],
    });
    const off = (positions: Float32Array, { e, f }: Affine): number =>
      Math.hypot(positions[0] - points[0] - e, positions[1] - points[1] - f);
    const follow = (frame: Uint8ClampedArray, { carrier, guess }: { carrier?: number; guess?: Affine }): number => {
      const tracker = createPointTracker({ reference: world(still, still), ...SIZE, ...plan(carrier) });
      tracker.next(world(still, still));
      return off(tracker.next(frame, [undefined, guess]).positions, far);
    };
    expect(follow(world(still, far), {})).toBeGreaterThan(3);
    expect(follow(world(still, far), { guess: far })).toBeLessThan(0.1);
    expect(follow(world({ ...still, e: 2, f: -1 }, { ...still, e: 17, f: -12 }), { guess: far })).toBeLessThan(0.1);
  });

  it('gives the same numbers whatever was tracked before it, and refuses what does not fit', () => {
    const reference = frameOf((x, y) => [x, y]);
    const frames = [0.3, 0.7].map((s) => frameOf((x, y) => applyAffine(invertAffine(share(s)), x, y)));
    const runs = [0, 1].map(() => {
      const tracker = createPointTracker({ reference, ...SIZE, ...ONE_PIECE });
      return frames.map((frame) => tracker.next(frame));
    });
    expect(runs[0]).toEqual(runs[1]);
    expect(() => createPointTracker({ reference: reference.slice(4), ...SIZE, ...ONE_PIECE })).toThrow(
      /image-pyramid.rgba: expected u8 \[120, 160, 4\]/,
    );
    const wrong = { ...ONE_PIECE, groups: [{ ...ONE_PIECE.groups[0], piece: 3 }] };
    expect(() => createPointTracker({ reference, ...SIZE, ...wrong })).toThrow(/groups\[0\].piece: expected one of 1/);
    const late = { ...ONE_PIECE, pieces: [{ samples: ONE_PIECE.pieces[0].samples, carrier: 0 }] };
    expect(() => createPointTracker({ reference, ...SIZE, ...late })).toThrow(/pieces\[0\].carrier/);
  });
});
