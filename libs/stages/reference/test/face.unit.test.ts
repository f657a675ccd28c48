import { describe, expect, it } from 'vitest';
import type { Image } from '@soliloquy/media';
import { shrinkImage } from '@soliloquy/planes';
import { seededRandom } from '@soliloquy/testing';
import { pointsOfShape, shapeFace } from '../src/face-landmarks.ts';
import { findFace } from '../src/find-face.ts';
import { loadOpenCv } from '../src/opencv.ts';
import { drawn, fixture, PICTURES, recoloured, TRUTH, turned } from './pictures.ts';

async function pointsOf(image: Image) {
  const { cv } = await loadOpenCv();
  const face = findFace(cv, image, () => undefined);
  return pointsOfShape(shapeFace(image, face), face.eyes.frame);
}

const distance = (p: { x: number; y: number }, [x, y]: readonly [number, number]) => Math.hypot(p.x - x, p.y - y);
const luma = (r: number, g: number, b: number) => 0.3 * r + 0.6 * g + 0.1 * b;

/** `columns` by `rows` of the pictures side by side, each `side` pixels. */
async function group(columns: number, rows: number, side: number): Promise<Image> {
  const people = await Promise.all(PICTURES.map(async (name) => shrinkImage(await headOf(name), side, side)));
  return drawn(columns * side, rows * side, (x, y) => {
    const person = people[(Math.floor(x / side) + Math.floor(y / side)) % people.length];
    const at = ((y % side) * side + (x % side)) * 4;
    return [person.data[at], person.data[at + 1], person.data[at + 2]];
  });
}

/** A square about the face, twice as high as it. */
async function headOf(name: (typeof PICTURES)[number]): Promise<Image> {
  const image = await fixture(name);
  const { mouthCenter, faceHeight } = TRUTH[name];
  const side = Math.round(faceHeight * 1.8);
  const clamped = (value: number, most: number): number => Math.max(0, Math.min(most, Math.round(value)));
  return drawn(side, side, (x, y) => {
    const column = clamped(mouthCenter[0] - side / 2 + x, image.width - 1);
    const row = clamped(mouthCenter[1] - 0.65 * side + y, image.height - 1);
    const at = (row * image.width + column) * 4;
    return [image.data[at], image.data[at + 1], image.data[at + 2]];
  });
}

describe('a picture of several people', () => {
  it.each([
    [4, 3, 240],
    [3, 1, 256],
  ])('is refused by number: %i by %i', { timeout: 120_000 }, async (columns, rows, side) => {
    const { cv } = await loadOpenCv();
    const image = await group(columns, rows, side);
    expect(() => findFace(cv, image, () => undefined)).toThrow(
      `reference.image: expected the picture of one person, got ${columns * rows} faces of about`,
    );
  });

  it('of two is taken with a word: the other may be a poster', { timeout: 120_000 }, async () => {
    const { cv } = await loadOpenCv();
    const logs: string[] = [];
    findFace(cv, await group(2, 1, 256), (message) => void logs.push(message));
    expect(logs.join()).toContain('more than one face');
  });
});

describe('points of a face in a photograph', () => {
  it.each(PICTURES)('lie where they are seen, within a few hundredths of the face height: %s', async (name) => {
    const points = await pointsOf(await fixture(name));
    const truth = TRUTH[name];
    expect(distance(points.mouthCenter, truth.mouthCenter) / truth.faceHeight).toBeLessThan(0.03);
    for (const eye of ['leftEye', 'rightEye'] as const)
      expect(distance(points[eye], truth[eye]) / truth.faceHeight).toBeLessThan(0.02);
    for (const corner of ['mouthLeft', 'mouthRight'] as const)
      expect(distance(points[corner], truth[corner]) / truth.faceHeight).toBeLessThan(0.04);
    expect(distance(points.noseTip, truth.noseTip) / truth.faceHeight).toBeLessThan(0.06);
  });

  it('stand in the order of a face: brow, eye, nose, upper lip, mouth, lower lip, chin', async () => {
    const p = await pointsOf(await fixture('half-body-man.jpg'));
    const rows = [
      p.leftBrow,
      p.leftEyeTop,
      p.leftEye,
      p.leftEyeBottom,
      p.noseTip,
      p.upperLipTop,
      p.mouthCenter,
      p.lowerLipBottom,
      p.chin,
    ].map((point) => point.y);
    expect(rows).toEqual([...rows].sort((a, b) => a - b));
    expect(p.leftEye.x).toBeGreaterThan(p.rightEye.x);
    expect(p.mouthLeft.x).toBeGreaterThan(p.mouthRight.x);
  });

  const changes: [string, (image: Image) => Image][] = [
    ['without colour', (image) => recoloured(image, (r, g, b) => [luma(r, g, b), luma(r, g, b), luma(r, g, b)])],
    ['in the dark, in blue light', (image) => recoloured(image, (r, g, b) => [r * 0.2, g * 0.22, b * 0.32])],
    ['at 256 pixels', (image) => shrinkImage(image, 256, 256)],
  ];
  it.each(changes)('are found %s', async (_, change) => {
    const image = change(await fixture('astronaut.jpg'));
    const { mouthCenter } = await pointsOf(image);
    const scale = image.width / 512;
    expect(distance(mouthCenter, [224.5 * scale, 145 * scale]) / (165 * scale)).toBeLessThan(0.04);
  });

  it('are found in a head tilted by 15°', async () => {
    const image = turned(await fixture('half-body-man.jpg'), 0.26);
    const [x, y] = [253.7 - 256, 131.9 - 256];
    const { mouthCenter } = await pointsOf(image);
    expect(
      distance(mouthCenter, [
        256 + x * Math.cos(0.26) - y * Math.sin(0.26),
        256 + x * Math.sin(0.26) + y * Math.cos(0.26),
      ]) / 144,
    ).toBeLessThan(0.04);
  });
});

describe('a picture without a face is refused', () => {
  const next = seededRandom(3);
  const pictures: [string, Image][] = [
    ['noise', drawn(320, 320, () => [next() * 255, next() * 255, next() * 255])],
    ['a gradient', drawn(320, 240, (x, y) => [x * 0.7, y, 255 - x * 0.7])],
    ['a checkerboard', drawn(320, 320, (x, y) => (((x >> 5) + (y >> 5)) % 2 === 0 ? [20, 20, 20] : [235, 235, 235]))],
    [
      'a house with two windows and a door',
      drawn(320, 320, (x, y) => {
        if (y < 120) return Math.abs(x - 160) < y ? [150, 60, 40] : [140, 190, 240];
        const window = y > 150 && y < 190 && (Math.abs(x - 110) < 22 || Math.abs(x - 210) < 22);
        const door = y > 220 && Math.abs(x - 160) < 25;
        if (Math.abs(x - 160) > 110) return [90, 150, 80];
        return window ? [40, 60, 90] : door ? [80, 40, 20] : [230, 215, 190];
      }),
    ],
    ['one colour', drawn(256, 256, () => [200, 160, 140])],
  ];
  it.each(pictures)('%s', async (_, image) => {
    const { cv } = await loadOpenCv();
    expect(() => findFace(cv, image, () => undefined)).toThrow(
      expect.objectContaining({
        code: 'stage.no-face',
        message: expect.stringContaining('--landmarks') as string,
      }) as Error,
    );
  });
});
