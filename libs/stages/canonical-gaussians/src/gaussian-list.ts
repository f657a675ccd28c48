import type { Camera, Gaussians } from '@soliloquy/ports';

/** One Gaussian to be added, placed by where it is seen. */
export interface Seed {
  /** film pixels */
  readonly x: number;
  readonly y: number;
  /** world, along the camera's axis */
  readonly z: number;
  /** standard deviation, film pixels */
  readonly sigma: number;
  /** 0 … 1 */
  readonly opacity: number;
  /** sRGB 0 … 1 */
  readonly color: readonly [number, number, number];
  /** index into REGIONS */
  readonly region: number;
}

/** World coordinates of a film pixel at depth z, for a camera at the origin that looks along +z. */
export function unproject(camera: Camera, x: number, y: number, z: number): [number, number, number] {
  return [((x - camera.cx) * z) / camera.fx, ((y - camera.cy) * z) / camera.fy, z];
}

/** Seeds become isotropic Gaussians. */
export function gaussiansFromSeeds(seeds: readonly Seed[], camera: Camera): Gaussians {
  const count = seeds.length;
  const out = {
    count,
    camera,
    means: new Float32Array(count * 3),
    quats: new Float32Array(count * 4),
    logScales: new Float32Array(count * 3),
    opacityLogits: new Float32Array(count),
    colors: new Float32Array(count * 3),
    regions: new Uint8Array(count),
  };
  seeds.forEach((seed, n) => {
    out.means.set(unproject(camera, seed.x, seed.y, seed.z), n * 3);
    out.quats[n * 4] = 1;
    out.logScales.fill(Math.log((seed.sigma * seed.z) / camera.fx), n * 3, n * 3 + 3);
    out.opacityLogits[n] = Math.log(seed.opacity / (1 - seed.opacity));
    out.colors.set(seed.color, n * 3);
    out.regions[n] = seed.region;
  });
  return out;
}
