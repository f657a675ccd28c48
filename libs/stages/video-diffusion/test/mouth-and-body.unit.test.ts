import { describe, expect, it } from 'vitest';
import { bodyLayers } from '@soliloquy/body-layers';
import { colorReader, filmFace, lipSeam } from '@soliloquy/face';
import { armsView, headView, paintedPerson } from '@soliloquy/testing';
import { bodyField } from '../src/puppet/body-field.ts';
import { createEyes } from '../src/puppet/eyes.ts';
import { nodeOf } from '../src/puppet/film-grid.ts';
import { puppetMotion } from '../src/puppet/index.ts';
import { armRigs } from '../src/puppet/limbs/arm-pose.ts';
import { createMouth } from '../src/puppet/mouth.ts';
import { babble } from './babble.ts';
import { motionOf } from './channels.ts';
import { FREE_ARMS } from './free-arms.ts';

describe('mouth', () => {
  const { image, landmarks } = paintedPerson(headView(256));
  const face = filmFace(landmarks, 256, 256);
  const read = colorReader(image, face);
  const line = lipSeam(face, read);
  const mouth = createMouth(face, line, read);
  const place = (state: ReturnType<typeof mouth.state>, u: number, v: number) => {
    const pixel = { u, v, red: 0, green: 0, blue: 0, cover: 0 };
    mouth.place(state, pixel);
    return pixel;
  };

  it('leaves everything where it is while closed', () => {
    for (let u = -1; u <= 1; u += 0.13)
      for (let v = -0.4; v < 1.3; v += 0.11)
        expect(place(mouth.state(0, 0, 0), u, v)).toMatchObject({
          u: expect.closeTo(u, 9),
          v: expect.closeTo(v, 9),
          cover: 0,
        });
  });

  it('parts the lips: inside is painted, the lower lip and the chin come from above, the corners stay', () => {
    const open = mouth.state(1, 0, 0);
    expect(place(open, 0, line.at(0) + 0.07).cover).toBe(1);
    expect(place(open, 0, line.at(0) + 0.25).v).toBeLessThan(line.at(0) + 0.13);
    expect(place(open, 0, 0.72).v).toBeLessThan(0.64);
    expect(Math.abs(place(open, line.centre + line.halfWidth + 0.02, line.at(0.4)).v - line.at(0.4))).toBeLessThan(
      0.02,
    );
    expect(place(open, 0, 1.6).v).toBeCloseTo(1.6, 6);
  });

  it('tears nowhere but at the seam: neighbours come from neighbours, in order', () => {
    let [least, most] = [Infinity, -Infinity];
    for (const state of [mouth.state(1, 1, 1), mouth.state(1, -1, 0), mouth.state(0.5, 0.3, 0)]) {
      for (let u = -0.95; u <= 0.95; u += 0.05) {
        let before = place(state, u, -0.6).v;
        for (let v = -0.595; v < 1.6; v += 0.005) {
          const now = place(state, u, v).v;
          [least, most] = [Math.min(least, now - before), Math.max(most, now - before)];
          before = now;
        }
      }
    }
    // In units of the face: below a hundredth of a pixel of any film that shows a body.
    expect(least).toBeGreaterThan(-1e-4);
    expect(most).toBeLessThan(0.025);
  });
});

describe('eyes', () => {
  const { image, landmarks } = paintedPerson(headView(256));
  const face = filmFace(landmarks, 256, 256);
  const eyes = createEyes(face, colorReader(image, face));
  const iris = face.local('leftEye')!;
  const look = { blink: 0, browRaise: 0, gazeX: 0, gazeY: 0 };
  const place = (state: Partial<typeof look>, u: number, v: number) => {
    const pixel = { u, v, red: 0, green: 0, blue: 0, cover: 0 };
    eyes.place({ ...look, ...state }, pixel);
    return pixel;
  };

  it('look aside: the iris goes where it is asked to, the lids stay, and nothing folds', () => {
    expect(place({ gazeX: 1 }, iris.u, iris.v).u).toBeLessThan(iris.u - 0.03);
    expect(place({ gazeX: -1 }, iris.u, iris.v).u).toBeGreaterThan(iris.u + 0.03);
    expect(place({ gazeY: 1 }, iris.u, iris.v).v).toBeLessThan(iris.v - 0.01);
    const outer = face.local('leftEyeOuter')!;
    expect(place({ gazeX: 1, gazeY: 1 }, outer.u + 0.01, outer.v)).toMatchObject({ u: outer.u + 0.01, v: outer.v });
    for (let u = -0.8, before = -Infinity; u < 0.8; u += 0.005) {
      const now = place({ gazeX: 1, gazeY: -1 }, u, iris.v).u;
      expect(now).toBeGreaterThan(before);
      before = now;
    }
  });

  it('behind a shut lid no iris moves', () => {
    const shut = place({ blink: 1 }, iris.u, iris.v);
    expect(place({ blink: 1, gazeX: 1 }, iris.u, iris.v).u).toBe(shut.u);
  });
});

describe('body field', () => {
  const scene = paintedPerson(armsView(256));
  const rigs = armRigs(bodyLayers(scene.image, scene.landmarks));
  const field = bodyField(scene.landmarks, 256, 256, rigs);
  const motion = puppetMotion(babble(5), { fps: 25, frames: 125, seed: 3, expressiveness: 1.5 }, FREE_ARMS);
  const [xs, ys] = [new Float32Array(field.grid.nodes), new Float32Array(field.grid.nodes)];

  it('never folds: neighbours stay neighbours, in order', () => {
    let closest = Infinity;
    for (let f = 0; f < 125; f += 4) {
      field.backward(motion, f, { xs, ys });
      for (let i = 0; i < xs.length; i++) {
        if ((i + 1) % field.grid.columns !== 0) closest = Math.min(closest, xs[i + 1] - xs[i]);
        if (i + field.grid.columns < ys.length) closest = Math.min(closest, ys[i + field.grid.columns] - ys[i]);
      }
    }
    expect(closest).toBeGreaterThan(0.2 * field.grid.step);
  });

  it('leans and shifts to the right, raises a shoulder, and takes the rest of the body along less', () => {
    const { grid } = field;
    const node = (point: { x: number; y: number }): number =>
      Math.round(point.y / grid.step) * grid.columns + Math.round(point.x / grid.step);
    const { noseTip, leftShoulder, rightShoulder } = scene.landmarks.points;
    const [head, left, right] = [noseTip, leftShoulder!, rightShoulder!].map(node);
    const frames = motionOf([{ lean: 0.05 }, { shift: 1 }, { leftShrug: 1 }]);
    const way = (frame: number, i: number): { x: number; y: number } => {
      field.backward(frames, frame, { xs, ys });
      const at = nodeOf(grid, i);
      return { x: at.x - xs[i], y: at.y - ys[i] };
    };
    expect(way(0, head).x).toBeGreaterThan(way(0, left).x);
    expect(way(0, left).x).toBeGreaterThan(0.5);
    expect(way(1, head).x).toBeGreaterThan(0.5);
    expect(way(2, left).y).toBeLessThan(-2);
    expect(Math.abs(way(2, right).y)).toBeLessThan(0.2);
    expect(Math.abs(way(2, head).x)).toBeLessThan(0.2);
  });

  it('never carries anything further than it says', () => {
    const travel = field.travel(motion);
    let [most, beyond] = [0, -Infinity];
    for (let f = 0; f < 125; f += 3) {
      field.backward(motion, f, { xs, ys });
      for (let i = 0; i < xs.length; i++) {
        const [x, y] = [
          (i % field.grid.columns) * field.grid.step,
          Math.floor(i / field.grid.columns) * field.grid.step,
        ];
        const moved = Math.max(Math.abs(xs[i] - x), Math.abs(ys[i] - y));
        most = Math.max(most, moved);
        if (moved > 0.5) beyond = Math.max(beyond, moved - travel(x, y));
      }
    }
    expect(beyond).toBeLessThanOrEqual(0);
    expect(most).toBeGreaterThan(1);
  });
});
