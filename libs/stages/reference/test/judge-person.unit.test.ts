import { beforeAll, describe, expect, it } from 'vitest';
import type { Image } from '@soliloquy/media';
import { findPerson, Networks, type BodyPoint, type Face, type PictureOfPeople } from '@soliloquy/whole-body';
import { judgePerson, yawOf } from '../src/judge-person.ts';
import { referenceStage } from '../src/stage.ts';
import { fixture } from './pictures.ts';

describe('whether a picture of people is of one who can be brought to speak', () => {
  let image: Image;
  let found: PictureOfPeople;
  beforeAll(async () => {
    image = await fixture('half-body-man.jpg');
    const networks = new Networks();
    found = await findPerson(networks, image);
    await networks.dispose();
  }, 120_000);
  const judge = (change: Partial<PictureOfPeople>, logs: string[] = []): string => {
    try {
      judgePerson(image, { ...found, ...change }, (message) => void logs.push(message));
    } catch (error) {
      return (error as { code: string }).code;
    }
    return 'taken';
  };
  const withFace = (change: (point: BodyPoint) => BodyPoint): Partial<PictureOfPeople> => {
    const face = found.person!.face!;
    return { person: { ...found.person!, face: { ...face, points: face.points.map(change) } } };
  };

  it('takes one person from the front without a word', () => {
    const logs: string[] = [];
    expect(judge({}, logs)).toBe('taken');
    expect(logs).toEqual([]);
  });

  it('refuses a back, where a body is seen and no face', () => {
    expect(judge({ person: { ...found.person!, face: undefined } })).toBe('stage.no-face');
    const unsure = { ...found.person!.face!, presence: 0.2 };
    expect(judge({ person: { ...found.person!, face: unsure } })).toBe('stage.no-face');
  });

  it.each([
    [20, 'taken'],
    [60, 'stage.profile'],
    [-60, 'stage.profile'],
  ])('of a face turned by %i°: %s', (degrees, expected) => {
    const [c, s] = [Math.cos((degrees * Math.PI) / 180), Math.sin((degrees * Math.PI) / 180)];
    const middle = found.person!.face!.points[1].x;
    const turned = (point: BodyPoint): BodyPoint => ({
      ...point,
      x: middle + c * (point.x - middle) - s * point.z,
      z: s * (point.x - middle) + c * point.z,
    });
    const { points } = found.person!.face!;
    expect(Math.abs(yawOf({ points: points.map(turned) } as unknown as Face))).toBeCloseTo(Math.abs(degrees), -1);
    const change = withFace(turned);
    // Of a face turned less the lips are looked for in the picture, which is not turned.
    expect(judge(expected === 'taken' ? {} : change)).toBe(expected);
  });

  it('tells of lips that two looks have apart, and refuses them where they contradict each other', () => {
    const logs: string[] = [];
    expect(judge({ disagreement: { face: 0.01, lips: 0.06 } }, logs)).toBe('taken');
    expect(logs.join()).toContain('the lips are unsure');
    expect(judge({ disagreement: { face: 0.01, lips: 0.3 } })).toBe('stage.covered-mouth');
  });

  it('refuses a hand before the mouth', () => {
    const hand = found.person!.hands.left!;
    const mouth = found.person!.face!.points[13];
    const points = hand.points.map((point) => ({
      ...point,
      x: point.x + mouth.x - hand.points[9].x,
      y: point.y + mouth.y - hand.points[9].y,
    }));
    expect(judge({ person: { ...found.person!, hands: { left: { ...hand, points } } } })).toBe('stage.covered-mouth');
    expect(judge({ handsAtFace: [{ ...hand, points }] })).toBe('stage.covered-mouth');
    expect(judge({ handsAtFace: [{ ...hand, points, presence: 0.6 }] })).toBe('taken');
    const below = points.map((point) => ({ ...point, y: point.y + 2 * found.person!.face!.region.height }));
    expect(judge({ handsAtFace: [{ ...hand, points: below }] })).toBe('taken');
  });

  it("finds a third hand before the mouth, by its pixels: the man's own, copied there", async () => {
    const [left, top, width, height] = [46, 345, 82, 72];
    const mouth = found.person!.face!.points[13];
    const [x0, y0] = [Math.round(mouth.x - width / 2), Math.round(mouth.y - height / 2)];
    const data = Uint8ClampedArray.from(image.data);
    for (let y = 0; y < height; y++) {
      const from = 4 * ((top + y) * image.width + left);
      data.set(image.data.subarray(from, from + 4 * width), 4 * ((y0 + y) * image.width + x0));
    }
    const networks = new Networks();
    const covered = await findPerson(networks, { ...image, data });
    await networks.dispose();
    expect(covered.handsAtFace).not.toEqual([]);
    expect(found.handsAtFace).toEqual([]);
    expect(() => judgePerson({ ...image, data }, covered, () => undefined)).toThrow('a hand is before it');
  }, 60_000);

  it('tells of lips of the color of the skin around them, as fingers have', async () => {
    const { points } = found.person!.face!;
    const skin = 4 * (Math.round(points[9].y) * image.width + Math.round(points[9].x));
    const data = Uint8ClampedArray.from(image.data);
    const [left, right] = [points[61].x - 25, points[291].x + 25];
    for (let y = Math.round(points[2].y) + 4; y < points[17].y + 12; y++)
      for (let x = Math.round(left); x < right; x++)
        data.set(image.data.subarray(skin, skin + 4), 4 * (y * image.width + x));
    const logs: string[] = [];
    judgePerson({ ...image, data }, found, (message) => void logs.push(message));
    expect(logs.join()).toContain('they hardly differ from the skin around them');
  });
});

it('a node of version 1 without a backbone goes on with photo; one that names its own keeps it', () => {
  const [{ migrate }] = referenceStage.migrations!;
  const params = { area: 1000 };
  // The engine names the default of now where the node named none.
  expect(migrate({ backbone: referenceStage.defaultBackbone, params })).toEqual({ backbone: 'photo', params });
  expect(migrate({ backbone: 'photo', params })).toEqual({ backbone: 'photo', params });
  expect(migrate({ backbone: 'figure', params: {} })).toEqual({ backbone: 'figure', params: {} });
});
