import { expect, it } from 'vitest';
import type { Image } from '@soliloquy/media';
import { exposed } from '../src/exposure.ts';
import { findPerson } from '../src/index.ts';
import { smaller } from './altered-pictures.ts';
import { picture } from './network-inputs.ts';
import { openNetworks } from './open-networks.ts';

const networks = openNetworks();

/** Grey, and `share` as bright. */
function dim({ width, height, data }: Image, share: number): Image {
  const luma = (at: number): number => 0.3 * data[at] + 0.59 * data[at + 1] + 0.11 * data[at + 2];
  return { width, height, data: data.map((_, i) => (i % 4 === 3 ? 255 : share * luma(i - (i % 4)))) };
}

it('a picture that is not dark stays as it is; a dark one has the contrasts of one exposed longer', async () => {
  const man = await picture('half-body-man');
  expect(exposed(man)).toBe(man);
  const dark = { ...man, data: man.data.map((value, i) => (i % 4 === 3 ? 77 : value / 4)) };
  const bright = exposed(dark);
  const ratios = [...dark.data.keys()]
    .filter((at) => at % 4 !== 3 && dark.data[at] > 25 && bright.data[at] < 255)
    .map((at) => bright.data[at] / dark.data[at]);
  expect(ratios.length).toBeGreaterThan(10_000);
  expect(Math.min(...ratios.slice(0, 10_000))).toBeGreaterThan(2);
  // Rounded to half a level of 25 and more.
  expect(Math.max(...ratios.slice(0, 10_000)) - Math.min(...ratios.slice(0, 10_000))).toBeLessThan(0.04);
  expect(bright.data[3]).toBe(77);
});

it('black stays black', () => {
  const black = { width: 8, height: 8, data: new Uint8ClampedArray(256) };
  expect(exposed(black).data).toEqual(black.data);
});

it.each(['astronaut', 'half-body-man', 'half-body-woman'] as const)(
  '%s of 128 pixels, grey and a sixteenth as bright: body and face are where they are',
  async (name) => {
    const image = await picture(name);
    const { people, person } = await findPerson(networks(), dim(smaller(smaller(image)), 1 / 16));
    const { person: truth } = await findPerson(networks(), image);
    expect(people).toHaveLength(1);
    const [nose, expected] = [person!.face!.points[1], truth!.face!.points[1]];
    expect(Math.hypot(4 * nose.x - expected.x, 4 * nose.y - expected.y)).toBeLessThan(0.06 * truth!.face!.region.width);
    expect(person!.body!.presence).toBeGreaterThan(0.9);
  },
);
