import { beforeAll, describe, expect, it } from 'vitest';
import type { Image } from '@soliloquy/media';
import type { Plane } from '@soliloquy/planes';
import { paintedPerson, WHOLE_PERSON } from '@soliloquy/testing';
import { fillBehind } from '../src/background.ts';
import { freeForeground } from '../src/foreground-colours.ts';
import { withLeftovers } from '../src/left-of-person.ts';
import { loadOpenCv, type OpenCv } from '../src/opencv.ts';
import { drawn } from './pictures.ts';

const SIDE = 200;
const [MIDDLE, RADIUS, SOFT] = [100, 60, 4];
/** A disc with a rim of 8 pixels over a room with a stripe. */
const coverage = (x: number, y: number): number =>
  Math.min(1, Math.max(0, 0.5 + (RADIUS - Math.hypot(x - MIDDLE, y - MIDDLE)) / (2 * SOFT)));
const person = (x: number): readonly number[] => [200 - 0.2 * x, 150, 60 + 0.3 * x];
const room = (x: number, y: number): readonly number[] => (y > 90 && y < 110 ? [20, 60, 90] : [60, 90, 70]);
const matte: Plane = {
  width: SIDE,
  height: SIDE,
  data: Float32Array.from({ length: SIDE * SIDE }, (_, i) => coverage(i % SIDE, Math.floor(i / SIDE))),
};
const shown = (x: number, y: number): readonly [number, number, number] => {
  const alpha = coverage(x, y);
  return [0, 1, 2].map((c) => alpha * person(x)[c] + (1 - alpha) * room(x, y)[c]) as [number, number, number];
};

describe('colours at the soft rim', () => {
  it("become the person's own where the room is known, and the picture is what it was over that room", () => {
    const image = drawn(SIDE, SIDE, shown);
    const background = drawn(SIDE, SIDE, (x, y) => room(x, y) as [number, number, number]);
    const freed: Image = { ...image, data: image.data.slice() };
    freeForeground(freed, matte, background);
    let [before, worst, over] = [0, 0, 0];
    matte.data.forEach((alpha, i) => {
      const [x, y] = [i % SIDE, Math.floor(i / SIDE)];
      for (let c = 0; c < 3; c++) {
        if (alpha === 0 || alpha === 1) expect(freed.data[4 * i + c]).toBe(image.data[4 * i + c]);
        if (alpha <= 0.1 || alpha >= 1) continue;
        const truth = person(x)[c];
        before = Math.max(before, alpha * Math.abs(image.data[4 * i + c] - truth));
        worst = Math.max(worst, alpha * Math.abs(freed.data[4 * i + c] - truth));
        const after = alpha * freed.data[4 * i + c] + (1 - alpha) * room(x, y)[c];
        over = Math.max(over, Math.abs(after - image.data[4 * i + c]));
      }
    });
    expect(before).toBeGreaterThan(30);
    expect(worst).toBeLessThan(5);
    expect(over).toBeLessThan(6);
  });
});

describe('the room behind the person', () => {
  let cv: OpenCv;
  beforeAll(async () => ({ cv } = await loadOpenCv()));

  it("keeps the picture's own pixels a few pixels from the matte, though the colours behind come from further", () => {
    const image = drawn(SIDE, SIDE, shown);
    const filled = fillBehind(cv, image, matte, { grow: 20, keep: 4 });
    matte.data.forEach((_, i) => {
      const far = Math.hypot((i % SIDE) - MIDDLE, Math.floor(i / SIDE) - MIDDLE) - RADIUS;
      if (far < SOFT + 8) return;
      for (let c = 0; c < 3; c++) expect(filled.data[4 * i + c]).toBe(image.data[4 * i + c]);
    });
  });

  it('keeps no wisp of hair that the matte left out, and keeps a line of the room that is no hair', () => {
    const { image, landmarks } = paintedPerson({ ...WHOLE_PERSON, width: 512, height: 768, scale: 4 });
    const { headTop } = landmarks.points;
    const [hair, wall, red] = [
      [40, 30, 25],
      [180, 170, 160],
      [60, 200, 60],
    ];
    const onHead = (x: number, y: number): boolean => Math.hypot(x - headTop.x, y - headTop.y - 40) < 50;
    const inWisp = (x: number, y: number): boolean =>
      Math.abs(y - (headTop.y - 14)) < 2 && Math.abs(x - headTop.x) < 12;
    const inLine = (x: number, y: number): boolean => Math.abs(x - (headTop.x + 40)) < 2 && y < headTop.y + 5;
    const painted = drawn(image.width, image.height, (x, y) => {
      const colour = onHead(x, y) || inWisp(x, y) ? hair : inLine(x, y) ? red : wall;
      return colour as [number, number, number];
    });
    const plane = (is: (x: number, y: number) => boolean): Plane => ({
      width: image.width,
      height: image.height,
      data: Float32Array.from({ length: image.width * image.height }, (_, i) =>
        is(i % image.width, Math.floor(i / image.width)) ? 1 : 0,
      ),
    });
    const head = plane(onHead);
    const bare = drawn(image.width, image.height, () => wall as [number, number, number]);
    const whole = withLeftovers({ image: painted, matte: head, room: bare }, landmarks, 60, 0.4);
    const at = (x: number, y: number): number => whole.data[Math.round(y) * image.width + Math.round(x)];
    expect(at(headTop.x, headTop.y - 14)).toBe(1);
    expect(at(headTop.x + 40, headTop.y - 4)).toBe(0);
    expect(at(headTop.x - 25, headTop.y - 14)).toBe(0);
  });
});
