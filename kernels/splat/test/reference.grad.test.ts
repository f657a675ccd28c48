import { describe, expect, test } from 'vitest';
import { uniform } from '../bench/scenes.ts';
import { referenceBackward, referenceImageLoss, referenceRender } from '../src/index.ts';
import type { Background, Camera } from '../src/index.ts';
import type { SceneNumbers } from '../src/reference.ts';
import { agreement } from './agreement.ts';
import { CASES, cameraOf, noise } from './cases.ts';

const STEP = 1e-6;
const TOLERANCE = 1e-5;
const GROUPS = ['means', 'quats', 'logScales', 'opacityLogits', 'colors'] as const;
const NAMES = ['sides one above a tile', 'a background image', 'an off-centre, unequal focal length', 'a turned camera', 'far outside the view', 'opacities at both clamps', 'opaque layers that stop pixels'];

function scalar(scene: SceneNumbers, camera: Camera, background: Background, color: Float32Array, transmittance: Float32Array): number {
  const output = referenceRender(scene, camera, background);
  let sum = 0;
  for (let i = 0; i < color.length; i++) sum += color[i] * output.color[i];
  for (let i = 0; i < transmittance.length; i++) sum += transmittance[i] * output.transmittance[i];
  return sum;
}

function doubles(scene: SceneNumbers): { [K in keyof SceneNumbers]: Float64Array } {
  return {
    means: Float64Array.from(scene.means),
    quats: Float64Array.from(scene.quats),
    logScales: Float64Array.from(scene.logScales),
    opacityLogits: Float64Array.from(scene.opacityLogits),
    colors: Float64Array.from(scene.colors),
  };
}

describe.each(CASES.filter((scene) => NAMES.includes(scene.name)))('the f64 gradient is the slope by central differences: $name', ({ gaussians, camera, background }) => {
  const scene = doubles(gaussians);
  // a pixel on the edge of a jump has no slope
  const { margin } = referenceRender(scene, camera, background);
  const color = noise(camera, 21, 3, -1, 1).map((value, i) => (margin[Math.floor(i / 3)] > 1e-3 ? value : 0));
  const transmittance = noise(camera, 22, 1, -1, 1).map((value, i) => (margin[i] > 1e-3 ? value : 0));
  const analytic = referenceBackward(scene, camera, background, { color, transmittance });

  test.each(GROUPS)('%s', (group) => {
    const next = uniform(77);
    const values = scene[group];
    const scale = Math.max(1e-6, ...analytic[group].map(Math.abs));
    const slopes: number[] = [];
    const ours: number[] = [];
    const wrong: string[] = [];
    for (let k = 0; k < Math.min(9, values.length); k++) {
      const index = Math.floor(next() * values.length);
      const kept = values[index];
      values[index] = kept + STEP;
      const above = scalar(scene, camera, background, color, transmittance);
      values[index] = kept - STEP;
      const below = scalar(scene, camera, background, color, transmittance);
      values[index] = kept;
      const slope = (above - below) / (2 * STEP);
      slopes.push(slope);
      ours.push(analytic[group][index]);
      if (!(Math.abs(slope - analytic[group][index]) <= TOLERANCE * scale)) wrong.push(`${group}[${index}]: analytic ${analytic[group][index]}, differences ${slope}, tolerance ${TOLERANCE * scale}`);
    }
    expect(wrong, wrong.join('\n')).toEqual([]);
    expect(agreement(ours, slopes).cosine).toBeGreaterThan(0.99999);
  });
});

test('the f64 gradient of the image loss is its slope by central differences', () => {
  const camera = cameraOf(19, 14);
  const image = Float64Array.from(noise(camera, 31));
  const target = noise(camera, 32);
  const weights = noise(camera, 33, 1);
  const input = { width: 19, height: 14, image, target, weights, ssimWeight: 0.4 };
  const { gradient } = referenceImageLoss(input);
  const next = uniform(5);
  for (let k = 0; k < 40; k++) {
    const index = Math.floor(next() * image.length);
    const kept = image[index];
    image[index] = kept + STEP;
    const above = referenceImageLoss(input).value;
    image[index] = kept - STEP;
    const below = referenceImageLoss(input).value;
    image[index] = kept;
    const slope = (above - below) / (2 * STEP);
    expect(Math.abs(slope - gradient[index]), `image[${index}]: analytic ${gradient[index]}, differences ${slope}, tolerance 1e-8`).toBeLessThan(1e-8);
  }
});
