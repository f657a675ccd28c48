import { expect, test } from 'vitest';
import { TRACK_PARTS, type DenseHand, type Landmarks, type Tracks } from '@soliloquy/ports';
import { paintedPerson } from '@soliloquy/testing';
import { posesOf } from '../src/systems/echomimic-poses.ts';

const SIDE = 768;
const { landmarks, image } = paintedPerson();
/** The picture is 2:3: in a square it has a sixth of the side left and right. */
const fitted = { image, inside: { left: 128, top: 0, width: 512, height: 768 } };
const person: Landmarks = {
  ...landmarks,
  points: {
    ...landmarks.points,
    leftShoulder: { x: 84, y: 70, confidence: 1 },
    rightShoulder: { x: 44, y: 70, confidence: 1 },
  },
};

function hand(x: number, y: number): DenseHand {
  return { presence: 0.8, points: Array.from({ length: 21 }, (_, i) => [x + i, y, 0] as const) };
}

test('hands of the picture stay where they are in the frame', () => {
  const poses = posesOf(
    { frames: 3, from: 0, landmarks: { ...person, hands: { right: hand(30, 120) } }, fitted },
    SIDE,
  );
  expect(poses).toHaveLength(3);
  const [left, right] = poses[0].hands;
  expect(right[2][0]).toBeCloseTo((128 + (32 * 512) / 128) / SIDE, 6);
  expect(right[2][1]).toBeCloseTo(120 / 192, 6);
  expect(poses[0].hands_score[1]).toEqual(new Array(21).fill(0.8));
  // What is not seen is not drawn.
  expect(left.every(([x, y]) => x === 0 && y === 0)).toBe(true);
  expect(poses[0].draw_pose_params).toEqual([SIDE, SIDE, 0, SIDE, 0, SIDE]);
});

test('hands of a clip move over the picture, by the shoulders and in time', () => {
  const frames = 50;
  const names = ['leftShoulder', 'rightShoulder', ...Array.from({ length: 21 }, (_, i) => `joint${i}`)];
  const [body, right] = [TRACK_PARTS.indexOf('body'), TRACK_PARTS.indexOf('rightHand')];
  const points = names.length;
  // Twice as large as the picture, and elsewhere; the hand rises by four pixels a frame.
  const place = (frame: number, q: number): [number, number] =>
    q === 0 ? [280, 200] : q === 1 ? [200, 200] : [180, 400 - 4 * frame];
  const tracks: Tracks = {
    frames,
    fps: 12,
    points,
    width: 640,
    height: 480,
    positions: Float32Array.from({ length: frames * points * 2 }, (_, i) => {
      const q = (i >> 1) % points;
      return place(Math.floor(i / (2 * points)), q)[i % 2];
    }),
    visibility: new Float32Array(frames * points).fill(1),
    labels: { names, parts: Uint8Array.from(names, (_, q) => (q < 2 ? body : right)) },
  };
  const poses = posesOf({ frames: 24, from: 24, landmarks: person, fitted, tracks }, SIDE);
  // A second into the film, twelve frames into the clip: half a pixel of the picture is one of the clip.
  const [x, y] = poses[0].hands[1][0];
  expect(x).toBeCloseTo((128 + ((64 + (180 - 240) / 2) * 512) / 128) / SIDE, 5);
  expect(y).toBeCloseTo((70 + (400 - 4 * 12 - 200) / 2) / 192, 5);
  expect(poses[23].hands[1][0][1]).toBeLessThan(y);
});
