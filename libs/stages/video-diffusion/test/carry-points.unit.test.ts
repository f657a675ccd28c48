import { expect, it } from 'vitest';
import { bodyLayers } from '@soliloquy/body-layers';
import type { Image } from '@soliloquy/ports';
import { armsView, crossedArm, headView, paintedPerson, type PaintedPerson } from '@soliloquy/testing';
import { pointCarrier, puppetRenderer } from '../src/puppet/index.ts';
import { motionOf } from './channels.ts';

const MOVES = {
  body: [
    { sway: 0.8, lean: 0.03, shift: 0.6, breath: 1 },
    { yaw: 0.12, pitch: 0.08, roll: 0.05, headX: 0.1, headY: 0.05, leftShrug: 0.6 },
  ],
  mouth: [{ jawOpen: 0.9 }, { jawOpen: 0.3, lipWidth: -0.8 }, { lipPart: 1, lipWidth: 0.7, yaw: 0.1, browRaise: 1 }],
  arm: [
    { leftHandUp: 0.2, leftHandOut: 0.1, leftHandTurn: 0.3, sway: 0.5 },
    { leftHandUp: 0.05, leftHandOut: -0.1, leftHandSpread: 0.8, leftShrug: 0.5 },
    { leftHandUp: 0.006 },
  ],
};

/** A green spot of a few pixels with a soft edge. */
function spotted({ image }: Pick<PaintedPerson, 'image'>, [x, y]: readonly [number, number]): Image {
  const data = image.data.slice();
  for (let i = 0; i < image.width * image.height; i++) {
    const far = Math.hypot((i % image.width) + 0.5 - x, Math.floor(i / image.width) + 0.5 - y);
    const cover = Math.max(0, Math.min(1, 3 - far));
    [0, 255, 0].forEach((color, c) => (data[4 * i + c] += cover * (color - data[4 * i + c])));
  }
  return { ...image, data };
}

/** Middle of what is green; where something in its colors is seen beside it, that is no spot. */
function spotOf(frame: Uint8ClampedArray, width: number): { x: number; y: number; amount: number } {
  let [x, y, amount] = [0, 0, 0];
  for (let i = 0; i < frame.length / 4; i++) {
    const green = Math.max(0, frame[4 * i + 1] - Math.max(frame[4 * i], frame[4 * i + 2]) - 40);
    [x, y] = [x + green * ((i % width) + 0.5), y + green * (Math.floor(i / width) + 0.5)];
    amount += green;
  }
  return { x: x / amount, y: y / amount, amount };
}

/** How far spots in films are from where their points are carried, at most; pixels. */
async function farthest(
  person: Omit<PaintedPerson, 'background'>,
  frames: Parameters<typeof motionOf>[0],
  points: readonly (readonly [number, number])[],
): Promise<number> {
  const { width, height } = person.image;
  const background: Image = { width, height, data: new Uint8ClampedArray(4 * width * height).fill(255) };
  const motion = motionOf([{}, ...frames]);
  let most = 0;
  for (const point of points) {
    const image = spotted(person, point);
    const scene = { image, background, landmarks: person.landmarks, width, height };
    const taken = bodyLayers(image, person.landmarks);
    const renderer = await puppetRenderer({ ...scene, taken }, motion, { device: 'cpu', threads: 1 });
    const carrier = pointCarrier({ ...scene, taken });
    const frame = new Uint8ClampedArray(4 * width * height);
    const place = new Float32Array(2);
    await renderer.frame(0, frame);
    const rest = spotOf(frame, width);
    for (let f = 0; f < motion.frames; f++) {
      await renderer.frame(f, frame);
      const { x, y, amount } = spotOf(frame, width);
      expect(amount).toBeGreaterThan(0.5 * rest.amount);
      // The spot's middle at rest, not the point: pixels of a picture do not hold it exactly.
      carrier.carry(motion, f, Float32Array.of(rest.x, rest.y), place);
      most = Math.max(most, Math.hypot(x - place[0], y - place[1]));
    }
  }
  return most;
}

it('points of trunk and head are carried to where the film shows them', async () => {
  const person = paintedPerson({ ...armsView(384), grain: 0 });
  const { noseTip, leftBrow, neck } = person.landmarks.points;
  const points = [
    [192, 230],
    [160, 190],
    [noseTip.x + 8, noseTip.y - 2],
    [leftBrow.x, leftBrow.y - 8],
    [neck!.x, neck!.y + 12],
  ] as const;
  expect(await farthest(person, MOVES.body, points)).toBeLessThan(0.12);
});

it('points of lips, jaw and cheeks are carried with the mouth, each on its own side of the seam', async () => {
  const person = paintedPerson({ ...headView(384), grain: 0 });
  const { upperLipTop, lowerLipBottom, chin, leftBrow } = person.landmarks.points;
  const points = [
    [upperLipTop.x, upperLipTop.y - 4],
    [lowerLipBottom.x, lowerLipBottom.y + 4],
    [lowerLipBottom.x + 14, lowerLipBottom.y + 3],
    [chin.x - 12, chin.y - 12],
    [leftBrow.x + 4, leftBrow.y - 12],
  ] as const;
  expect(await farthest(person, MOVES.mouth, points)).toBeLessThan(0.25);
});

it('points of an arm go with its bones, near rest with the picture', async () => {
  const crossed = crossedArm();
  const { leftElbow, leftWrist, leftHand } = crossed.landmarks.points;
  const points = [
    [(leftElbow!.x + leftWrist!.x) / 2, (leftElbow!.y + leftWrist!.y) / 2],
    [leftHand!.x, leftHand!.y],
  ] as const;
  expect(await farthest(crossed, MOVES.arm, points)).toBeLessThan(0.2);
});
