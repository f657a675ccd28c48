import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { beforeAll, describe, expect, it } from 'vitest';
import { decodeImage, type Image } from '@soliloquy/media';
import { shrinkImage } from '@soliloquy/planes';
import { landmarksSchema, type Landmarks } from '@soliloquy/ports';
import { stageContext } from '@soliloquy/testing';
import { run as figure } from '../src/backbones/figure.ts';
import { run } from '../src/backbones/photo.ts';
import { growMatte } from '../src/background.ts';
import { loadOpenCv } from '../src/opencv.ts';
import { PERSON, ROOM } from './half-body-man.ts';
import { drawn, fixture } from './pictures.ts';

type Result = { image: Image; landmarks: Landmarks; background: Image };
const photo = async (image: Image, given: { landmarks?: Landmarks; background?: Image } = {}, logs: string[] = []) =>
  (await run(
    { image, landmarks: given.landmarks, background: given.background },
    { area: 2_359_296 },
    stageContext({ log: (message) => void logs.push(message) }),
  )) as Result;
const alphaAt = (image: Image, x: number, y: number) =>
  image.data[(Math.round(y) * image.width + Math.round(x)) * 4 + 3];
const digest = (...parts: (Uint8ClampedArray | string)[]) =>
  parts.reduce((hash, part) => hash.update(part), createHash('sha256')).digest('hex');

/** A grey disc on nothing, with `under` for the color of nothing. */
function drawnCutOut(under: number): Image {
  const inside = (pixel: number): boolean => Math.hypot((pixel % 400) - 200, Math.floor(pixel / 400) - 200) < 150;
  const data = Uint8ClampedArray.from({ length: 400 * 400 * 4 }, (_, i) =>
    i % 4 === 3 ? (inside(i >> 2) ? 255 : 0) : inside(i >> 2) ? 108 : under,
  );
  return { width: 400, height: 400, data };
}

describe('the reference of a photograph', () => {
  let man: Image;
  let found: Result;
  beforeAll(async () => {
    man = await fixture('half-body-man.jpg');
    found = await photo(man);
  });

  it('is the picture with a matte that covers face, hair, shirt and hands and nothing of the room', () => {
    for (const [x, y] of PERSON) expect(alphaAt(found.image, x, y), `person at ${x}, ${y}`).toBeGreaterThan(230);
    for (const [x, y] of ROOM) expect(alphaAt(found.image, x, y), `room at ${x}, ${y}`).toBeLessThan(25);
  });

  it('keeps the colours of the picture', () => {
    for (let at = 0; at < man.data.length; at += 4 * 997)
      expect([...found.image.data.subarray(at, at + 3)]).toEqual([...man.data.subarray(at, at + 3)]);
  });

  it('has points that fit the schema, with both hands where they are', () => {
    expect(() => landmarksSchema.parse(found.landmarks)).not.toThrow();
    const { leftHand, rightHand, leftShoulder, rightShoulder, headTop } = found.landmarks.points;
    expect(Math.hypot(rightHand!.x - 88, rightHand!.y - 375)).toBeLessThan(25);
    expect(Math.hypot(leftHand!.x - 387, leftHand!.y - 380)).toBeLessThan(25);
    expect(Math.abs(rightShoulder!.x - 140)).toBeLessThan(25);
    expect(Math.abs(leftShoulder!.x - 370)).toBeLessThan(25);
    expect(Math.abs(headTop.y - 17)).toBeLessThan(10);
  });

  it('has a background that differs from the picture only behind the grown matte, and shows no shirt there', () => {
    const matte = {
      width: 512,
      height: 512,
      data: Float32Array.from({ length: 512 * 512 }, (_, i) => found.image.data[i * 4 + 3] / 255),
    };
    const far = growMatte(matte, 16);
    let changed = 0;
    let strayed = 0;
    let clear = 0;
    for (let i = 0; i < far.data.length; i++) {
      const same = [0, 1, 2].every((c) => man.data[i * 4 + c] === found.background.data[i * 4 + c]);
      if (!same) changed++;
      if (far.data[i] === 0 && !same) strayed++;
      if (found.background.data[i * 4 + 3] !== 255) clear++;
    }
    expect({ strayed, clear }).toEqual({ strayed: 0, clear: 0 });
    expect(changed).toBeGreaterThan(50_000);
    // The shirt is much bluer than anything in the room.
    const at = (300 * 512 + 250) * 4;
    expect(found.background.data[at + 2] - found.background.data[at]).toBeLessThan(20);
  });

  it('repeats to the bit', async () => {
    const again = await photo(man);
    expect(digest(again.image.data, JSON.stringify(again.landmarks), again.background.data)).toBe(
      digest(found.image.data, JSON.stringify(found.landmarks), found.background.data),
    );
  });

  it('takes an alpha channel that cuts out the face as the matte', async () => {
    const logs: string[] = [];
    const cut = await photo(found.image, {}, logs);
    expect(logs.join()).toContain('alpha');
    expect(digest(cut.image.data)).toBe(digest(found.image.data));
  });

  const withAlpha = (alpha: (x: number, y: number) => number): Image => {
    const data = Uint8ClampedArray.from(man.data);
    for (let y = 0; y < 512; y += 1)
      for (let x = 0; x < 512; x += 1) {
        const value = alpha(x + 0.5, y + 0.5);
        data[(y * 512 + x) * 4 + 3] = value;
        if (value < 1) data.set([0, 0, 0], (y * 512 + x) * 4);
      }
    return { width: 512, height: 512, data };
  };
  const away = (x: number, y: number): number => Math.hypot(x - 256, y - 256);

  it.each<[string, (x: number, y: number) => number]>([
    ['a disc', (x, y) => (away(x, y) < 255 ? 255 : 0)],
    [
      'a square with round corners',
      (x, y) =>
        Math.hypot(Math.max(0, Math.abs(x - 256) - 156), Math.max(0, Math.abs(y - 256) - 156)) < 100 ? 255 : 0,
    ],
    ['a vignette', (x, y) => 255 * Math.min(1, Math.max(0, 1.6 - away(x, y) / 201))],
    ['a fade at the bottom', (_x, y) => 255 * Math.min(1, (512 - y) / 150)],
  ])('cuts inside an alpha channel that is %s, and says so', async (_what, alpha) => {
    const logs: string[] = [];
    const image = withAlpha(alpha);
    const { image: cut } = await photo(image, { landmarks: found.landmarks }, logs);
    expect(logs.join()).toContain("no person's outline");
    // the room beside the head is cut away, the person stays as far as the shape shows it
    expect(alphaAt(cut, 410, 180)).toBeLessThan(25);
    for (const [x, y] of [
      [255, 110],
      [250, 300],
    ] as const)
      expect(Math.abs(alphaAt(cut, x, y) - alphaAt(image, x, y))).toBeLessThan(25);
    for (let at = 3; at < cut.data.length; at += 4) expect(cut.data[at]! <= image.data[at]! + 1).toBe(true);
  });

  it('leaves an alpha channel aside that hides most of the face, and says so', async () => {
    const logs: string[] = [];
    const faint = withAlpha((x, y) => 255 * Math.max(0, 0.9 - away(x, y) / 256));
    const { image: cut } = await photo(faint, { landmarks: found.landmarks }, logs);
    expect(logs.join()).toContain('hides most of the face and is left aside');
    expect(alphaAt(cut, 250, 300)).toBeGreaterThan(250);
  });

  // fixtures/make-shapes.sh
  it.each(['man-disc.webp', 'man-rounded.webp', 'man-oval.webp'])(
    'cuts inside %s of another program too',
    async (file) => {
      const logs: string[] = [];
      const image = await fixture(file);
      const { image: cut } = await photo(image, { landmarks: found.landmarks }, logs);
      expect(logs.join()).toContain("no person's outline");
      expect(alphaAt(image, 410, 180)).toBeGreaterThan(200);
      expect(alphaAt(cut, 410, 180)).toBeLessThan(25);
      for (const [x, y] of [
        [255, 110],
        [250, 300],
      ] as const)
        expect(Math.abs(alphaAt(cut, x, y) - alphaAt(image, x, y))).toBeLessThan(25);
    },
  );

  it('makes a cut-out smaller without a rim of what lies under its clear part', async () => {
    for (const under of [0, 255]) {
      const image = shrinkImage(drawnCutOut(under), 150, 150);
      for (let at = 0; at < image.data.length; at += 4)
        if (image.data[at + 3]! > 0) expect(Math.abs(image.data[at]! - 108)).toBeLessThanOrEqual(1);
    }
  });

  // libs/platform/media/test/fixtures/pictures/make-others.sh
  it.each([
    ['rim-imagemagick.png', 1],
    ['rim-ffmpeg.png', 1],
    ['rim-pillow.webp', 1],
    ['rim-cwebp.webp', 20],
  ])('makes %s smaller without a rim of what lies under its clear part', async (name, tolerance) => {
    const file = new URL(`../../../platform/media/test/fixtures/pictures/${name}`, import.meta.url);
    const { data } = shrinkImage(await decodeImage(await readFile(file)), 110, 110);
    for (let at = 0; at < data.length; at += 4)
      if (data[at + 3]! > 16)
        for (const [c, value] of [200, 90, 60].entries())
          expect(Math.abs(data[at + c]! - value)).toBeLessThanOrEqual(tolerance);
  });

  it('passes on given points, scaled to the picture, without looking for a face', async () => {
    const drawing = drawn(256, 256, (x, y) =>
      Math.hypot(x - 127, y - 90) < 60 || (y > 150 && Math.abs(x - 127) < 80) ? [240, 200, 60] : [40, 60, 160],
    );
    const half = (value: number) => (value / 512) * 1024;
    const points = Object.fromEntries(
      Object.entries(found.landmarks.points).map(([name, p]) => [name, { ...p, x: half(p.x), y: half(p.y) }]),
    );
    const given = { width: 1024, height: 1024, points: points as unknown as Landmarks['points'] };
    const result = await photo(drawing, { landmarks: given });
    expect(result.landmarks.width).toBe(256);
    expect(result.landmarks.points.mouthCenter.x).toBeCloseTo(found.landmarks.points.mouthCenter.x / 2, 6);
  });

  it('refuses points of a picture with another aspect', async () => {
    const given = { ...found.landmarks, height: 900 };
    await expect(photo(man, { landmarks: given })).rejects.toMatchObject({ code: 'stage.size-mismatch' });
  });

  it('reduces a picture larger than its area, keeping its aspect', async () => {
    const result = (await run(
      { image: man, landmarks: found.landmarks, background: undefined },
      { area: 128 * 128 },
      stageContext(),
    )) as Result;
    expect([result.image.width, result.image.height, result.background.width, result.landmarks.width]).toEqual([
      128, 128, 128, 128,
    ]);
  });
});

it("OpenCV leaves the process's handling of uncaught errors alone", async () => {
  await loadOpenCv();
  const listeners = [...process.listeners('uncaughtException'), ...process.listeners('unhandledRejection')];
  expect(listeners.filter((listener) => /ExitStatus|abort/.test(`${listener.name} ${String(listener)}`))).toEqual([]);
});

describe('the reference of a painted figure', () => {
  it('is what the painter gave', async () => {
    const image = shrinkImage(await fixture('astronaut.jpg'), 64, 64);
    image.data[3] = 0;
    const landmarks = { width: 64, height: 64, points: {} } as unknown as Landmarks;
    const given = { image, landmarks, background: drawn(64, 64, () => [1, 2, 3]) };
    expect(await figure(given, {}, stageContext())).toEqual(given);
  });

  it("is refused without the painter's points, background or matte", async () => {
    const image = drawn(64, 64, () => [1, 2, 3]);
    const landmarks = { width: 64, height: 64, points: {} } as unknown as Landmarks;
    const codeOf = (inputs: Parameters<typeof figure>[0]) => {
      try {
        void figure(inputs, {}, stageContext());
      } catch (error) {
        return (error as { code: string }).code;
      }
      return 'none';
    };
    expect(codeOf({ image, landmarks: undefined, background: image })).toBe('stage.missing-input');
    expect(codeOf({ image, landmarks, background: undefined })).toBe('stage.missing-input');
    expect(codeOf({ image, landmarks, background: drawn(32, 64, () => [1, 2, 3]) })).toBe('stage.size-mismatch');
    expect(codeOf({ image, landmarks, background: image })).toBe('stage.no-matte');
  });
});
