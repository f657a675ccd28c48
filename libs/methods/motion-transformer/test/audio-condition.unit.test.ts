import { expect, test } from 'vitest';
import { audioCondition, STACK } from '../src/index.ts';

const [FRAMES, WIDTH, EMBEDDED] = [9, 2, 3];
const features = Float32Array.from({ length: FRAMES * WIDTH }, (_, i) => i + 1);
const embedding = Float32Array.from({ length: FRAMES * EMBEDDED }, (_, i) => -i - 1);

test('each frame hears itself and the frames around it, the ends repeated, then its embedding', () => {
  const condition = audioCondition(features, embedding, FRAMES);
  const total = (2 * STACK + 1) * WIDTH + EMBEDDED;
  expect(condition).toHaveLength(FRAMES * total);
  for (let frame = 0; frame < FRAMES; frame++) {
    const around = Array.from({ length: 2 * STACK + 1 }, (_, k) =>
      Math.min(FRAMES - 1, Math.max(0, frame + k - STACK)),
    ).flatMap((from) => [features[from * WIDTH], features[from * WIDTH + 1]]);
    const own = [0, 1, 2].map((i) => embedding[frame * EMBEDDED + i]);
    expect([...condition.subarray(frame * total, (frame + 1) * total)]).toEqual([...around, ...own]);
  }
});
