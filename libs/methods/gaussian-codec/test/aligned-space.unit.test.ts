import { describe, expect, test } from 'vitest';
import { compile, createRng } from '@soliloquy/tensor';
import { AUDIO_CONTEXT, audioWindows, contrastive } from '../src/index.ts';

/** InfoNCE both ways in f64, by its definition. */
function reference(a: number[][], b: number[][], temperature: number): number {
  const scores = a.map((x) => b.map((y) => x.reduce((sum, value, i) => sum + value * y[i], 0) / temperature));
  const n = a.length;
  let loss = 0;
  for (let i = 0; i < n; i++) {
    loss -= 0.5 * (scores[i][i] - Math.log(scores[i].reduce((sum, s) => sum + Math.exp(s), 0)));
    loss -= 0.5 * (scores[i][i] - Math.log(scores.reduce((sum, row) => sum + Math.exp(row[i]), 0)));
  }
  return loss / n;
}

const rows = (rng: ReturnType<typeof createRng>): number[][] =>
  Array.from({ length: 5 }, () => {
    const row = [...rng.normal([8]).data];
    const length = Math.hypot(...row);
    return row.map((value) => value / length);
  });

describe('the space that audio and motion share', () => {
  test('the contrastive loss is InfoNCE both ways', async () => {
    const a = rows(createRng(1));
    const b = rows(createRng(2));
    const tensor = (values: number[][]) => ({ shape: [5, 8], data: Float32Array.from(values.flat()) });
    const program = await compile((x, y) => contrastive(x, y, 0.1), [tensor(a), tensor(b)] as const, {});
    const loss = await program.run(tensor(a), tensor(b));
    expect((loss as { data: Float32Array }).data[0]).toBeCloseTo(reference(a, b, 0.1), 4);
  });

  test('the contrastive loss stays a number where the scores are large', async () => {
    const a = rows(createRng(1));
    const b = rows(createRng(2)).map((row, i) => (i % 2 === 0 ? a[i] : row));
    const tensor = (values: number[][]) => ({ shape: [5, 8], data: Float32Array.from(values.flat()) });
    // Scores of up to ±200: e^400 is beyond f32.
    const program = await compile((x, y) => contrastive(x, y, 0.005), [tensor(a), tensor(b)] as const, {});
    const loss = ((await program.run(tensor(a), tensor(b))) as { data: Float32Array }).data[0];
    const wanted = reference(a, b, 0.005);
    expect(loss / wanted).toBeCloseTo(1, 4);
    await program.dispose();
  });

  test('windows hear the frames around and hold the ends', () => {
    const features = Float32Array.from({ length: 20 }, (_, i) => i);
    const windows = audioWindows(features, 20, 1);
    const width = 2 * AUDIO_CONTEXT + 1;
    expect([...windows.subarray(10 * width, 11 * width)]).toEqual(
      Array.from({ length: width }, (_, k) => 10 - AUDIO_CONTEXT + k),
    );
    expect(windows[0]).toBe(0);
    expect(windows[19 * width + width - 1]).toBe(19);
  });

  test('windows of several features keep each frame whole', () => {
    const windows = audioWindows(Float32Array.of(1, 2, 3, 4), 2, 2);
    const width = 2 * AUDIO_CONTEXT + 1;
    expect(windows).toHaveLength(2 * width * 2);
    const first = [
      ...Array.from({ length: AUDIO_CONTEXT + 1 }, () => [1, 2]),
      ...Array.from({ length: 7 }, () => [3, 4]),
    ];
    const second = [...Array.from({ length: AUDIO_CONTEXT }, () => [1, 2]), ...Array.from({ length: 8 }, () => [3, 4])];
    expect([...windows]).toEqual([...first, ...second].flat());
  });
});
