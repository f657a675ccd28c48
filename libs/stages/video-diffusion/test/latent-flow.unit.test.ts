import { describe, expect, test } from 'vitest';
import { atFilmRate, mannerFor } from '@soliloquy/latent-flow/motion';
import { mannerOf, PLAIN_MANNER } from '../src/puppet/gestures/manner.ts';

const manners = {
  low: Float32Array.of(-1, -2, -0.5),
  usual: Float32Array.of(0, -1, 0),
  high: Float32Array.of(1, 0.5, 0.5),
};

describe('manner', () => {
  test('is the usual one, larger by its factors, within what the corpus has', () => {
    expect([...mannerFor(manners, 1, PLAIN_MANNER)]).toEqual([...manners.usual]);
    const [body, arms, pace] = mannerFor(manners, 1.5, PLAIN_MANNER);
    expect([body, arms, pace]).toEqual([Math.fround(Math.log(1.5)), Math.fround(Math.log(1.5) - 1), 0]);
    expect([...mannerFor(manners, 0, PLAIN_MANNER)]).toEqual([-1, -2, 0]);
    expect(mannerFor(manners, 2, mannerOf('lively'))[0]).toBeCloseTo(Math.log(2.6), 5);
    expect(mannerFor(manners, 2, { ...PLAIN_MANNER, size: 5, pace: 9 })[2]).toBe(0.5);
  });

  test('of a prompt makes hands still, and calm people smaller and slower', () => {
    expect(mannerFor(manners, 1, mannerOf('hands still'))[1]).toBe(-2);
    const calm = mannerFor(manners, 1, mannerOf('calm'));
    for (const i of [0, 1, 2]) expect(calm[i]).toBeLessThan(manners.usual[i]);
  });
});

describe('latents at the rate of a film', () => {
  const latent = Float32Array.from({ length: 20 }, (_, i) => (i % 2 === 0 ? i / 2 : -(i - 1) / 2));

  test('are the same at the rate of the model', () => {
    expect(atFilmRate({ latent: 2, fps: 25 }, latent, { frames: 10, fps: 25 })).toEqual(latent);
  });

  test('lie between frames at another, at the middle of each, and stand still after the last', () => {
    const twice = atFilmRate({ latent: 2, fps: 25 }, latent, { frames: 22, fps: 50 });
    for (let f = 1; f < 19; f++) {
      expect(twice[2 * f]).toBeCloseTo((f + 0.5) / 2 - 0.5, 5);
      expect(twice[2 * f + 1]).toBeCloseTo(0.5 - (f + 0.5) / 2, 5);
    }
    expect(twice[0]).toBe(0);
    expect(twice[42]).toBe(9);
  });
});
