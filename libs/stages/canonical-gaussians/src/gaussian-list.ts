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
  /** how the surface falls away to the right and down, depth over width; without it the Gaussian is a sphere */
  readonly slope?: readonly [right: number, down: number];
}

/** How thick a Gaussian on a surface is, of its width. */
const THICKNESS = 0.5;

/** World coordinates of a film pixel at depth z, for a camera at the origin that looks along +z. */
export function unproject(camera: Camera, x: number, y: number, z: number): [number, number, number] {
  return [((x - camera.cx) * z) / camera.fx, ((y - camera.cy) * z) / camera.fy, z];
}

/** Seeds become Gaussians: discs that lie in their surface, and are seen as round from the camera; or spheres. */
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
    const scale = Math.log((seed.sigma * seed.z) / camera.fx);
    out.logScales.fill(scale, n * 3, n * 3 + 3);
    if (seed.slope === undefined) out.quats[n * 4] = 1;
    else layOnSurface(out, n, seed.slope);
    out.opacityLogits[n] = Math.log(seed.opacity / (1 - seed.opacity));
    out.colors.set(seed.color, n * 3);
    out.regions[n] = seed.region;
  });
  return out;
}

/**
 * Axes of a disc that is seen as round: one across the slope, one along it, longer by what it falls away, and the
 * normal.
 */
function layOnSurface(
  { quats, logScales }: Pick<Gaussians, 'quats' | 'logScales'>,
  n: number,
  [right, down]: readonly [number, number],
): void {
  const steep = Math.hypot(right, down);
  const [gx, gy] = steep > 0 ? [right / steep, down / steep] : [1, 0];
  logScales[n * 3 + 1] += 0.5 * Math.log(1 + steep * steep);
  logScales[n * 3 + 2] += Math.log(THICKNESS);
  // The axes (gy, −gx, 0), (gx, gy, steep) / √(1 + steep²) and their cross product: a turn about z, then one about the
  // first of them.
  const [about, tilt] = [Math.atan2(-gx, gy) / 2, Math.atan(steep) / 2];
  const [cz, sz, cx, sx] = [Math.cos(about), Math.sin(about), Math.cos(tilt), Math.sin(tilt)];
  quats.set([cz * cx, cz * sx, sz * sx, sz * cx], n * 4);
}
