import { describe, expect, test } from 'vitest';
import { headView, paintedPerson, WHOLE_PERSON } from '@soliloquy/testing';
import { colorReader, filmFace, lipSeam, lowerLipEdge, pictureFrame, toFace } from '../src/index.ts';

const { width: WIDTH, height: HEIGHT } = WHOLE_PERSON;
const { landmarks } = paintedPerson();

/** The person with another mouth: `paint` gives the color at a place in face coordinates, or nothing to leave it. */
function withMouth(paint: (u: number, v: number) => readonly number[] | undefined) {
  const { image, landmarks: points } = paintedPerson(headView(256));
  const face = filmFace(points, 256, 256);
  for (let i = 0; i < 256 * 256; i++) {
    const { u, v } = toFace(face, (i % 256) + 0.5, Math.floor(i / 256) + 0.5);
    const color = paint(u, v);
    if (color) image.data.set(color, 4 * i);
  }
  return lipSeam(face, colorReader(image, face));
}

describe('the seam between the lips', () => {
  test('follows the dark seam where landmarks are a little off', () => {
    const line = withMouth((u, v) =>
      Math.abs(u) < 0.4 && Math.abs(v) < 0.13
        ? Math.abs(v - 0.05 * Math.cos(4 * u)) < 0.02
          ? [80, 30, 30]
          : [175, 90, 90]
        : undefined,
    );
    expect(line.smiling).toBe(false);
    expect(Math.abs(line.at(0) - 0.05)).toBeLessThan(0.022);
    expect(Math.abs(line.at(0.4))).toBeLessThan(0.03);
  });

  test('runs below the teeth of a smile', () => {
    const line = withMouth((u, v) =>
      Math.abs(u) < 0.34 && v > -0.04 && v < 0.06 - 0.3 * u * u ? [245, 240, 235] : undefined,
    );
    expect(line.smiling).toBe(true);
    expect(line.at(0)).toBeGreaterThan(0.05);
    expect(line.at(0)).toBeLessThan(0.1);
  });

  test('does not take a highlight on a lip for teeth', () => {
    const line = withMouth((u, v) => (Math.abs(u) < 0.3 && v > 0.04 && v < 0.09 ? [235, 165, 165] : undefined));
    expect(line.smiling).toBe(false);
  });

  test('draws corners in to where lips are seen', () => {
    const line = withMouth((u, v) =>
      Math.abs(u) > 0.32 && Math.abs(u) < 0.42 && Math.abs(v) < 0.14 ? [215, 165, 140] : undefined,
    );
    expect(line.halfWidth).toBeLessThan(0.36);
    expect(line.halfWidth).toBeGreaterThan(0.28);
  });
});

describe('the edge of the lower lip', () => {
  /** A face of one brightness with a dark line between its lips at v = line(u), at ten times the size. */
  const film = pictureFrame(landmarks, 10 * WIDTH);
  const painted = (line: (u: number) => number): Float32Array => {
    const color = new Float32Array(10 * WIDTH * 10 * HEIGHT * 3).fill(0.6);
    for (let y = 440; y < 540; y++) {
      for (let x = 560; x < 720; x++) {
        const { u, v } = toFace(film, x + 0.5, y + 0.5);
        if (Math.abs(v - line(u)) < 2) color.fill(0.1, (y * 10 * WIDTH + x) * 3, (y * 10 * WIDTH + x) * 3 + 3);
      }
    }
    return color;
  };

  test.each([
    ['level', () => 0],
    ['a little low', () => 4],
    ['smiling', (u: number) => 3 - 0.002 * u * u],
  ] as const)('is found where it is %s: the lower lip begins under the dark', (_, line) => {
    const found = lowerLipEdge(painted(line), 10 * WIDTH, 10 * HEIGHT, film);
    for (let u = -45; u <= 45; u += 5) expect(Math.abs(found(u) - (line(u) + 2))).toBeLessThan(2);
  });

  test('is level through the centre of the mouth where the picture shows none', () => {
    const found = lowerLipEdge(new Float32Array(10 * WIDTH * 10 * HEIGHT * 3).fill(0.6), 10 * WIDTH, 10 * HEIGHT, film);
    for (const u of [-100, -30, 0, 30, 100]) expect(Math.abs(found(u))).toBeLessThanOrEqual(0.5);
  });
});
