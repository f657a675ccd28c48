import { describe, expect, it } from 'vitest';
import { createGather, gatherReference, planesFrom, premultipliedPlanes } from '../src/index.ts';

function noise(seed: number): () => number {
  let state = seed;
  return () => (state = (Math.imul(state, 1664525) + 1013904223) >>> 0) / 2 ** 32;
}

function picture(width: number, height: number) {
  const random = noise(5);
  return premultipliedPlanes(
    Uint8ClampedArray.from({ length: 4 * width * height }, () => Math.floor(256 * random())),
    width,
    height,
  );
}

/** Points inside, on pixel centres, on the border and outside of it. */
function coordinates(count: number, width: number, height: number) {
  const random = noise(9);
  const xs = Float32Array.from({ length: count }, (_, i) =>
    i % 5 === 0 ? 0.5 + (i % width) : (random() * 1.4 - 0.2) * width,
  );
  const ys = Float32Array.from({ length: count }, (_, i) =>
    i % 5 === 0 ? 0.5 + (i % height) : (random() * 1.4 - 0.2) * height,
  );
  return { xs, ys };
}

describe('gather', () => {
  for (const [width, height, points, threads] of [
    [1, 1, 4, 1],
    [1, 7, 8, 1],
    [17, 13, 400, 1],
    [64, 48, 5000, 1],
    [64, 48, 5000, 2],
  ] as const) {
    it(`is within 2e-6 of the f64 reference: ${points} points of ${width}x${height}, threads ${threads}`, async () => {
      const source = picture(width, height);
      const { xs, ys } = coordinates(points, width, height);
      const gather = await createGather(source, points, { device: 'cpu', threads });
      const got = (await gather.sample(xs, ys)).map((plane) => plane.slice());
      expect(gather.backend()).toBe('WebAssemblyKernel');
      await gather.close();
      const want = gatherReference(source, xs, ys);
      let worst = 0;
      for (let p = 0; p < 4; p++)
        for (let i = 0; i < points; i++) worst = Math.max(worst, Math.abs(got[p][i] - want[p * points + i]));
      expect(worst).toBeLessThan(2e-6);
    });
  }

  it('gives back the pixel at a pixel centre', async () => {
    const source = picture(9, 6);
    const xs = Float32Array.from({ length: 56 }, (_, i) => (i % 9) + 0.5);
    const ys = Float32Array.from({ length: 56 }, (_, i) => Math.min(5, Math.floor(i / 9)) + 0.5);
    const gather = await createGather(planesFrom(source, 3, 1), 54, { device: 'cpu', threads: 1 });
    const [alpha] = await gather.sample(xs, ys);
    for (let i = 0; i < 54; i++) expect(alpha[i]).toBeCloseTo(source.data[3 * 54 + i], 6);
    await gather.close();
  });

  it('keeps a linear ramp straight between pixels', async () => {
    const data = Float32Array.from({ length: 20 * 4 }, (_, i) => (i % 20) / 20);
    const xs = Float32Array.from({ length: 40 }, (_, i) => 2.5 + i * 0.37);
    const gather = await createGather({ width: 20, height: 4, count: 1, data }, 40, { device: 'cpu', threads: 1 });
    const [values] = await gather.sample(xs, new Float32Array(40).fill(1.8));
    values.forEach((value, i) => expect(value).toBeCloseTo((xs[i] - 0.5) / 20, 5));
    await gather.close();
  });

  it('refuses a picture of another size than its data, and another number of points', async () => {
    await expect(
      createGather({ width: 3, height: 3, count: 1, data: new Float32Array(8) }, 4, { device: 'cpu', threads: 1 }),
    ).rejects.toThrow('expected f32 [1, 3, 3]');
    const gather = await createGather(picture(4, 4), 4, { device: 'cpu', threads: 1 });
    await expect(gather.sample(new Float32Array(8), new Float32Array(8))).rejects.toThrow('expected f32 [4] twice');
    await gather.close();
  });
});
