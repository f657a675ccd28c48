import { describe, expect, test } from 'vitest';
import { regionIndex } from '@soliloquy/gaussian-cloud';
import { createRng } from '@soliloquy/tensor';
import { createMotionLayout, restoreMotion, standardiseMotion } from '../src/index.ts';

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
    expect(Math.max(...back.map((value, i) => Math.abs(value - clip[i])))).toBeLessThan(1e-5);
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

  test('a person without hands has a layout without them', () => {
    const layout = createMotionLayout(positions.subarray(0, 24), regions.subarray(0, 8), [new Float32Array(24)]);
    expect(layout.parts.find((part) => part.name === 'hand')?.tokens).toBe(0);
  });
});
