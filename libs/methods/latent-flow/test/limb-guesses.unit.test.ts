import { expect, it } from 'vitest';
import { bodyLayers } from '@soliloquy/body-layers';
import { applyAffine } from '@soliloquy/image-kernels';
import { armsView, paintedPerson } from '@soliloquy/testing';
import { limbGuesses } from '../src/index.ts';

const person = paintedPerson(armsView(256));
const { arms } = bodyLayers(person.image, person.landmarks);
const names = ['torso', 'leftUpperArm', 'leftForearm', 'leftHand', 'rightHand'];
const { shoulder, elbow, wrist, palm } = arms.left!;
const turned = (point: { x: number; y: number }) => ({
  x: shoulder.x + 0.8 * (point.x - shoulder.x) - 0.6 * (point.y - shoulder.y) + 4,
  y: shoulder.y + 0.6 * (point.x - shoulder.x) + 0.8 * (point.y - shoulder.y) - 3,
});

it('takes both ends of each bone to their joints, and what is beside it along as an arm that turns does', () => {
  const joints = { shoulder: turned(shoulder), elbow: turned(elbow), wrist: turned(wrist), palm: turned(palm) };
  const [torso, ...limbs] = limbGuesses({ names }, arms, { left: joints });
  expect(torso).toBeUndefined();
  expect(limbs[3]).toBeUndefined();
  for (const guess of limbs.slice(0, 3))
    for (const point of [shoulder, wrist, palm, { x: elbow.x + 9, y: elbow.y - 5 }]) {
      const [x, y] = applyAffine(guess!, point.x, point.y);
      expect(x).toBeCloseTo(turned(point).x, 6);
      expect(y).toBeCloseTo(turned(point).y, 6);
    }
});

it('stretches along a bone alone, and knows nothing of one whose end is not seen or that is too long', () => {
  const far = { x: elbow.x + 1.3 * (wrist.x - elbow.x), y: elbow.y + 1.3 * (wrist.y - elbow.y) };
  const [, upper, forearm, hand] = limbGuesses({ names }, arms, { left: { elbow, wrist: far } });
  expect([upper, hand]).toEqual([undefined, undefined]);
  const length = Math.hypot(wrist.x - elbow.x, wrist.y - elbow.y);
  const aside = { x: wrist.x - (4 * (wrist.y - elbow.y)) / length, y: wrist.y + (4 * (wrist.x - elbow.x)) / length };
  const [x, y] = applyAffine(forearm!, aside.x, aside.y);
  expect(Math.hypot(x - far.x, y - far.y)).toBeCloseTo(4, 6);
  const beyond = { x: elbow.x + 2 * (wrist.x - elbow.x), y: elbow.y + 2 * (wrist.y - elbow.y) };
  expect(limbGuesses({ names }, arms, { left: { elbow, wrist: beyond } })[2]).toBeUndefined();
});
