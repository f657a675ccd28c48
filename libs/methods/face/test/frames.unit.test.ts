import { describe, expect, test } from 'vitest';
import { compareArrays, paintedPerson, seededRandom, turnedLandmarks, WHOLE_PERSON } from '@soliloquy/testing';
import {
  faceBox,
  filmFace,
  fromPupils,
  pictureFrame,
  pupilFrame,
  resizedPupilFrame,
  toFace,
  toPicture,
  toPupils,
} from '../src/index.ts';

const { width: WIDTH, height: HEIGHT } = WHOLE_PERSON;
const { landmarks } = paintedPerson();
const frame = pictureFrame(landmarks, WIDTH);
const turned = turnedLandmarks(landmarks, 0.4, [64, 64]);
const pupils = pupilFrame(turned.points.rightEye, turned.points.leftEye);

describe('every frame of a face', () => {
  const tilted = filmFace(turned, 3 * WIDTH, 3 * HEIGHT);
  const random = seededRandom(4);
  const places = Array.from({ length: 20 }, () => [300 * random() - 50, 500 * random() - 50] as const);

  test.each([
    ['filmFace', (x: number, y: number) => toPicture(tilted, toFace(tilted, x, y).u, toFace(tilted, x, y).v)],
    ['pictureFrame', (x: number, y: number) => toPicture(frame, toFace(frame, x, y).u, toFace(frame, x, y).v)],
    ['pupilFrame', (x: number, y: number) => fromPupils(pupils, toPupils(pupils, x, y).u, toPupils(pupils, x, y).v)],
  ])('%s comes back to the pixel that it started from', (_, roundTrip) => {
    for (const [x, y] of places) {
      const back = roundTrip(x, y);
      compareArrays('pixel', [back.x, back.y], [x, y], { absolute: 1e-9 });
    }
  });

  test('turns with the face and keeps its handedness: u runs to the right of the picture, v down', () => {
    for (const { right, down } of [tilted, frame]) {
      expect(right.x * down.y - right.y * down.x).toBeCloseTo(1, 12);
      expect(right.x).toBeGreaterThan(0);
    }
  });

  test('has landmarks at places that tilt and size of the picture do not change', () => {
    const upright = filmFace(landmarks, WIDTH, HEIGHT);
    for (const name of ['chin', 'leftEar', 'mouthRight', 'headTop'] as const) {
      const [still, moved] = [upright.local(name), tilted.local(name)];
      compareArrays(name, [moved!.u, moved!.v], [still!.u, still!.v], { absolute: 1e-9 });
    }
    expect(upright.local('leftHand')).toBeDefined();
    const { leftHand: _, ...points } = landmarks.points;
    const without = filmFace({ ...landmarks, points: points as typeof landmarks.points }, WIDTH, HEIGHT);
    expect([without.local('leftHand'), without.film('leftHand')]).toEqual([undefined, undefined]);
  });
});

describe('the frame of the film', () => {
  test('has the mouth at 0, 0 and the middle of the eyes at 0, −1', () => {
    const face = filmFace(turned, 3 * WIDTH, 3 * HEIGHT);
    const [left, right] = [face.film('leftEye')!, face.film('rightEye')!];
    const eyes = toFace(face, (left.x + right.x) / 2, (left.y + right.y) / 2);
    compareArrays('mouth and eyes', [...Object.values(face.local('mouthCenter')!), eyes.u, eyes.v], [0, 0, 0, -1], {
      absolute: 1e-9,
    });
    expect(face.unit).toBeCloseTo(3 * 14, 9);
  });
});

describe('the frame of the pupils', () => {
  test('has the pupils at −0.5 and 0.5, whatever the tilt', () => {
    const { leftEye, rightEye } = turned.points;
    const [left, right] = [toPupils(pupils, leftEye.x, leftEye.y), toPupils(pupils, rightEye.x, rightEye.y)];
    compareArrays('pupils', [left.u, left.v, right.u, right.v], [0.5, 0, -0.5, 0], { absolute: 1e-12 });
    expect(pupils.tilt).toBeCloseTo(0.4, 12);
  });

  test('is the same frame in a picture of half the size', () => {
    const half = resizedPupilFrame(pupils, { width: WIDTH, height: HEIGHT }, { width: WIDTH / 2, height: HEIGHT / 2 });
    const [whole, reduced] = [fromPupils(pupils, 0.3, 1.2), fromPupils(half, 0.3, 1.2)];
    compareArrays('place', [2 * reduced.x, 2 * reduced.y], [whole.x, whole.y], { absolute: 1e-9 });
  });
});

describe('the frame of the picture', () => {
  test('has its origin at the mouth, right and down along the axes of an upright head', () => {
    expect(toFace(frame, 64, 49)).toEqual({ u: 0, v: 0 });
    expect(toFace(frame, 71, 35).u).toBeCloseTo(7, 6);
    expect(toFace(frame, 71, 35).v).toBeCloseTo(-14, 6);
    expect(frame).toMatchObject({ scale: 1, eyeDistance: 14, mouthHalfWidth: 6 });
    expect(frame.upperLipHeight).toBeCloseTo(2.4, 5);
    expect(frame.lowerLipHeight).toBeCloseTo(2.4, 5);
    expect(frame.chinDistance).toBeCloseTo(11, 5);
  });

  test.each([0.3, -0.6])('a head tilted by %f rad tilts its axes and keeps its lengths', (angle) => {
    const tilted = pictureFrame(turnedLandmarks(landmarks, angle, [64, 64]), WIDTH);
    expect(tilted.right.x).toBeCloseTo(Math.cos(angle), 6);
    expect(tilted.down.x).toBeCloseTo(-Math.sin(angle), 6);
    for (const key of ['eyeDistance', 'mouthHalfWidth', 'upperLipHeight', 'lowerLipHeight', 'chinDistance'] as const)
      expect(tilted[key]).toBeCloseTo(frame[key], 6);
  });

  test('is as much larger as the film is than the picture', () => {
    const film = pictureFrame(landmarks, 4 * WIDTH);
    expect(film.eyeDistance).toBeCloseTo(56, 5);
    expect(film.point('leftHand')).toEqual({ x: 384, y: 508 });
  });

  test('has no point for a landmark that the picture does not show', () => {
    const { leftHand: _, ...points } = landmarks.points;
    expect(
      pictureFrame({ ...landmarks, points: points as typeof landmarks.points }, WIDTH).point('leftHand'),
    ).toBeUndefined();
  });
});

test('the box of a face holds brows and mouth, ends at the chin, and grows with the film', () => {
  const box = faceBox(landmarks.points, 1);
  const { leftBrow, rightBrow, chin, mouthLeft } = landmarks.points;
  for (const { x, y } of [leftBrow, rightBrow, mouthLeft]) {
    expect(x > box.x0 && x < box.x1).toBe(true);
    expect(y > box.y0 && y < box.y1).toBe(true);
  }
  expect(Math.abs(box.y1 - chin.y)).toBeLessThan(3);
  const double = faceBox(landmarks.points, 2);
  expect([double.x0, double.y1]).toEqual([2 * box.x0, 2 * box.y1]);
});
