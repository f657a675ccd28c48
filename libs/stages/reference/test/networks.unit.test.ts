import { createHash } from 'node:crypto';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Image } from '@soliloquy/media';
import { landmarksSchema, type Landmarks } from '@soliloquy/ports';
import { seededRandom, stageContext } from '@soliloquy/testing';
import { run } from '../src/backbones/networks.ts';
import { PERSON, ROOM } from './half-body-man.ts';
import { drawn, fixture, recoloured, TRUTH } from './pictures.ts';

type Result = { image: Image; landmarks: Landmarks; background: Image };
type Given = { landmarks?: Landmarks; background?: Image; threads?: number; logs?: string[] };

async function read(image: Image, { landmarks, background, threads = 1, logs = [] }: Given = {}): Promise<Result> {
  const ctx = stageContext({ threads, log: (message) => void logs.push(message) });
  return (await run({ image, landmarks, background }, { area: 2_359_296 }, ctx)) as Result;
}

const alphaAt = ({ image }: Result, [x, y]: readonly [number, number]) => image.data[(y * image.width + x) * 4 + 3];
const pixelOf = (image: Image, x: number, y: number) => {
  const at = (y * image.width + x) * 4;
  return [image.data[at], image.data[at + 1], image.data[at + 2]] as const;
};
const digest = ({ image, landmarks, background }: Result) =>
  [image.data, JSON.stringify(landmarks), background.data]
    .reduce((hash, part) => hash.update(part), createHash('sha256'))
    .digest('hex');

describe('the reference of a photograph, by networks', { timeout: 120_000 }, () => {
  let man: Image;
  let found: Result;
  beforeAll(async () => {
    man = await fixture('half-body-man.jpg');
    found = await read(man);
  }, 120_000);

  it('has a matte that covers face, hair, shirt and hands and nothing of the room', () => {
    for (const place of PERSON) expect(alphaAt(found, place), `person at ${place.join()}`).toBeGreaterThan(230);
    for (const place of ROOM) expect(alphaAt(found, place), `room at ${place.join()}`).toBeLessThan(25);
  });

  it('has points where they were measured by eye, within a fiftieth of the face, the mesh and both hands', () => {
    expect(() => landmarksSchema.parse(found.landmarks)).not.toThrow();
    const { points, mesh, hands } = found.landmarks;
    const { faceHeight, ...measured } = TRUTH['half-body-man.jpg'];
    for (const [name, [x, y]] of Object.entries(measured))
      expect(Math.hypot(points[name as 'chin'].x - x, points[name as 'chin'].y - y), name).toBeLessThan(
        faceHeight / 50,
      );
    expect(Math.abs(points.headTop.y - 17)).toBeLessThan(6);
    expect(mesh).toHaveLength(478);
    expect(mesh![1][0]).toBe(points.noseTip.x);
    expect(hands!.left!.points).toHaveLength(21);
    expect(Math.hypot(hands!.right!.points[9][0] - 88, hands!.right!.points[9][1] - 375)).toBeLessThan(30);
    expect(points.leftKnee).toBeUndefined();
  });

  it('turned by a quarter: the same matte, turned', async () => {
    const turned = await read(drawn(512, 512, (x, y) => pixelOf(man, y, 511 - x)));
    for (const [x, y] of PERSON) expect(alphaAt(turned, [511 - y, x])).toBeGreaterThan(230);
    for (const [x, y] of ROOM) expect(alphaAt(turned, [511 - y, x])).toBeLessThan(25);
  });

  it('dark and grey, a quarter as bright: still the person', async () => {
    const dark = await read(
      recoloured(man, (r, g, b) => Array(3).fill((r + 2 * g + b) / 16) as [number, number, number]),
    );
    for (const place of PERSON) expect(alphaAt(dark, place)).toBeGreaterThan(200);
    expect(alphaAt(dark, [20, 20])).toBeLessThan(25);
  });

  it('equal bytes with 1 and 2 threads', async () => {
    expect(digest(await read(man, { threads: 2 }))).toBe(digest(found));
  });

  it('takes points that are given, and cuts out the person who has them', async () => {
    const given: Landmarks = { width: 1024, height: 1024, points: scaled(found.landmarks.points, 2) };
    const { landmarks, image } = await read(man, { landmarks: given });
    expect(landmarks.points.chin).toEqual(found.landmarks.points.chin);
    expect(landmarks.mesh).toBeUndefined();
    expect(image.data).toEqual(found.image.data);
  });

  it('cuts a drawing in which no network sees anybody out by proportions, and says so', async () => {
    const logs: string[] = [];
    const drawing = drawn(256, 256, (x, y) =>
      Math.hypot(x - 127, y - 60) < 40 || (y > 100 && Math.abs(x - 127) < 60) ? [240, 200, 60] : [40, 60, 160],
    );
    const given: Landmarks = { width: 256, height: 256, points: scaled(found.landmarks.points, 0.5) };
    const result = await read(drawing, { landmarks: given, logs });
    expect(logs.join()).toContain('nobody there');
    expect(alphaAt(result, [127, 180])).toBeGreaterThan(200);
    expect(alphaAt(result, [10, 20])).toBeLessThan(25);
  });
});

describe('what is refused is named', { timeout: 120_000 }, () => {
  it.each<[string, () => Image]>([
    ['noise', () => noise(300)],
    ['one color', () => drawn(300, 200, () => [90, 120, 40])],
  ])('%s: nobody', async (_, image) => {
    await expect(read(image())).rejects.toMatchObject({ code: 'stage.nobody', where: 'reference.image' });
  });

  it('two people of one size, by number and place; a smaller one is only told', async () => {
    const [man, woman] = [await fixture('half-body-man.jpg'), await fixture('half-body-woman.jpg')];
    const two = (share: number): Image =>
      drawn(512 + 512 / share, 512, (x, y) => {
        if (x < 512) return pixelOf(man, x, y);
        const [u, v] = [(x - 512) * share, y * share];
        return v < 512 ? pixelOf(woman, u, v) : [150, 140, 130];
      });
    await expect(read(two(1))).rejects.toThrow(
      /expected a picture of one person, got 2 people; about the same size are those at \d+, \d+; \d+, \d+/,
    );
    const logs: string[] = [];
    const { landmarks } = await read(two(2), { logs });
    expect(logs.join()).toMatch(/2 people are seen; the largest, at 2\d\d, 1\d\d, is taken, not those at 6\d\d, \d+/);
    expect(landmarks.points.noseTip.x).toBeLessThan(300);
  });

  it.each<[string, readonly [number, number, number]]>([
    ['white', [240, 240, 235]],
    ['black', [20, 20, 22]],
    ['blue', [150, 190, 215]],
  ])('a %s mask before the mouth', async (_, color) => {
    const man = await fixture('half-body-man.jpg');
    const { mouthCenter, faceHeight } = TRUTH['half-body-man.jpg'];
    const masked = drawn(512, 512, (x, y) => {
      const [u, v] = [(x - mouthCenter[0]) / faceHeight, (y - mouthCenter[1]) / faceHeight];
      return Math.abs(u) < 0.36 && v > -0.22 && v < 0.3 - 0.5 * u * u ? color : pixelOf(man, x, y);
    });
    await expect(read(masked)).rejects.toMatchObject({ code: 'stage.covered-mouth' });
  });
});

function scaled(points: Landmarks['points'], by: number): Landmarks['points'] {
  const all = Object.entries(points).map(([name, { x, y, confidence }]) => [
    name,
    { x: x * by, y: y * by, confidence },
  ]);
  return Object.fromEntries(all) as unknown as Landmarks['points'];
}

function noise(side: number): Image {
  const random = seededRandom(3);
  return drawn(side, side, () => [random() * 256, random() * 256, random() * 256]);
}
