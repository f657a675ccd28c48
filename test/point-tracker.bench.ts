/**
 * The point tracker on films of the puppet against where the puppet says that its points are, 512x768: root mean square
 * and largest error in pixels by part, what the points did, and how well confidence tells. With limbs off, and on.
 *
 *     node test/point-tracker.bench.ts [--figures 8] [--frames 75] [--limbs off,on]
 */
import { parseArgs } from 'node:util';
import { createPointTracker } from '@soliloquy/image-kernels';
import { canonicalPoints, personPlan, POINT_PARTS, type CanonicalPoints } from '@soliloquy/latent-flow';
import type { Look } from '@soliloquy/text-to-image/figure';
import { SENTENCES, TRAINING_VOICES } from '@soliloquy/text-to-speech';
import { motionFor, paintedSubject, puppetFilm, said, stillOf, withoutLimbs } from './fixture/puppet-films.ts';

const { values } = parseArgs({
  options: {
    figures: { type: 'string', default: '8' },
    first: { type: 'string', default: '0' },
    frames: { type: 'string', default: '75' },
    limbs: { type: 'string', default: 'off,on' },
  },
});
const [COUNT, FIRST, FRAMES] = [values.figures, values.first, values.frames].map(Number);
/** Beards, wide smiles, dark skin and smooth young skin among them; the rest by seed. */
const LOOKS: readonly Partial<Look>[] = [
  { gender: 'man', facialHair: 'beard', skinTone: 'dark' },
  { gender: 'woman', age: 'young', skinTone: 'very light' },
  { gender: 'man', facialHair: 'beard', skinTone: 'light' },
  { gender: 'woman', skinTone: 'dark' },
  {},
  {},
  { gender: 'man', facialHair: 'stubble' },
  { gender: 'woman', age: 'older' },
];
const LIMIT = 3;

for (const limbs of values.limbs.split(','))
  for (let s = FIRST; s < FIRST + COUNT; s++) await measure(s, limbs === 'on');

async function measure(s: number, limbs: boolean): Promise<void> {
  const subject = await paintedSubject(LOOKS[s % LOOKS.length], 2000 + s, { width: 512, height: 768 });
  const { landmarks, taken, width, height } = subject;
  const audio = await said(SENTENCES.conversation[(11 * s + 5) % 100], TRAINING_VOICES[s % TRAINING_VOICES.length]);
  const motion = await motionFor(subject, audio, { seed: 31 + s, frames: FRAMES, limbs });
  const film = await puppetFilm(limbs ? subject : await withoutLimbs(subject), motion);
  const points = canonicalPoints(landmarks, width, height);
  const plan = personPlan(landmarks, taken, points);
  const tracker = createPointTracker({ reference: await stillOf(subject), width, height, ...plan });
  const rgba = new Uint8ClampedArray(4 * width * height);
  const truth = new Float32Array(2 * points.count);
  const errors = POINT_PARTS.map(() => [] as number[]);
  const ways = POINT_PARTS.map(() => [] as number[]);
  const told: { error: number; confidence: number }[] = [];
  let spent = 0;
  for (let f = 0; f < FRAMES; f++) {
    await film.renderer.frame(f, rgba);
    film.carrier.carry(motion, f, points.positions, truth);
    const before = process.cpuUsage();
    const { positions, confidence } = tracker.next(rgba);
    spent += process.cpuUsage(before).user / 1000;
    plan.order.forEach((q, i) => {
      if (plan.shown[i] === 0) return;
      const error = Math.hypot(positions[2 * i] - truth[2 * q], positions[2 * i + 1] - truth[2 * q + 1]);
      errors[points.parts[q]].push(error);
      ways[points.parts[q]].push(wayOf(points, truth, q));
      told.push({ error, confidence: confidence[i] });
    });
  }
  const rms = (list: readonly number[]): number => Math.sqrt(list.reduce((sum, x) => sum + x * x, 0) / list.length);
  const rows = POINT_PARTS.map(
    (part, p) =>
      `${part} ${rms(errors[p]).toFixed(2)}/${Math.max(...errors[p]).toFixed(1)} of ${rms(ways[p]).toFixed(1)}`,
  );
  const sure = told.filter(({ confidence }) => confidence > 0.5);
  const wrong = sure.filter(({ error }) => error > LIMIT).length / told.length;
  const left = plan.shown.filter((shown) => shown === 0).length;
  console.log(
    `limbs ${limbs ? 'on' : 'off'} figure ${s}: ${rows.join(', ')}; left out ${left}; ` +
      `sure ${(sure.length / told.length).toFixed(2)}, ` +
      `of them rms ${rms(sure.map(({ error }) => error)).toFixed(2)}, wrong ${wrong.toFixed(4)}; ` +
      `${(spent / FRAMES).toFixed(0)} ms of the processor a frame`,
  );
}

function wayOf({ positions }: CanonicalPoints, truth: Float32Array, q: number): number {
  return Math.hypot(truth[2 * q] - positions[2 * q], truth[2 * q + 1] - positions[2 * q + 1]);
}
