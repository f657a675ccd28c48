import { describe, expect, it } from 'vitest';
import type { Image } from '@soliloquy/media';
import { eyeSpan, handSpan, PersonTracker, type TrackedFrame, type TrackOptions } from '../src/index.ts';
import { composed } from './altered-pictures.ts';
import { picture } from './network-inputs.ts';
import { openNetworks } from './open-networks.ts';

const networks = openNetworks();

async function tracked(frames: readonly Image[], options: TrackOptions & { threads?: number } = {}) {
  const tracker = new PersonTracker(networks(options.threads), options);
  const film: TrackedFrame[] = [];
  for (const frame of frames) film.push(await tracker.next(frame));
  return film;
}

/** The picture moved by whole pixels; its rim goes on. */
function moved(image: Image, dx: number, dy: number): Image {
  const inside = (at: number, length: number): number => Math.min(length - 1, Math.max(0, at));
  return composed(image.width, image.height, (x, y) => [
    image,
    inside(x - dx, image.width),
    inside(y - dy, image.height),
  ]);
}

const median = (values: number[]): number => values.sort((a, b) => a - b)[values.length >> 1];

describe('a film of one person', () => {
  it('points move as the picture does, and no detector runs', async () => {
    const image = await picture('half-body-woman');
    const ways = Array.from({ length: 8 }, (_, i) => [3 * i, -2 * i] as const);
    const film = await tracked(ways.map(([dx, dy]) => moved(image, dx, dy)));
    expect(film.map(({ people }) => people)).toEqual([1, ...Array<undefined>(7)]);
    expect(film.map(({ event }) => event)).toEqual(['found', ...Array<undefined>(7)]);
    const [first] = film;
    for (const [i, [dx, dy]] of ways.entries()) {
      const { face, hands } = film[i].person!;
      const apart = (points: readonly { x: number; y: number }[], before: readonly { x: number; y: number }[]) =>
        median(points.map(({ x, y }, k) => Math.hypot(x - before[k].x - dx, y - before[k].y - dy)));
      expect(apart(face!.points, first.person!.face!.points) / eyeSpan(face!)).toBeLessThan(0.03);
      const hand = first.person!.hands.left!;
      expect(apart(hands.left!.points, hand.points) / handSpan(hand)).toBeLessThan(0.08);
    }
  });

  it('without hands the rest is the same', async () => {
    const image = await picture('half-body-man');
    const frames = [0, 2, 4].map((dx) => moved(image, dx, 0));
    const [all, without] = [await tracked(frames), await tracked(frames, { hands: false })];
    expect(without.map(({ person }) => person!.hands)).toEqual([{}, {}, {}]);
    expect(without.map(({ person }) => person!.face)).toEqual(all.map(({ person }) => person!.face));
    expect(all[2].person!.hands.left!.presence).toBeGreaterThan(0.9);
  });

  it('equal bytes on 1, 2 and 4 threads', async () => {
    const image = await picture('half-body-man');
    const frames = [0, 3].map((dx) => moved(image, dx, 1));
    const one = await tracked(frames);
    for (const threads of [2, 4]) expect(await tracked(frames, { threads })).toEqual(one);
  });

  it('a person who leaves is lost, and found again when they come back', async () => {
    const image = await picture('half-body-man');
    const nobody = composed(512, 512, () => undefined);
    const film = await tracked([image, nobody, nobody, image, image], { hands: false });
    expect(film.map(({ event }) => event)).toEqual(['found', 'lost', undefined, 'found', undefined]);
    expect(film.map(({ person }) => person !== undefined)).toEqual([true, false, false, true, true]);
  });

  it('somebody else who comes instead is told, and not taken', async () => {
    const nobody = composed(512, 512, () => undefined);
    const film = await tracked(
      [await picture('half-body-man'), nobody, await picture('half-body-woman'), await picture('half-body-man')],
      { hands: false },
    );
    expect(film.map(({ event }) => event)).toEqual(['found', 'lost', 'other-person', 'found']);
    expect(film[2].person).toBeUndefined();
  });
});
