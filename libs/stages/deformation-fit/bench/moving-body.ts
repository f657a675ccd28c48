import {
  allocateDeformed,
  carryGaussians,
  completeMotion,
  createParticleRig,
  particleNeighbours,
  type ParticlePose,
} from '@soliloquy/gaussian-cloud';
import { rgbOf, videoFromFrames } from '@soliloquy/media';
import {
  REGIONS,
  scaleCamera,
  type Camera,
  type Gaussians,
  type Image,
  type RegionName,
  type Video,
} from '@soliloquy/ports';
import { createRasterizer } from '@soliloquy/splat';

/** x0, y0, x1, y1 in world units at a distance of 5, where the picture is 2 high and 4/3 wide. */
const PLACES = {
  head: [-0.2, -0.9, 0.2, -0.55],
  upperLip: [-0.1, -0.55, 0.1, -0.5],
  lowerLip: [-0.1, -0.5, 0.1, -0.45],
  jaw: [-0.2, -0.45, 0.2, -0.36],
  neck: [-0.1, -0.36, 0.1, -0.25],
  torso: [-0.3, -0.25, 0.3, 0.35],
  leftArm: [0.3, -0.25, 0.45, 0.2],
  rightArm: [-0.45, -0.25, -0.3, 0.2],
  leftHand: [0.3, 0.2, 0.45, 0.32],
  rightHand: [-0.45, 0.2, -0.3, 0.32],
  legs: [-0.28, 0.35, 0.28, 0.95],
} as const satisfies Partial<Record<RegionName, readonly [number, number, number, number]>>;

/** A body of about `count` Gaussians on a grid, with stripes, blotches and grain whose slopes tell where it went. */
export function body(count: number, height: number): Gaussians {
  const width = (height * 2) / 3;
  const area = Object.values(PLACES).reduce((sum, [x0, y0, x1, y1]) => sum + (x1 - x0) * (y1 - y0), 0);
  const step = Math.sqrt(area / count);
  const points: [number, number, number][] = [];
  for (const [name, [x0, y0, x1, y1]] of Object.entries(PLACES)) {
    const region = REGIONS.findIndex((each) => each.name === name);
    for (let y = y0 + step / 2; y < y1; y += step)
      for (let x = x0 + step / 2; x < x1; x += step) points.push([x, y, region]);
  }
  const camera: Camera = {
    width,
    height,
    fx: 2.5 * height,
    fy: 2.5 * height,
    cx: width / 2,
    cy: height / 2,
    worldToCamera: [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1],
  };
  const wave = (x: number, y: number, c: number): number =>
    0.5 +
    0.22 * Math.sin(21 * x + 9 * y + 2 * c) +
    0.18 * Math.sin(13 * y - 17 * x + 1.3 * c) +
    0.08 * Math.sin(311 * x + 197 * y + 5 * c);
  return {
    count: points.length,
    camera,
    means: Float32Array.from(points.flatMap(([x, y]) => [x, y, 5])),
    quats: Float32Array.from(points.flatMap(() => [1, 0, 0, 0])),
    logScales: new Float32Array(points.length * 3).fill(Math.log(0.6 * step)),
    opacityLogits: new Float32Array(points.length).fill(3),
    colors: Float32Array.from(points.flatMap(([x, y]) => [0, 1, 2].map((c) => wave(x, y, c)))),
    regions: Uint8Array.from(points, ([, , region]) => region),
  };
}

/** A room with a slope in it. */
export function room(width: number, height: number): Image {
  return {
    width,
    height,
    data: Uint8ClampedArray.from({ length: width * height * 4 }, (_, i) =>
      i % 4 === 3 ? 255 : 150 + (50 * Math.floor(i / 4 / width)) / height,
    ),
  };
}

/**
 * Shift in pixels of the film of what is at (x, y) world, at time t of 0 … 1: the body sways, the head nods, the left
 * arm lifts, the lips part.
 */
export type Motion = (x: number, y: number, region: RegionName, t: number) => readonly [number, number];

export const gesture: Motion = (x, y, region, t) => {
  const s = Math.sin(2 * Math.PI * t);
  const sway = 1.5 * s * Math.max(0, 0.9 - y);
  const nod = y < -0.3 ? 1.5 * Math.sin(4 * Math.PI * t) * Math.min(1, (-0.3 - y) * 4) : 0;
  const lift = x > 0.28 && y < 0.33 && y > -0.26 ? -2.5 * s * (y + 0.26) : 0;
  const part = region === 'lowerLip' || region === 'jaw' ? Math.max(0, Math.sin(6 * Math.PI * t)) : 0;
  return [sway, nod + lift + part];
};

/** A clip of a body that particles move as `motion` says, and where its Gaussians really went. */
export interface MovingBody {
  readonly gaussians: Gaussians;
  readonly background: Image;
  readonly video: Video;
  /** f32 [F][N, 3] world */
  readonly means: readonly Float32Array[];
}

/** @param scale pixels of the film per unit of `motion` */
export async function movingBody(
  count: number,
  height: number,
  frames: number,
  motion: Motion,
  scale = height / 96,
): Promise<MovingBody> {
  const gaussians = body(count, height);
  const { camera } = gaussians;
  const { width } = camera;
  const rig = createParticleRig(gaussians, 120);
  const springs = particleNeighbours(rig);
  const pose: ParticlePose = {
    translations: new Float32Array(rig.particles * 3),
    rotations: new Float32Array(rig.particles * 4),
    logScaleOffsets: new Float32Array(rig.particles * 3),
  };
  const deformed = allocateDeformed(gaussians);
  const background = room(width, height);
  const behind = rgbOf(background);
  const pixel = (scale * 5) / camera.fx;
  const pictures: Uint8ClampedArray[] = [];
  const mattes: Uint8ClampedArray[] = [];
  const means: Float32Array[] = [];
  const rasterizer = await createRasterizer();
  for (let frame = 0; frame < frames; frame++) {
    for (let p = 0; p < rig.particles; p++) {
      const [dx, dy] = motion(
        rig.positions[p * 3],
        rig.positions[p * 3 + 1],
        REGIONS[rig.regions[p]].name,
        frame / frames,
      );
      pose.translations.set([dx * pixel, dy * pixel, 0], p * 3);
    }
    completeMotion(rig.positions, springs, pose.translations, pose.rotations, pose.logScaleOffsets);
    carryGaussians(gaussians, rig, pose, deformed);
    means.push(deformed.means.slice());
    const { color, transmittance } = rasterizer.render(deformed, scaleCamera(camera, width, height), behind);
    pictures.push(
      Uint8ClampedArray.from({ length: width * height * 4 }, (_, i) =>
        i % 4 === 3 ? 255 : 255 * color[Math.floor(i / 4) * 3 + (i % 4)],
      ),
    );
    mattes.push(Uint8ClampedArray.from(transmittance, (value) => 255 * (1 - value)));
  }
  rasterizer.dispose();
  const list = (all: Uint8ClampedArray[]) => ({
    async *read(from = 0, to = frames) {
      yield* all.slice(from, to);
    },
  });
  return {
    gaussians,
    background,
    means,
    video: videoFromFrames({ width, height, fps: 25, frames, matte: list(mattes) }, (from, to) =>
      pictures.slice(from, to),
    ),
  };
}
