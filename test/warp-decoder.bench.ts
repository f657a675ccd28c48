/**
 * Films of the puppet decoded again by the warp decoder, from where their points are in truth and from where the
 * tracker finds them: PSNR over all, around the face and around hands, mattes in common, and the numbers of appearance
 * as asked and as read again. Mean (least) over frames.
 *
 *     node test/warp-decoder.bench.ts [--figures 4] [--frames 60] [--step 4] [--width 512] [--points truth,tracked]
 */
import { parseArgs } from 'node:util';
import { filmFace } from '@soliloquy/face';
import { createPointTracker } from '@soliloquy/image-kernels';
import {
  APPEARANCE,
  appearanceReader,
  canonicalPoints,
  createWarpDecoder,
  personPlan,
  type CanonicalPoints,
} from '@soliloquy/latent-flow';
import type { Look } from '@soliloquy/text-to-image/figure';
import { SENTENCES, TRAINING_VOICES } from '@soliloquy/text-to-speech';
import { aroundFace, aroundPart, framePsnr, matteOverlap } from './fixture/decoded-films.ts';
import { motionFor, paintedSubject, puppetFilm, said, stillOf, type Subject } from './fixture/puppet-films.ts';

const { values } = parseArgs({
  options: {
    figures: { type: 'string', default: '4' },
    frames: { type: 'string', default: '60' },
    step: { type: 'string', default: '4' },
    width: { type: 'string', default: '512' },
    points: { type: 'string', default: 'truth,tracked' },
  },
});
const [FIGURES, FRAMES, STEP, WIDTH] = [values.figures, values.frames, values.step, values.width].map(Number);
const SIZE = { width: WIDTH, height: 1.5 * WIDTH };
const LOOKS: readonly Partial<Look>[] = [
  { gender: 'man', facialHair: 'beard', skinTone: 'dark' },
  { gender: 'woman', age: 'young', skinTone: 'very light' },
  {},
  { gender: 'woman', age: 'older' },
];

for (const points of values.points.split(',')) for (let s = 0; s < FIGURES; s++) await measure(s, points === 'tracked');

async function measure(s: number, tracked: boolean): Promise<void> {
  const subject = await paintedSubject(LOOKS[s % LOOKS.length], 2000 + s, SIZE);
  const audio = await said(SENTENCES.conversation[(11 * s + 5) % 100], TRAINING_VOICES[s % TRAINING_VOICES.length]);
  const motion = await motionFor(subject, audio, { seed: 31 + s, frames: FRAMES });
  const { renderer, carrier } = await puppetFilm(subject, motion);
  const points = canonicalPoints(subject.landmarks, SIZE.width, SIZE.height);
  const decoder = await createWarpDecoder({ ...subject, points }, { device: 'cpu', threads: 1 });
  const reader = await appearanceReader({ ...subject, points });
  const follow = tracked ? await followerOf(subject, points) : undefined;
  const [film, frame] = [0, 1].map(() => new Uint8ClampedArray(4 * SIZE.width * SIZE.height));
  const [filmMatte, matte] = [0, 1].map(() => new Uint8ClampedArray(SIZE.width * SIZE.height));
  const found: Record<string, number[]> = {};
  const note = (name: string, value: number): void => void (found[name] ??= []).push(value);
  let spent = 0;
  for (let f = 0; f < FRAMES; f++) {
    await renderer.frame(f, film);
    const truth = new Float32Array(points.positions.length);
    carrier.carry(motion, f, points.positions, truth);
    const tracks = follow?.(film) ?? truth;
    if (f % STEP > 0) continue;
    await renderer.matte(f, filmMatte);
    const appearance = reader.read(film, tracks);
    const before = process.cpuUsage();
    await decoder.frame({ tracks, appearance }, frame);
    spent += process.cpuUsage(before).user / 1000;
    await decoder.matte({ tracks, appearance }, matte);
    note('all', framePsnr([film, frame], SIZE));
    note('face', framePsnr([film, frame], SIZE, aroundFace(filmFace(subject.landmarks, SIZE.width, SIZE.height))));
    for (const side of ['leftHand', 'rightHand'] as const)
      note('hands', framePsnr([film, frame], SIZE, aroundPart(points, truth, side)));
    note('matte', matteOverlap(filmMatte, matte));
    const again = reader.read(frame, tracks);
    APPEARANCE.forEach((name, k) => note(`${name} off`, Math.abs(again[k] - appearance[k])));
  }
  const rows = Object.entries(found).map(([name, list]) => {
    const mean = list.reduce((a, b) => a + b, 0) / list.length;
    const digits = name === 'matte' ? 4 : name.endsWith('off') ? 2 : 1;
    const worst = name.endsWith('off') ? Math.max(...list) : Math.min(...list);
    return `${name} ${mean.toFixed(digits)} (${worst.toFixed(digits)})`;
  });
  const ms = (spent / Math.ceil(FRAMES / STEP)).toFixed(0);
  console.log(`${tracked ? 'tracked' : 'truth'} figure ${s}: ${rows.join(', ')}; ${ms} ms of the processor a frame`);
  await decoder.close();
}

/** Where a tracker finds the canonical points in one frame after the other. */
async function followerOf(
  subject: Subject,
  points: CanonicalPoints,
): Promise<(rgba: Uint8ClampedArray) => Float32Array> {
  const plan = personPlan(subject.landmarks, subject.taken, points);
  const tracker = createPointTracker({ reference: await stillOf(subject), ...SIZE, ...plan });
  return (rgba) => {
    const { positions } = tracker.next(rgba);
    const tracks = points.positions.slice();
    plan.order.forEach((q, i) => tracks.set(positions.subarray(2 * i, 2 * i + 2), 2 * q));
    return tracks;
  };
}
