import { describe, expect, it } from 'vitest';
import type { Image } from '@soliloquy/media';
import { compareArrays, seededRandom } from '@soliloquy/testing';
import {
  boxMean,
  fillHoles,
  fillSmoothly,
  guidedModel,
  keepConnected,
  regionsOf,
  sample,
  scalePlane,
  shrinkImage,
  smooth,
  type Plane,
} from '../src/index.ts';

function drawn(width: number, height: number, color: (x: number, y: number) => readonly number[]): Image {
  const data = new Uint8ClampedArray(4 * width * height);
  for (let i = 0; i < width * height; i++) data.set([...color(i % width, Math.floor(i / width)), 255], 4 * i);
  return { width, height, data };
}

describe('planes', () => {
  const random = seededRandom(2);
  const plane: Plane = { width: 13, height: 9, data: Float32Array.from({ length: 13 * 9 }, random) };

  it('have box means that are the means of the boxes, cut at the edges', () => {
    // One that is cut at some places, at one side, at both, and is the whole plane.
    for (const reach of [2, 5, 8, 40]) {
      const expected = plane.data.map((_, i) => {
        const [x, y] = [i % 13, Math.floor(i / 13)];
        let [sum, count] = [0, 0];
        for (let row = Math.max(0, y - reach); row <= Math.min(8, y + reach); row++)
          for (let column = Math.max(0, x - reach); column <= Math.min(12, x + reach); column++)
            [sum, count] = [sum + plane.data[row * 13 + column], count + 1];
        return sum / count;
      });
      compareArrays(`box mean, ${reach}`, boxMean(plane, reach).data, expected, { absolute: 1e-6 });
    }
  });

  it('are sampled exactly at pixel centres, half way between two, and as their edge beyond it', () => {
    expect(sample(plane, 4.5, 3.5)).toBe(plane.data[3 * 13 + 4]);
    expect(sample(plane, 5, 3.5)).toBeCloseTo((plane.data[3 * 13 + 4] + plane.data[3 * 13 + 5]) / 2, 6);
    expect(sample(plane, -7, 3.5)).toBe(plane.data[3 * 13]);
  });

  it('keep a flat value when they are smoothed and scaled, and lose contrast when they are smoothed', () => {
    const flat: Plane = { width: 20, height: 20, data: new Float32Array(400).fill(0.3) };
    for (const { data } of [smooth(flat, 2), scalePlane(flat, 31, 7)])
      for (const value of data) expect(value).toBeCloseTo(0.3, 5);
    const spread = ({ data }: Plane): number => Math.max(...data) - Math.min(...data);
    expect(spread(smooth(plane, 1.5))).toBeLessThan(0.6 * spread(plane));
  });

  it('shrink pictures to the means of what each new pixel stands for', () => {
    const half = shrinkImage(
      drawn(4, 4, (x, y) => [x < 2 ? 100 : 200, 10 * y, 7]),
      2,
      2,
    );
    expect([...half.data]).toEqual([100, 5, 7, 255, 200, 5, 7, 255, 100, 25, 7, 255, 200, 25, 7, 255]);
  });
});

describe('regions', () => {
  const of = (...rows: string[]): [Uint8Array, number, number] => [
    Uint8Array.from(rows.join(''), (c) => (c === '#' ? 1 : 0)),
    rows[0].length,
    rows.length,
  ];

  it('hang together by their four neighbours, not by corners', () => {
    const sizes = regionsOf(...of('##..', '..#.', '..##')).map((pixels) => pixels.length);
    expect(sizes.sort()).toEqual([2, 3]);
  });

  it('without an anchor are cleared', () => {
    const [mask, w, h] = of('##..', '...#', '..##');
    keepConnected(mask, w, h, (x, y) => x === 3 && y === 2);
    expect([...mask]).toEqual([...of('....', '...#', '..##')[0]]);
  });

  it('have holes filled that are enclosed, by the lower edge too, and small enough', () => {
    const [mask, w, h] = of('.####', '##.##', '#####', '##.##');
    fillHoles(mask, w, h, 2);
    expect([...mask]).toEqual([...of('.####', '#####', '#####', '#####')[0]]);
    const [large] = of('.####', '#..##', '#####', '#####');
    fillHoles(large, w, h, 2);
    expect(large[6]).toBe(0);
  });
});

describe('the smoothest fill', () => {
  const [width, height] = [24, 20];
  const slope = Float32Array.from(
    { length: width * height },
    (_, i) => 2 * (i % width) + 3 * Math.floor(i / width) + 10,
  );
  const known = Float32Array.from({ length: width * height }, (_, i) => {
    const [x, y] = [i % width, Math.floor(i / width)];
    return x > 4 && x < 19 && y > 5 && y < 16 ? 0 : 1;
  });

  it('continues a plane, which is harmonic, into a hole, and leaves what is known', () => {
    const shown = slope.map((value, i) => (known[i] ? value : 0));
    const filled = fillSmoothly({ width, height, data: shown }, { width, height, data: known });
    for (let i = 0; i < slope.length; i++)
      if (known[i]) expect(filled.data[i]).toBe(slope[i]);
      else expect(Math.abs(filled.data[i] - slope[i])).toBeLessThan(1.5);
  });
});

describe('a guided model', () => {
  it('is the guide itself where guide and matte are one', () => {
    const random = seededRandom(4);
    const guide: Plane = { width: 16, height: 12, data: Float32Array.from({ length: 192 }, random) };
    const { slope, offset } = guidedModel(guide, guide, 3, 0);
    compareArrays('slope', slope.data, new Float32Array(192).fill(1), { absolute: 1e-3 });
    compareArrays('offset', offset.data, new Float32Array(192), { absolute: 1e-3 });
  });
});
