import type { Camera } from '../scene.ts';
import { cameraPosition, harmonics, harmonicSlopes } from '../spherical-harmonics.ts';
import type { SceneNumbers } from './scene-numbers.ts';

function viewOf(gaussians: SceneNumbers, camera: Camera, index: number): { direction: number[]; distance: number } {
  const from = cameraPosition(camera.worldToCamera);
  const away = [0, 1, 2].map((k) => gaussians.means[3 * index + k] - from[k]);
  const distance = Math.hypot(...away);
  return { direction: away.map((value) => value / distance), distance };
}

/** Coefficients of one channel beyond degree 0. */
export function restCount(gaussians: SceneNumbers): number {
  const count = gaussians.opacityLogits.length;
  return gaussians.shRest === undefined || count === 0 ? 0 : gaussians.shRest.length / count / 3;
}

/**
 * The colour of Gaussian `index` from the camera before it is clamped at 0, which it is only where there are harmonics.
 */
function unclamped(gaussians: SceneNumbers, camera: Camera, index: number): number[] {
  const rest = restCount(gaussians);
  const color = Array.from(gaussians.colors.subarray(3 * index, 3 * index + 3));
  if (rest === 0 || gaussians.shRest === undefined) return color;
  const basis = harmonics(...(viewOf(gaussians, camera, index).direction as [number, number, number]));
  for (let k = 0; k < rest; k++)
    for (let c = 0; c < 3; c++) color[c] += basis[k] * gaussians.shRest[3 * (index * rest + k) + c];
  return color;
}

/** The colour of Gaussian `index` from the camera: max(0, colors + Σ Yₖ shRestₖ). */
export function seenColor(gaussians: SceneNumbers, camera: Camera, index: number): number[] {
  const color = unclamped(gaussians, camera, index);
  return restCount(gaussians) === 0 ? color : color.map((value) => Math.max(0, value));
}

/** Carries dL/d(colour seen) to `colors`, `shRest` and, through the direction, to `means`, and adds it there. */
export function seenColorGradient(
  gaussians: SceneNumbers,
  camera: Camera,
  index: number,
  gradient: readonly number[],
  into: { readonly colors: Float64Array; readonly shRest: Float64Array; readonly means: Float64Array },
): void {
  const rest = restCount(gaussians);
  const { shRest } = gaussians;
  const color = unclamped(gaussians, camera, index);
  const g = gradient.map((value, c) => (rest > 0 && color[c] <= 0 ? 0 : value));
  for (let c = 0; c < 3; c++) into.colors[3 * index + c] += g[c];
  if (rest === 0 || shRest === undefined) return;
  const { direction, distance } = viewOf(gaussians, camera, index);
  const [x, y, z] = direction;
  const basis = harmonics(x, y, z);
  const slopes = harmonicSlopes(x, y, z);
  const byDirection = [0, 0, 0];
  for (let k = 0; k < rest; k++) {
    const at = 3 * (index * rest + k);
    let toward = 0;
    for (let c = 0; c < 3; c++) {
      into.shRest[at + c] += basis[k] * g[c];
      toward += shRest[at + c] * g[c];
    }
    for (let j = 0; j < 3; j++) byDirection[j] += slopes[k][j] * toward;
  }
  const along = byDirection[0] * x + byDirection[1] * y + byDirection[2] * z;
  for (let j = 0; j < 3; j++) into.means[3 * index + j] += (byDirection[j] - along * direction[j]) / distance;
}
