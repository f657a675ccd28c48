import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { Image } from '@soliloquy/media';
import { FACE_MIRROR } from '../src/face-mirror.ts';
import {
  BODY_POINTS,
  eyeSpan,
  faceEmbedding,
  findPerson,
  handSpan,
  identityDistance,
  landmarksOf,
  type BodyPoint,
  type PictureOfPeople,
  type WholeBody,
} from '../src/index.ts';
import { composed, darker, mirrored, noise, smaller, turned } from './altered-pictures.ts';
import { picture } from './network-inputs.ts';
import { openNetworks } from './open-networks.ts';

const PICTURES = ['astronaut', 'half-body-man', 'half-body-woman'] as const;
const truth = JSON.parse(
  readFileSync(new URL('../../../stages/reference/test/fixtures/truth.json', import.meta.url), 'utf8'),
) as Record<string, { readonly faceHeight: number }>;

const networks = openNetworks();
const found = new Map<string, Promise<PictureOfPeople>>();
/** Of a picture as it is; looked for once. */
const peopleOf = async (name: (typeof PICTURES)[number]): Promise<PictureOfPeople> => {
  const people = found.get(name) ?? findPerson(networks(), await picture(name));
  found.set(name, people);
  return people;
};
const median = (values: number[]): number => values.sort((a, b) => a - b)[values.length >> 1];

describe('the main person of a picture', () => {
  it.each(PICTURES)(
    '%s: points are where they were measured by eye, within a twenty-fifth of the face',
    async (name) => {
      const { points } = landmarksOf(await peopleOf(name), await picture(name))!;
      const { faceHeight, ...measured } = truth[`${name}.jpg`];
      for (const [point, [x, y]] of Object.entries(measured as unknown as Record<string, [number, number]>)) {
        const { x: u, y: v } = points[point as 'leftEye'];
        expect(Math.hypot(u - x, v - y) / faceHeight, point).toBeLessThan(0.04);
      }
    },
  );

  it('the head ends where the hair does, and hands are where they are', async () => {
    const { points } = landmarksOf(await peopleOf('half-body-woman'), await picture('half-body-woman'))!;
    // Measured by eye, pixels of 512.
    expect(points.headTop.y).toBeGreaterThan(18);
    expect(points.headTop.y).toBeLessThan(38);
    expect(Math.hypot(points.leftHand!.x - 389, points.leftHand!.y - 356)).toBeLessThan(30);
    expect(points.leftHand!.x).toBeGreaterThan(points.rightHand!.x);
    expect(points.leftKnee).toBeUndefined();
  });

  it('hands that hang out of the picture have no presence', async () => {
    const { person } = await peopleOf('astronaut');
    for (const hand of [person!.hands.left, person!.hands.right]) expect(hand?.presence ?? 0).toBeLessThan(0.5);
  });

  it.each(PICTURES)('%s: the mirrored picture has the mirrored points', async (name) => {
    const image = await picture(name);
    const apart = mirrorErrors((await peopleOf(name)).person!, (await findPerson(networks(), mirrored(image))).person!);
    const { face, lips, body, hands } = apart(image);
    expect(face).toBeLessThan(0.03);
    expect(lips).toBeLessThan(0.03);
    expect(body).toBeLessThan(0.03);
    if (name === 'astronaut') expect(hands).toBeUndefined();
    else expect(hands).toBeLessThan(0.08);
  });

  it.each([20, -20])('turned by %i°, hands that point at the camera are found where they are', async (degrees) => {
    const man = await picture('half-body-man');
    const [c, s] = [Math.cos((degrees * Math.PI) / 180), Math.sin((degrees * Math.PI) / 180)];
    const back = (x: number, y: number) => [256 + c * x + s * y, 256 + c * y - s * x] as const;
    const image = composed(512, 512, (x, y) => {
      const [u, v] = back(x - 255.5, y - 255.5);
      return [man, Math.floor(u), Math.floor(v)];
    });
    const { person } = await findPerson(networks(), image);
    const { person: upright } = await peopleOf('half-body-man');
    for (const side of ['left', 'right'] as const) {
      const [hand, expected] = [person!.hands[side]!, upright!.hands[side]!];
      expect(hand.presence, side).toBeGreaterThan(0.9);
      const [u, v] = back(hand.points[9].x - 256, hand.points[9].y - 256);
      expect(Math.hypot(u - expected.points[9].x, v - expected.points[9].y), side).toBeLessThan(handSpan(expected) / 2);
    }
  });

  it('a face in the open agrees with its mirror, a covered one does not', async () => {
    const open = await peopleOf('half-body-man');
    expect(open.disagreement.face).toBeLessThan(0.03);
    const image = await picture('half-body-man');
    const face = open.person!.face!;
    const covered = composed(image.width, image.height, (x, y) =>
      y > face.points[6].y && y < face.points[152].y + 6 && x > face.points[234].x - 6 && x < face.points[6].x
        ? undefined
        : [image, x, y],
    );
    const half = await findPerson(networks(), covered);
    expect(half.disagreement.lips ?? 1).toBeGreaterThan(3 * open.disagreement.lips!);
  });

  it.each<[string, (image: Image) => Image, (point: BodyPoint) => readonly [number, number]]>([
    ['half its size', smaller, ({ x, y }) => [2 * x, 2 * y]],
    ['dark', darker, ({ x, y }) => [x, y]],
    ['turned by a quarter', turned, ({ x, y }) => [y, 512 - x]],
  ])('%s: the same points', async (_, change, back) => {
    const { person } = await findPerson(networks(), change(await picture('half-body-man')));
    const { face } = (await peopleOf('half-body-man')).person!;
    const apart = person!.face!.points.map((point, i) => {
      const [x, y] = back(point);
      return Math.hypot(x - face!.points[i].x, y - face!.points[i].y) / eyeSpan(face!);
    });
    expect(median(apart)).toBeLessThan(0.04);
  });

  it('equal bytes on 1, 2 and 4 threads', async () => {
    const one = await peopleOf('half-body-woman');
    for (const threads of [2, 4])
      expect(await findPerson(networks(threads), await picture('half-body-woman'))).toEqual(one);
  });
});

describe('the people of a picture', () => {
  it('two beside one another: both are told, the larger first', async () => {
    const [man, woman] = [await picture('half-body-man'), await picture('half-body-woman')];
    const small = smaller(woman);
    const both = composed(768, 512, (x, y) => (x < 512 ? [man, x, y] : [small, x - 512, y - 200]));
    const { people, person } = await findPerson(networks(), both);
    expect(people).toHaveLength(2);
    expect(people[0].x).toBeLessThan(512);
    expect(people[1].x).toBeGreaterThan(512);
    expect(people[0].size).toBeGreaterThan(people[1].size);
    expect(person!.face!.points[1].x).toBeLessThan(512);
  });

  it.each<[string, () => Image]>([
    ['noise', () => noise(300)],
    ['one colour', () => composed(300, 200, () => undefined)],
    ['a picture of one pixel', () => composed(1, 1, () => undefined)],
  ])('%s: nobody', async (_, image) => {
    const { people, person } = await findPerson(networks(), image());
    expect(people).toEqual([]);
    expect(person).toBeUndefined();
  });
});

describe('identity:dlib', () => {
  const embed = async (image: Image): Promise<Float32Array> =>
    faceEmbedding(networks(), image, (await findPerson(networks(), image)).person!.face!);

  it('the same face altered is nearer than another one', async () => {
    const [man, woman] = [await picture('half-body-man'), await picture('half-body-woman')];
    const one = await embed(man);
    for (const change of [mirrored, darker, smaller])
      expect(identityDistance(one, await embed(change(man)))).toBeLessThan(0.4);
    expect(identityDistance(one, await embed(woman))).toBeGreaterThan(0.6);
  });
});

/** Medians over points, over sizes of the person. */
function mirrorErrors(one: WholeBody, other: WholeBody) {
  return ({ width }: Image) => {
    const apart = (a: BodyPoint, b: BodyPoint): number => Math.hypot(a.x - (width - b.x), a.y - b.y);
    const face = one.face!.points.map((point, i) => apart(point, other.face!.points[FACE_MIRROR[i]]));
    const [shoulder, hip] = [one.body!.points[11], one.body!.points[24]];
    const swapped = (name: string): string =>
      name.replace(/left|right|Left|Right/, (side) => {
        const turnedSide = side.toLowerCase() === 'left' ? 'right' : 'left';
        return side[0] === side[0].toLowerCase() ? turnedSide : turnedSide[0].toUpperCase() + turnedSide.slice(1);
      });
    const body = BODY_POINTS.flatMap((name, i) => {
      const pair = other.body!.points[(BODY_POINTS as readonly string[]).indexOf(swapped(name))];
      return one.body!.points[i].confidence > 0.8 ? apart(one.body!.points[i], pair) : [];
    });
    const hands = (['left', 'right'] as const).flatMap((side) => {
      const hand = one.hands[side];
      const pair = other.hands[side === 'left' ? 'right' : 'left'];
      if (!hand || !pair || hand.presence < 0.8) return [];
      return hand.points.map((point, i) => apart(point, pair.points[i]) / handSpan(hand));
    });
    return {
      face: median([...face]) / eyeSpan(one.face!),
      lips: median([0, 13, 14, 17, 61, 291].map((i) => face[i])) / eyeSpan(one.face!),
      body: median(body) / Math.hypot(shoulder.x - hip.x, shoulder.y - hip.y),
      hands: hands.length > 0 ? median(hands) : undefined,
    };
  };
}
