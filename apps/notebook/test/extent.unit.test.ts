import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { decodePly, encodePly, encodeSplat, encodeSpz, type GaussianArrays } from '@soliloquy/splat';
import { centreAndSpread } from '../src/look/gaussians/extent.ts';
import { openScene } from '../src/look/gaussians/opened-scene.ts';

/** A ball of Gaussians about a point, and faint far ones. */
function ball(count: number, floaters: number): GaussianArrays {
  const total = count + floaters;
  let state = 7;
  const random = (): number => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32 - 0.5;
  };
  const means = Float32Array.from(
    { length: 3 * total },
    (_, i) => (i % 3) + (i < 3 * count ? random() : 200 * random()),
  );
  return {
    means,
    quats: Float32Array.from({ length: 4 * total }, (_, i) => (i % 4 === 0 ? 1 : 0)),
    logScales: new Float32Array(3 * total).fill(-3),
    opacityLogits: Float32Array.from({ length: total }, (_, g) => (g < count ? 1 : -2)),
    colors: new Float32Array(3 * total).fill(0.5),
  };
}

test.each([1, 20, 100])('%i far Gaussians beside 2,000 do not change what is seen', (floaters) => {
  const alone = centreAndSpread(ball(2000, 0));
  const among = centreAndSpread(ball(2000, floaters));
  for (let axis = 0; axis < 3; axis++) {
    expect(Math.abs((among.centre[axis] as number) - (alone.centre[axis] as number))).toBeLessThan(0.02);
    expect((among.spread[axis] as number) / (alone.spread[axis] as number)).toBeCloseTo(1, 1);
  }
});

// fixture/scenes by kernels/splat/test/golden/make-broken.py, with NumPy's mean and deviation of what is no far one
test.each(['one-far', 'shell', 'heavy-tail'])('%s of NumPy is framed by what is near', (name) => {
  const scenes = new URL('fixture/scenes/', import.meta.url);
  const known = JSON.parse(readFileSync(new URL('scenes.json', scenes), 'utf8')) as Record<
    string,
    { centre: number[]; spread: number[] }
  >;
  const { centre, spread } = centreAndSpread(decodePly(readFileSync(new URL(`${name}.ply`, scenes))));
  for (let axis = 0; axis < 3; axis++) {
    const { centre: at, spread: reach } = known[name]!;
    expect(Math.abs(centre[axis]! - at[axis]!) / reach[axis]!).toBeLessThan(0.15);
    expect(spread[axis]! / reach[axis]!).toBeGreaterThan(0.7);
    expect(spread[axis]! / reach[axis]!).toBeLessThan(1.6);
  }
});

test('without far ones nothing is left out of mean and spread', () => {
  const { means } = ball(500, 0);
  const { centre, spread } = centreAndSpread(ball(500, 0));
  for (let axis = 0; axis < 3; axis++) {
    const values = Array.from({ length: 500 }, (_, n) => means[3 * n + axis] as number);
    const mean = values.reduce((sum, value) => sum + value, 0) / 500;
    expect(centre[axis]).toBeCloseTo(mean, 9);
    expect(spread[axis]).toBeCloseTo(
      3 * Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / 500),
      9,
    );
  }
});

test('scenes of other programs open by their endings in any case, and say what was left out', async () => {
  const gaussians = ball(300, 0);
  const ply = encodePly(gaussians);
  new DataView(ply.buffer, ply.byteOffset).setFloat32(ply.length - 17 * 4, Number.NaN, true);
  const files = [
    ['SCENE.PLY', ply, 299],
    ['scene.splat', encodeSplat(gaussians), 300],
    ['scene.SPZ', await encodeSpz(gaussians), 300],
  ] as const;
  for (const [name, bytes, count] of files) {
    const scene = await openScene(name, Uint8Array.from(bytes).buffer, undefined);
    expect(scene.count).toBe(count);
    expect(scene.notice).toBe(
      count === 299
        ? '1 of 300 Gaussians left out: a number that is not finite, or a rotation of no length'
        : undefined,
    );
  }
});
