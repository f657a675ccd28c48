import { describe, expect, it } from 'vitest';
import { puppetMotion } from '../src/index.ts';
import { bodyField } from '../src/puppet/body-field.ts';
import { colourReader } from '../src/puppet/face-colours.ts';
import { faceFrame } from '../src/puppet/face-frame.ts';
import { lipLine } from '../src/puppet/lip-line.ts';
import { createMouth } from '../src/puppet/mouth.ts';
import { babble, paintedPerson } from './painted-person.ts';

/** The person with another mouth: `paint` gives the colour at a place in face coordinates, or nothing to leave it. */
function withMouth(paint: (a: number, b: number) => readonly number[] | undefined) {
  const scene = paintedPerson(256);
  const face = faceFrame(scene.landmarks, 256, 256);
  for (let i = 0; i < 256 * 256; i++) {
    const { a, b } = face.toLocal((i % 256) + 0.5, Math.floor(i / 256) + 0.5);
    const colour = paint(a, b);
    if (colour) scene.image.data.set(colour, 4 * i);
  }
  return { face, line: lipLine(face, colourReader(scene.image, face)), read: colourReader(scene.image, face) };
}

describe('lip line', () => {
  it('follows the dark seam where landmarks are a little off', () => {
    const { line } = withMouth((a, b) =>
      Math.abs(a) < 0.4 && Math.abs(b) < 0.13
        ? Math.abs(b - 0.05 * Math.cos(4 * a)) < 0.02
          ? [80, 30, 30]
          : [175, 90, 90]
        : undefined,
    );
    expect(line.smiling).toBe(false);
    expect(Math.abs(line.at(0) - 0.05)).toBeLessThan(0.022);
    expect(Math.abs(line.at(0.4))).toBeLessThan(0.03);
  });

  it('runs below the teeth of a smile', () => {
    const { line } = withMouth((a, b) =>
      Math.abs(a) < 0.34 && b > -0.04 && b < 0.06 - 0.3 * a * a ? [245, 240, 235] : undefined,
    );
    expect(line.smiling).toBe(true);
    expect(line.at(0)).toBeGreaterThan(0.05);
    expect(line.at(0)).toBeLessThan(0.1);
  });

  it('does not take a highlight on a lip for teeth', () => {
    const { line } = withMouth((a, b) => (Math.abs(a) < 0.3 && b > 0.04 && b < 0.09 ? [235, 165, 165] : undefined));
    expect(line.smiling).toBe(false);
  });

  it('draws corners in to where lips are seen', () => {
    const { line } = withMouth((a, b) =>
      Math.abs(a) > 0.32 && Math.abs(a) < 0.42 && Math.abs(b) < 0.14 ? [215, 165, 140] : undefined,
    );
    expect(line.halfWidth).toBeLessThan(0.36);
    expect(line.halfWidth).toBeGreaterThan(0.28);
  });
});

describe('mouth', () => {
  const { face, line, read } = withMouth(() => undefined);
  const mouth = createMouth(face, line, read, face.unit);
  const place = (state: ReturnType<typeof mouth.state>, a: number, b: number) => {
    const pixel = { a, b, red: 0, green: 0, blue: 0, cover: 0 };
    mouth.place(state, pixel);
    return pixel;
  };

  it('leaves everything where it is while closed', () => {
    for (let a = -1; a <= 1; a += 0.13)
      for (let b = -0.4; b < 1.3; b += 0.11)
        expect(place(mouth.state(0, 0, 0), a, b)).toMatchObject({
          a: expect.closeTo(a, 9),
          b: expect.closeTo(b, 9),
          cover: 0,
        });
  });

  it('parts the lips: inside is painted, the lower lip and the chin come from above, the corners stay', () => {
    const open = mouth.state(1, 0, 0);
    expect(place(open, 0, line.at(0) + 0.07).cover).toBe(1);
    expect(place(open, 0, line.at(0) + 0.25).b).toBeLessThan(line.at(0) + 0.13);
    expect(place(open, 0, 0.72).b).toBeLessThan(0.64);
    expect(Math.abs(place(open, line.centre + line.halfWidth + 0.02, line.at(0.4)).b - line.at(0.4))).toBeLessThan(
      0.02,
    );
    expect(place(open, 0, 1.6).b).toBeCloseTo(1.6, 6);
  });

  it('tears nowhere but at the seam: neighbours come from neighbours, in order', () => {
    let [least, most] = [Infinity, -Infinity];
    for (const state of [mouth.state(1, 1, 1), mouth.state(1, -1, 0), mouth.state(0.5, 0.3, 0)]) {
      for (let a = -0.95; a <= 0.95; a += 0.05) {
        let before = place(state, a, -0.6).b;
        for (let b = -0.595; b < 1.6; b += 0.005) {
          const now = place(state, a, b).b;
          [least, most] = [Math.min(least, now - before), Math.max(most, now - before)];
          before = now;
        }
      }
    }
    expect(least).toBeGreaterThan(-1e-9);
    expect(most).toBeLessThan(0.025);
  });
});

describe('body field', () => {
  const scene = paintedPerson(256, 'arms');
  const field = bodyField(
    faceFrame(scene.landmarks, 256, 256),
    256,
    256,
    (x, y) =>
      scene.image.data[
        4 * (Math.min(255, Math.max(0, Math.floor(y))) * 256 + Math.min(255, Math.max(0, Math.floor(x)))) + 3
      ] > 127,
  );
  const motion = puppetMotion(babble(5), { fps: 25, frames: 125, seed: 3, expressiveness: 1.5 });
  const [xs, ys] = [new Float32Array(field.rows * field.columns), new Float32Array(field.rows * field.columns)];

  it('never folds: neighbours stay neighbours, in order', () => {
    let closest = Infinity;
    for (let f = 0; f < 125; f += 4) {
      field.backward(motion, f, xs, ys);
      for (let i = 0; i < xs.length; i++) {
        if ((i + 1) % field.columns !== 0) closest = Math.min(closest, xs[i + 1] - xs[i]);
        if (i + field.columns < ys.length) closest = Math.min(closest, ys[i + field.columns] - ys[i]);
      }
    }
    expect(closest).toBeGreaterThan(0.2 * field.step);
  });

  it('never carries anything further than it says', () => {
    const travel = field.travel(motion);
    let [most, beyond] = [0, -Infinity];
    for (let f = 0; f < 125; f += 3) {
      field.backward(motion, f, xs, ys);
      for (let i = 0; i < xs.length; i++) {
        const [x, y] = [(i % field.columns) * field.step, Math.floor(i / field.columns) * field.step];
        const moved = Math.max(Math.abs(xs[i] - x), Math.abs(ys[i] - y));
        most = Math.max(most, moved);
        if (moved > 0.5) beyond = Math.max(beyond, moved - travel(x, y));
      }
    }
    expect(beyond).toBeLessThanOrEqual(0);
    expect(most).toBeGreaterThan(1);
  });
});
