import { expect, test } from 'vitest';
import { matteOfFilm } from '@soliloquy/film-matte';
import { stageContext } from '@soliloquy/testing';
import { makeFilm } from './fixture/made-film.ts';
import { overlap } from './fixture/matte-scores.ts';

test('the matte of a film that comes without one is that of its person, in every frame', async () => {
  const { video } = await makeFilm('Good morning to you all.', { frames: 25 });
  const { matte, ...bare } = video;
  const found = await matteOfFilm(bare, stageContext({ threads: 2 }));
  const scores: number[] = [];
  const truth = matte!.read()[Symbol.asyncIterator]();
  for await (const mask of found.read()) {
    const { value } = (await truth.next()) as { value: Uint8ClampedArray };
    const share = (values: Uint8ClampedArray): Float32Array => Float32Array.from(values, (each) => each / 255);
    scores.push(overlap(share(mask), share(value)));
  }
  expect(scores).toHaveLength(25);
  if (process.env.SAY) console.log(scores.map((s) => s.toFixed(3)).join(' '));
  expect(Math.min(...scores)).toBeGreaterThan(0.9);
}, 200_000);
