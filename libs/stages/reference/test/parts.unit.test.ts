import { beforeAll, describe, expect, it } from 'vitest';
import { fromPupils, pupilFrame, toPupils } from '@soliloquy/face';
import { alphaOf } from '@soliloquy/media';
import type { Plane } from '@soliloquy/planes';
import { paintedPerson, WHOLE_PERSON } from '@soliloquy/testing';
import { alphaOutline } from '../src/alpha-outline.ts';
import { fillBehind, growMatte } from '../src/background.ts';
import { findBody } from '../src/body-landmarks.ts';
import { facePatch } from '../src/face-patch.ts';
import { findHands } from '../src/hands.ts';
import { findMouth, MOUTH_SCALE, MOUTH_WINDOW } from '../src/mouth.ts';
import { loadOpenCv, type OpenCv } from '../src/opencv.ts';
import { skinLikeness } from '../src/skin.ts';
import { drawn } from './pictures.ts';

const SCALE = 4;
const person = paintedPerson({ ...WHOLE_PERSON, width: SCALE * 128, height: SCALE * 192, scale: SCALE });
const { width, height } = person.image;
const { points } = person.landmarks;
const face = pupilFrame(points.rightEye, points.leftEye);
const matte: Plane = { width, height, data: alphaOf(person.image) };
const far = (p: { x: number; y: number }, q: { x: number; y: number }): number =>
  Math.hypot(p.x - q.x, p.y - q.y) / face.unit;

describe('a matte in alpha', () => {
  it('is taken where it cuts out the face, to the last level', () => {
    expect(alphaOutline(person.image, face)).toEqual({ kind: 'person', matte });
  });

  it('is none where all is solid, nothing is, or the face is left out', () => {
    const withAlpha = (alpha: (i: number) => number) => ({
      ...person.image,
      data: person.image.data.map((value, i) => (i % 4 === 3 ? alpha((i - 3) / 4) : value)),
    });
    expect(
      alphaOutline(
        withAlpha(() => 255),
        face,
      ),
    ).toEqual({ kind: 'none' });
    for (const alpha of [() => 0, (i: number) => 255 * (1 - Math.round(matte.data[i]))])
      expect(alphaOutline(withAlpha(alpha), face)).toEqual({ kind: 'hides' });
  });

  it('is a shape where it also shows what is beside the head, or has no bays', () => {
    const withAlpha = (alpha: (x: number, y: number) => number) => ({
      ...person.image,
      data: person.image.data.map((value, i) =>
        i % 4 === 3 ? alpha((i >> 2) % width, Math.floor((i >> 2) / width)) : value,
      ),
    });
    const { x: cx, y: cy, unit } = face;
    const shapes = [
      (x: number, y: number) => (Math.hypot(x - cx, y - cy) < 1.8 * unit ? 255 : 0),
      (x: number, y: number) => (Math.abs(x - cx) + Math.abs(y - cy) < 5 * unit ? 255 : 0),
      (_x: number, y: number) => Math.max(0, Math.min(255, (cy + 8 * unit - y) * 4)),
    ];
    for (const shape of shapes) expect(alphaOutline(withAlpha(shape), face).kind).toBe('shape');
  });
});

describe('the background', () => {
  let cv: OpenCv;
  beforeAll(async () => ({ cv } = await loadOpenCv()));

  it('grows the matte: 1 on it and close by, falling to 0 within the asked distance and no further', () => {
    const dot: Plane = { width: 61, height: 61, data: new Float32Array(61 * 61) };
    dot.data[30 * 61 + 30] = 1;
    const grown = growMatte(dot, 10);
    const row = Array.from({ length: 31 }, (_, x) => grown.data[30 * 61 + 30 + x]);
    expect(row[0]).toBe(1);
    for (let x = 1; x < row.length; x++) expect(row[x]).toBeLessThanOrEqual(row[x - 1]);
    expect(row[4]).toBe(1);
    expect(row[12]).toBe(0);
  });

  it('is filled as the room goes on, and untouched outside the grown matte', () => {
    const room = (x: number, y: number): readonly [number, number, number] => [80 + 0.4 * x, 60 + 0.5 * y, 140];
    const hidden = (x: number, y: number): boolean => Math.hypot(x - 100, y - 90) < 30;
    const image = drawn(200, 180, (x, y) => (hidden(x, y) ? [250, 20, 20] : room(x, y)));
    const hole: Plane = {
      width: 200,
      height: 180,
      data: Float32Array.from({ length: 200 * 180 }, (_, i) => (hidden(i % 200, Math.floor(i / 200)) ? 1 : 0)),
    };
    const filled = fillBehind(cv, image, hole, { grow: 6 });
    const grown = growMatte(hole, 6);
    let worst = 0;
    for (let i = 0; i < hole.data.length; i++) {
      const truth = room(i % 200, Math.floor(i / 200));
      for (let c = 0; c < 3; c++) {
        if (grown.data[i] === 0) expect(filled.data[4 * i + c]).toBe(image.data[4 * i + c]);
        worst = Math.max(worst, Math.abs(filled.data[4 * i + c] - truth[c]));
      }
    }
    expect(worst).toBeLessThan(8);
  });
});

describe('the mouth', () => {
  /** A face of skin with lips of a color at v below the eyes, 0.4 units to each side. */
  const faceWith = (v: number, lips: readonly [number, number, number]) =>
    drawn(240, 300, (x, y) => {
      const place = toPupils(drawnFace, x + 0.5, y + 0.5);
      const inLips = (place.u / 0.42) ** 2 + ((place.v - v) / 0.15) ** 2 < 1;
      if (inLips && Math.abs(place.v - v) < 0.025) return [70, 30, 30];
      return inLips ? lips : [205, 160, 135];
    });
  const drawnFace = pupilFrame({ x: 80, y: 90 }, { x: 160, y: 90 });
  const found = (v: number, lips: readonly [number, number, number]) =>
    findMouth(facePatch(faceWith(v, lips), drawnFace, MOUTH_WINDOW, MOUTH_SCALE));

  it.each([0.95, 1.08, 1.25])('is found %f pupil distances below the eyes, with its corners and both lips', (v) => {
    const mouth = found(v, [180, 85, 85]);
    expect(Math.abs(mouth.centre.v - v)).toBeLessThan(0.03);
    expect(Math.abs(mouth.centre.u)).toBeLessThan(0.05);
    expect(Math.abs(mouth.rightCorner.u - 0.4)).toBeLessThan(0.1);
    expect(Math.abs(mouth.leftCorner.u + 0.4)).toBeLessThan(0.1);
    expect(mouth.upperLipTop.v).toBeLessThan(mouth.centre.v - 0.05);
    expect(mouth.lowerLipBottom.v).toBeGreaterThan(mouth.centre.v + 0.05);
  });

  it('is surer of lips that stand out than of a face of one color, where it stays at the mean', () => {
    const bare = findMouth(
      facePatch(
        drawn(240, 300, () => [205, 160, 135]),
        drawnFace,
        MOUTH_WINDOW,
        MOUTH_SCALE,
      ),
    );
    expect(bare.confidence).toBeLessThan(0.1);
    expect(Math.abs(bare.centre.v - 1.08)).toBeLessThan(0.05);
    expect(found(1.08, [180, 85, 85]).confidence).toBeGreaterThan(0.5);
  });
});

describe('skin and body of a painted person', () => {
  it('has skin where face and hands are, and none on shirt and trousers', () => {
    const { data } = skinLikeness(person.image, face);
    const at = ({ x, y }: { x: number; y: number }): number => data[Math.floor(y) * width + Math.floor(x)];
    for (const name of ['leftHand', 'rightHand'] as const) expect(at(points[name]!), name).toBeGreaterThan(0);
    expect(at(fromPupils(face, 0.5, 0.5))).toBeGreaterThan(0);
    for (const name of ['leftElbow', 'leftKnee', 'leftHip'] as const) expect(at(points[name]!), name).toBeLessThan(0);
  });

  it('has both hands where they are, each on its side', () => {
    const { pictureLeft, pictureRight } = findHands(person.image, matte, face);
    expect(far(pictureLeft!.centre, points.rightHand!)).toBeLessThan(0.5);
    expect(far(pictureRight!.centre, points.leftHand!)).toBeLessThan(0.5);
  });

  it('has no hands where the matte leaves them out', () => {
    const without = { ...matte, data: matte.data.map((value, i) => (i > 110 * SCALE * width ? 0 : value)) };
    expect(findHands(person.image, without, face)).toEqual({});
  });

  const body = findBody(person.image, matte, face, toPupils(face, points.chin.x, points.chin.y).v);

  it('has shoulders below the neck and wrists at the hands, left ones on the right of the picture', () => {
    for (const side of ['left', 'right'] as const) {
      expect(body[`${side}Shoulder`]!.y).toBeGreaterThan(body.neck!.y);
      expect(far(body[`${side}Shoulder`]!, points[`${side}Shoulder`]!), side).toBeLessThan(1.3);
      // A hand's radius from its middle at most, towards the elbow.
      expect(far(body[`${side}Wrist`]!, body[`${side}Hand`]!), side).toBeLessThan(1.21);
      expect(far(body[`${side}Fingertip`]!, body[`${side}Wrist`]!), side).toBeGreaterThan(
        far(body[`${side}Hand`]!, body[`${side}Wrist`]!),
      );
    }
    for (const joint of ['Shoulder', 'Elbow', 'Wrist', 'Hand'] as const)
      expect(body[`left${joint}`]!.x, joint).toBeGreaterThan(body[`right${joint}`]!.x);
  });

  it('leaves out joints that a standing body would have outside the matte or the picture', () => {
    // This person's head is a quarter of its height: by the mean body's proportions its ankles are below the picture.
    expect(body.leftAnkle).toBeUndefined();
    for (const name of ['leftElbow', 'rightElbow', 'leftHip', 'rightHip', 'leftKnee', 'rightKnee'] as const) {
      const joint = body[name];
      if (joint) expect(matte.data[Math.floor(joint.y) * width + Math.floor(joint.x)], name).toBeGreaterThan(0.5);
    }
    const narrow = {
      ...matte,
      data: matte.data.map((value, i) => (Math.abs((i % width) - width / 2) < 6 ? value : 0)),
    };
    expect(findBody(person.image, narrow, face, 1.8).leftHip).toBeUndefined();
  });
});
