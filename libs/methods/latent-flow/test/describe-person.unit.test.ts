import { beforeAll, describe, expect, it } from 'vitest';
import { armsView, paintedPerson } from '@soliloquy/testing';
import { canonicalPoints } from '../src/index.ts';
import {
  describePerson,
  openLatentFlow,
  packLatentFlow,
  personViews,
  pullToPixels,
  readLatents,
  type DescribedPerson,
  type LatentFlow,
} from '../src/motion/index.ts';
import { LATENT, random, smallContents } from './small-model.ts';

const [width, height] = [64, 96];
const { landmarks } = paintedPerson(armsView(256));
const size = { landmarks: { ...landmarks, width: 256, height: 384 }, width, height };
const points = canonicalPoints(size.landmarks, width, height);

/** A film whose brightness here and there says where the points are: linear, as far as bytes go. */
const mixing = random(width * height * 2);
async function paint(
  { tracks, appearance }: { tracks: Float32Array; appearance: Float32Array },
  rgba: Uint8ClampedArray,
): Promise<void> {
  for (let i = 0; i < width * height; i++) {
    const q = i % points.count;
    const shift =
      (tracks[2 * q] - points.positions[2 * q] + tracks[2 * q + 1] - points.positions[2 * q + 1]) / points.unit;
    rgba.fill(128 + 6 * shift + 6 * mixing[i] * appearance[i % 4], 4 * i, 4 * i + 3);
  }
}
const scene = { ...size, points, paint };

describe('a person described', () => {
  let model: LatentFlow;
  let person: DescribedPerson;
  const views = personViews(size);
  const step = async (): Promise<void> => undefined;
  beforeAll(async () => {
    model = await openLatentFlow(packLatentFlow({ ...smallContents, bank: random(150 * LATENT) }), 1);
    person = await describePerson(model, scene, { views, poses: 150, step });
  });

  it('is seen whole and by the face, 30 720 numbers', () => {
    expect(views.map(({ width: w, height: h }) => [w, h])).toEqual([
      [64, 96],
      [64, 64],
    ]);
    expect(person.rest).toHaveLength(3 * (64 * 96 + 64 * 64));
    expect(person.encoder).toHaveLength(LATENT * person.rest.length);
    expect(person.schedule).toBe('cosine-50');
  });

  it('has its latents read from films of poses that the encoder was not fitted on, and says how well', () => {
    for (const value of person.r2.subarray(0, LATENT)) expect(value).toBeGreaterThan(0.8);
    const still = readLatents(person, person.rest);
    expect(still).toEqual(person.offset);
    const less = random(person.rest.length).map((value, i) => person.rest[i] + value);
    expect(readLatents(person, less)).not.toEqual(person.offset);
  });

  it('is linear, and its gradients go back by the transpose', () => {
    const [a, b] = [random(person.rest.length), random(person.rest.length)];
    const less = (rows: Float32Array) => readLatents(person, rows).map((value, k) => value - person.offset[k]);
    const rest = (rows: Float32Array) => rows.map((value, i) => value + person.rest[i]);
    const [ea, eb, both] = [less(rest(a)), less(rest(b)), less(rest(a.map((value, i) => value + b[i])))];
    both.forEach((value, k) => expect(Math.abs(value - ea[k] - eb[k])).toBeLessThan(1e-4 * (1 + Math.abs(value))));
    const gradient = random(LATENT);
    const pulled = pullToPixels(person, gradient);
    const dot = (x: Float32Array, y: Float32Array) => x.reduce((sum, value, i) => sum + value * y[i], 0);
    expect(dot(pulled, a)).toBeCloseTo(dot(gradient, ea), 3);
  });

  it('is refused with more poses than the model keeps', async () => {
    for (const poses of [9, 151])
      await expect(describePerson(model, scene, { views, poses, step })).rejects.toMatchObject({
        code: 'latent-flow.argument',
      });
  });
});
