import { describe, expect, test } from 'vitest';
import { seededRandom } from '@soliloquy/random';
import {
  referenceBackward,
  referenceImageLoss,
  referenceRender,
  type Background,
  type Camera,
  type OutputGradient,
} from '../src/index.ts';
import type { ReferenceOptions } from '../src/reference/reference.ts';
import type { SceneNumbers } from '../src/reference/scene-numbers.ts';
import { agreement } from './agreement.ts';
import { cameraOf, CASES, noise } from './cases.ts';

const STEP = 1e-6;
const TOLERANCE = 1e-5;
const GROUPS = ['means', 'quats', 'logScales', 'opacityLogits', 'colors', 'shRest', 'background'] as const;
const NAMES = [
  'sides one above a tile',
  'a background image',
  'an off-centre, unequal focal length',
  'a turned camera',
  'far outside the view',
  'opacities at both clamps',
  'opaque layers that stop pixels',
  'spherical harmonics of degree 3',
  'opacity compensation',
  'opacity compensation and harmonics',
];

function scalar(
  scene: SceneNumbers,
  camera: Camera,
  background: Background,
  options: ReferenceOptions,
  { color, transmittance, depth }: Required<OutputGradient>,
): number {
  const output = referenceRender(scene, camera, background, options);
  let sum = 0;
  for (let i = 0; i < color.length; i++) sum += color[i] * output.color[i];
  for (let i = 0; i < transmittance.length; i++)
    sum += transmittance[i] * output.transmittance[i] + depth[i] * output.depth[i];
  return sum;
}

function doubles(scene: SceneNumbers): { [K in keyof SceneNumbers]-?: Float64Array } {
  return {
    shRest: Float64Array.from(scene.shRest ?? []),
    means: Float64Array.from(scene.means),
    quats: Float64Array.from(scene.quats),
    logScales: Float64Array.from(scene.logScales),
    opacityLogits: Float64Array.from(scene.opacityLogits),
    colors: Float64Array.from(scene.colors),
  };
}

describe.each(CASES.filter((scene) => NAMES.includes(scene.name)))(
  'the f64 gradient is the slope by central differences: $name',
  ({ gaussians, camera, background: given, compensateOpacity }) => {
    const { shRest, ...plain } = doubles(gaussians);
    const scene = gaussians.shRest === undefined ? plain : { ...plain, shRest };
    const background = Float32Array.from(given);
    const options = { compensateOpacity };
    // a pixel on the edge of a jump has no slope
    const { margin } = referenceRender(scene, camera, background, options);
    const color = noise(camera, 21, 3, -1, 1).map((value, i) => (margin[Math.floor(i / 3)] > 1e-3 ? value : 0));
    const transmittance = noise(camera, 22, 1, -1, 1).map((value, i) => (margin[i] > 1e-3 ? value : 0));
    const depth = noise(camera, 23, 1, -1, 1).map((value, i) => (margin[i] > 1e-3 ? value : 0));
    const gradient = { color, transmittance, depth };
    const analytic = referenceBackward(scene, camera, background, gradient, options);

    test.each(GROUPS.filter((group) => group !== 'shRest' || gaussians.shRest !== undefined))('%s', (group) => {
      const next = seededRandom(77);
      const values = group === 'background' ? background : group === 'shRest' ? shRest : scene[group];
      // f32 takes no smaller step
      const STEP = group === 'background' ? 2 ** -10 : 1e-6;
      const scale = Math.max(1e-6, ...analytic[group].map(Math.abs));
      const slopes: number[] = [];
      const ours: number[] = [];
      const wrong: string[] = [];
      for (let k = 0; k < Math.min(9, values.length); k++) {
        const index = Math.floor(next() * values.length);
        const kept = values[index];
        values[index] = kept + STEP;
        const above = scalar(scene, camera, background, options, gradient);
        values[index] = kept - STEP;
        const below = scalar(scene, camera, background, options, gradient);
        values[index] = kept;
        const slope = (above - below) / (2 * STEP);
        slopes.push(slope);
        ours.push(analytic[group][index]);
        if (!(Math.abs(slope - analytic[group][index]) <= TOLERANCE * scale))
          wrong.push(
            `${group}[${index}]: analytic ${analytic[group][index]}, differences ${slope}, tolerance ` +
              `${TOLERANCE * scale}`,
          );
      }
      expect(wrong, wrong.join('\n')).toEqual([]);
      expect(agreement(ours, slopes).cosine).toBeGreaterThan(0.99999);
    });
  },
);

test('the f64 gradient of the image loss is its slope by central differences', () => {
  const camera = cameraOf(19, 14);
  const image = Float64Array.from(noise(camera, 31));
  const target = noise(camera, 32);
  const weights = noise(camera, 33, 1);
  const input = { width: 19, height: 14, image, target, weights, ssimWeight: 0.4 };
  const { gradient } = referenceImageLoss(input);
  const next = seededRandom(5);
  for (let k = 0; k < 40; k++) {
    const index = Math.floor(next() * image.length);
    const kept = image[index];
    image[index] = kept + STEP;
    const above = referenceImageLoss(input).value;
    image[index] = kept - STEP;
    const below = referenceImageLoss(input).value;
    image[index] = kept;
    const slope = (above - below) / (2 * STEP);
    expect(
      Math.abs(slope - gradient[index]),
      `image[${index}]: analytic ${gradient[index]}, differences ${slope}, tolerance 1e-8`,
    ).toBeLessThan(1e-8);
  }
});
