import { expect, test } from 'vitest';
import type { Image } from '@soliloquy/ports';
import { referenceStage } from '@soliloquy/reference';
import { loadBackbone } from '@soliloquy/stage';
import { stageContext } from '@soliloquy/testing';
import { DRAWN, drawnPerson } from './fixture/drawn-people.ts';
import { boundaryScore, overlap } from './fixture/matte-scores.ts';

/** Far above what they take on two busy cores. */
const PATIENCE_MS = 200_000;

/** Overlap and outline of the person and of the person without what is held, which is left out of both mattes then. */
interface Scores {
  readonly all: readonly [number, number];
  readonly bare: readonly [number, number];
}

async function scores(backbone: 'networks' | 'photo', name: (typeof DRAWN)[number]): Promise<Scores> {
  const { run } = await loadBackbone(`reference.${backbone}`, referenceStage.backbones[backbone]);
  const { image, matte, held } = await drawnPerson(name);
  const inputs = { image, landmarks: undefined, background: undefined };
  const made = (await run(inputs as never, { area: 0 } as never, stageContext())) as { readonly image: Image };
  const found = matte.map((_, i) => made.image.data[4 * i + 3] / 255);
  const score = (a: Float32Array, b: Float32Array) => [overlap(a, b), boundaryScore(a, b, image)] as const;
  const without = (of: Float32Array): Float32Array => of.map((value, i) => (held[i] === 1 ? 0 : value));
  return { all: score(found, matte), bare: score(without(found), without(matte)) };
}

test.each([
  ['astronaut', 0.74, 0.74, 0.97, 0.9],
  ['half-body-man', 0.97, 0.85, 0.97, 0.85],
  ['half-body-woman', 0.985, 0.95, 0.985, 0.95],
] as const)(
  'the matte of %s by networks is near the one drawn by hand, and nearer than that by photo',
  async (name, area, outline, bareArea, bareOutline) => {
    const [networks, photo] = [await scores('networks', name), await scores('photo', name)];
    expect(networks.all[0]).toBeGreaterThan(area);
    expect(networks.all[1]).toBeGreaterThan(outline);
    expect(networks.bare[0]).toBeGreaterThan(bareArea);
    expect(networks.bare[1]).toBeGreaterThan(bareOutline);
    for (const of of ['all', 'bare'] as const)
      for (const i of [0, 1]) expect(networks[of][i], `${of}, ${i}`).toBeGreaterThan(photo[of][i]);
  },
  PATIENCE_MS,
);

test('drawn people cover the share of the picture that they do by eye, and what is held is theirs', async () => {
  const share = (of: ArrayLike<number>): number => Array.from(of).reduce((sum, value) => sum + value, 0) / of.length;
  const people = await Promise.all(DRAWN.map(drawnPerson));
  expect(people.map(({ held }) => held.includes(1))).toEqual([true, false, false]);
  for (const { matte, held } of people) expect(held.every((value, i) => value === 0 || matte[i] === 1)).toBe(true);
  expect(share(people[0].held)).toBeGreaterThan(0.1);
  for (const { matte } of people) {
    expect(share(matte)).toBeGreaterThan(0.3);
    expect(share(matte)).toBeLessThan(0.6);
  }
  const [astronaut, man, woman] = people;
  const at = ({ matte, image }: typeof man, x: number, y: number): number => matte[y * image.width + x];
  // Beside and on: an ear, a fingertip, the gap between arm and body, a collar ring, the helmet.
  expect([at(man, 203, 95), at(man, 206, 95), at(woman, 432, 368), at(woman, 437, 368)]).toEqual([0, 1, 1, 0]);
  expect([at(woman, 176, 358), at(woman, 176, 340), at(man, 140, 380)]).toEqual([0, 1, 0]);
  expect([at(astronaut, 160, 156), at(astronaut, 160, 140), at(astronaut, 400, 450)]).toEqual([1, 0, 1]);
});
