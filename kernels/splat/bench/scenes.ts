import { seededRandom } from '@soliloquy/random';
import type { Camera, GaussianArrays } from '../src/index.ts';
import { allocateGaussians } from '../src/scene.ts';

/**
 * What a person lifted from a picture looks like to the rasteriser: N Gaussians in two depth layers over an upright
 * ellipse that fills most of the image, each about as wide as the distance to its neighbour.
 */
export function person(
  count: number,
  width: number,
  height: number,
  seed: number,
): { gaussians: GaussianArrays; camera: Camera } {
  const next = seededRandom(seed);
  const focal = 1.2 * height;
  const camera: Camera = {
    width,
    height,
    fx: focal,
    fy: focal,
    cx: width / 2,
    cy: height / 2,
    worldToCamera: [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0],
  };
  const gaussians = allocateGaussians(count);
  const [semiX, semiY] = [0.4 * width, 0.48 * height];
  const spacing = Math.sqrt((Math.PI * semiX * semiY) / (count / 2));
  for (let g = 0; g < count; g++) {
    const radius = Math.sqrt(next());
    const angle = 2 * Math.PI * next();
    const z = 3 + (g % 2) * 0.2 + 0.05 * next();
    gaussians.means.set(
      [(radius * Math.cos(angle) * semiX * z) / focal, (radius * Math.sin(angle) * semiY * z) / focal, z],
      3 * g,
    );
    gaussians.quats.set([next() - 0.5, next() - 0.5, next() - 0.5, next() - 0.5], 4 * g);
    const sigma = Math.log((0.6 * spacing * z) / focal);
    gaussians.logScales.set(
      [sigma + 0.8 * (next() - 0.5), sigma + 0.8 * (next() - 0.5), sigma - 1 + 0.8 * (next() - 0.5)],
      3 * g,
    );
    gaussians.opacityLogits[g] = 4 * next();
    gaussians.colors.set([next(), next(), next()], 3 * g);
  }
  return { gaussians, camera };
}
