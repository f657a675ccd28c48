import { beforeEach, describe, expect, test } from 'vitest';
import { regionIndex } from '@soliloquy/gaussian-cloud';
import { createRng } from '@soliloquy/tensor';
import { createMotionLayout, restoreMotion, standardiseMotion, type MotionLayout } from '../src/index.ts';

const regions = Uint8Array.from(
  ['torso', 'torso', 'leftArm', 'head', 'upperFace', 'upperLip', 'lowerLip', 'jaw', 'leftHand'].map((name) =>
    regionIndex(name as 'torso'),
  ),
);
const positions = createRng(1).normal([regions.length, 3]).data;
const clip = createRng(2).normal([40, regions.length, 3]).data;

describe('the layout of motion for the networks', () => {
  test('restoring what was standardised gives the motion back', () => {
    const layout = createMotionLayout(positions, regions, [clip]);
    const back = restoreMotion(layout, standardiseMotion(layout, clip));
    expect(back).toHaveLength(clip.length);
    expect(Math.max(...back.map((value, i) => Math.abs(value - clip[i])))).toBeLessThan(1e-5);
  });

  test('what a network makes up in depth is left out where the clips had none', () => {
    const flat = clip.map((value, i) => (i % 3 === 2 ? 0 : value));
    const layout = createMotionLayout(positions, regions, [flat]);
    const noisy = standardiseMotion(layout, flat).map((value, i) => (i % 3 === 2 ? 0.1 : value));
    const back = restoreMotion(layout, noisy);
    expect(Math.max(...back.map((value, i) => Math.abs(value - flat[i])))).toBeLessThan(1e-5);
    expect(back.every((value, i) => i % 3 !== 2 || value === 0)).toBe(true);
  });

  test('standardised motion has mean 0 and deviation at most 1 for every token', () => {
    const layout = createMotionLayout(positions, regions, [clip]);
    const tokens = standardiseMotion(layout, clip);
    for (let token = 0; token < layout.tokens; token++) {
      let sum = 0;
      let squares = 0;
      for (let f = 0; f < 40; f++)
        for (let axis = 0; axis < 3; axis++) {
          const value = tokens[(f * layout.tokens + token) * 3 + axis];
          sum += value;
          squares += value * value;
        }
      expect(Math.abs(sum / 120)).toBeLessThan(1e-4);
      expect(squares / 40).toBeLessThanOrEqual(1.0001);
    }
  });

  test('what moves with the head alone leaves lips and jaw at rest', () => {
    const layout = createMotionLayout(positions, regions, [clip]);
    const moved = new Float32Array(regions.length * 3);
    for (let p = 3; p <= 7; p++) moved[p * 3] = 0.2;
    const tokens = standardiseMotion({ ...layout, mean: new Float32Array(layout.tokens * 3) }, moved);
    const face = layout.parts.findIndex((part) => part.name === 'face');
    const first = layout.parts.slice(0, face).reduce((sum, part) => sum + part.tokens, 0);
    expect(tokens[first * 3]).not.toBe(0);
    for (let token = first + 1; token < first + layout.parts[face].tokens; token++)
      expect(Math.abs(tokens[token * 3])).toBeLessThan(1e-6);
  });

  test('a part without what carries it is carried by all of itself', () => {
    // Lips and jaw, and nothing of the head or the upper face.
    const layout = createMotionLayout(positions.subarray(15, 24), regions.subarray(5, 8), [clip.subarray(0, 90)]);
    const face = layout.parts.find((part) => part.name === 'face')!;
    expect([...face.members]).toEqual([0, 1, 2]);
    expect([...face.carriers]).toEqual([0, 1, 2]);
    [0, 1, 2].forEach((axis) =>
      expect(face.positions[axis]).toBeCloseTo(
        (positions[15 + axis] + positions[18 + axis] + positions[21 + axis]) / 3,
        6,
      ),
    );
  });

  test('a person without hands has a layout without them', () => {
    const layout = createMotionLayout(positions.subarray(0, 24), regions.subarray(0, 8), [new Float32Array(24)]);
    expect(layout.parts.find((part) => part.name === 'hand')?.tokens).toBe(0);
  });
});

describe('tokens, by their definition', () => {
  const P = regions.length;
  let layout: MotionLayout;
  beforeEach(() => {
    layout = createMotionLayout(positions, regions, [clip.subarray(0, 25 * P * 3), clip.subarray(25 * P * 3)]);
  });
  /** particles of each part, and those that carry it: torso (no neck here), head with upper face, hand */
  const parts = [
    { members: [0, 1, 2], carriers: [0, 1] },
    { members: [3, 4, 5, 6, 7], carriers: [3, 4] },
    { members: [8], carriers: [8] },
  ];
  const meanOf = (values: ArrayLike<number>, frame: number, particles: readonly number[], axis: number): number =>
    particles.reduce((sum, p) => sum + values[(frame * P + p) * 3 + axis], 0) / particles.length;
  /** f64 [40][tokens][3] */
  const raw = Array.from({ length: 40 }, (_, frame) =>
    parts.flatMap(({ members, carriers }) => {
      const carrier = [0, 1, 2].map((axis) => meanOf(clip, frame, carriers, axis));
      return [carrier, ...members.map((p) => carrier.map((value, axis) => clip[(frame * P + p) * 3 + axis] - value))];
    }),
  );

  test('are the carrier of each part, then each of its particles relative to it', () => {
    expect(layout.particles).toBe(P);
    expect(layout.tokens).toBe(12);
    expect(layout.parts.map(({ name, tokens }) => [name, tokens])).toEqual([
      ['body', 4],
      ['face', 6],
      ['hand', 2],
    ]);
    layout.parts.forEach((part, i) => {
      expect([...part.members]).toEqual(parts[i].members);
      expect([...part.carriers]).toEqual(parts[i].carriers);
      const at = [
        ...[0, 1, 2].map((axis) => meanOf(positions, 0, parts[i].carriers, axis)),
        ...parts[i].members.flatMap((p) => [...positions.subarray(p * 3, p * 3 + 3)]),
      ];
      at.forEach((value, k) => expect(part.positions[k]).toBeCloseTo(value, 6));
    });
  });

  test('are standardised by their mean, and by one deviation for all axes over all clips', () => {
    const mean = raw[0].map((token, t) => token.map((_, axis) => raw.reduce((sum, f) => sum + f[t][axis], 0) / 40));
    const deviation = mean.map((token, t) =>
      Math.sqrt(
        raw.reduce((sum, frame) => sum + token.reduce((s, m, axis) => s + (frame[t][axis] - m) ** 2, 0), 0) / 40,
      ),
    );
    mean.flat().forEach((value, i) => expect(layout.mean[i]).toBeCloseTo(value, 5));
    deviation.forEach((value, t) => {
      // A lone hand is its own carrier: its own token never moves, and is scaled by the smallest scale.
      expect(layout.scale[t]).toBeCloseTo(t === 11 ? 1e-5 : value, 5);
    });
    const tokens = standardiseMotion(layout, clip);
    raw.forEach((frame, f) =>
      frame
        .slice(0, 11)
        .forEach((token, t) =>
          token.forEach((value, axis) =>
            expect(tokens[(f * 12 + t) * 3 + axis]).toBeCloseTo((value - mean[t][axis]) / deviation[t], 3),
          ),
        ),
    );
  });

  test('of particles that hardly move are scaled by a third of what is usual in their part', () => {
    const still = clip.slice();
    for (let frame = 0; frame < 40; frame++)
      for (let axis = 0; axis < 3; axis++) {
        const at = (p: number): number => (frame * P + p) * 3 + axis;
        still[at(5)] = (still[at(3)] + still[at(4)]) / 2;
      }
    const { scale } = createMotionLayout(positions, regions, [still]);
    const usual = [...scale.slice(5, 10)].filter((_, i) => i !== 2).sort((a, b) => a - b);
    // Deviations 0, a, b, c, d in order: the middle one of five is b.
    expect(scale[7]).toBeCloseTo(usual[1] / 3, 5);
    expect(scale[4]).toBeGreaterThan(scale[7]);
  });

  test('of no clips have no mean, and a body that never moves is not divided by zero', () => {
    const { scale, mean } = createMotionLayout(positions, regions, [new Float32Array(P * 3)]);
    expect([...scale].every((value) => value === Math.fround(1e-5))).toBe(true);
    expect([...mean].every((value) => value === 0)).toBe(true);
    const empty = createMotionLayout(positions, regions, []);
    expect(empty.tokens).toBe(12);
  });
});
