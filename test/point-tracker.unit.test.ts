import { expect, it } from 'vitest';
import { createPointTracker } from '@soliloquy/image-kernels';
import { canonicalPoints, personPlan, POINT_PARTS, type PointPart } from '@soliloquy/latent-flow';
import { SENTENCES } from '@soliloquy/text-to-speech';
import { motionFor, paintedSubject, puppetFilm, said, stillOf } from './fixture/puppet-films.ts';

const FRAMES = 16;
/** Pixels at 512x768, root mean square; `test/point-tracker.bench.ts` has eight figures. */
const MOST: Readonly<Record<PointPart, number>> = {
  torso: 0.2,
  leftArm: 0.3,
  rightArm: 0.3,
  leftHand: 0.3,
  rightHand: 0.35,
  head: 0.35,
  upperLip: 0.35,
  lowerLip: 0.45,
  jaw: 0.4,
};

it.each([
  ['dark skin and a beard', { gender: 'man', facialHair: 'beard', skinTone: 'dark' }, 0],
  ['pale smooth skin', { gender: 'woman', age: 'young', skinTone: 'very light' }, 1],
] as const)(
  'points of a gesturing figure are where the puppet takes them: %s',
  async (_, look, s) => {
    const subject = await paintedSubject(look, 2000 + s, { width: 512, height: 768 });
    const { landmarks, taken, width, height } = subject;
    const audio = await said(SENTENCES.conversation[11 * s + 5], s === 0 ? 'slt' : 'rms');
    const motion = await motionFor(subject, audio, { seed: 31 + s, frames: 2 * FRAMES });
    const { renderer, carrier } = await puppetFilm(subject, motion);
    const points = canonicalPoints(landmarks, width, height);
    const plan = personPlan(landmarks, taken, points);
    const tracker = createPointTracker({ reference: await stillOf(subject), width, height, ...plan });
    const [rgba, truth] = [new Uint8ClampedArray(4 * width * height), new Float32Array(2 * points.count)];
    const errors = POINT_PARTS.map((): number[] => []);
    let farthestWay = 0;
    // Every second frame: hands go twice as fast as they do.
    for (let f = 0; f < 2 * FRAMES; f += 2) {
      await renderer.frame(f, rgba);
      carrier.carry(motion, f, points.positions, truth);
      const { positions, confidence } = tracker.next(rgba);
      plan.order.forEach((q, i) => {
        if (plan.shown[i] === 0) return;
        const error = Math.hypot(positions[2 * i] - truth[2 * q], positions[2 * i + 1] - truth[2 * q + 1]);
        errors[points.parts[q]].push(error);
        if (confidence[i] > 0.5) expect(error, `point ${q} in frame ${f}`).toBeLessThan(3);
        const way = [truth[2 * q] - points.positions[2 * q], truth[2 * q + 1] - points.positions[2 * q + 1]];
        farthestWay = Math.max(farthestWay, Math.hypot(...way));
      });
    }
    expect(farthestWay).toBeGreaterThan(8);
    POINT_PARTS.forEach((part, p) => {
      const rms = Math.sqrt(errors[p].reduce((sum, error) => sum + error ** 2, 0) / errors[p].length);
      expect(rms, part).toBeLessThan(MOST[part]);
    });
  },
  120_000,
);
