import { REGIONS, type Camera, type Gaussians, type RegionName } from '@soliloquy/ports';
import { seededRandom } from '@soliloquy/testing';

const camera: Camera = {
  width: 64,
  height: 96,
  fx: 240,
  fy: 240,
  cx: 32,
  cy: 48,
  worldToCamera: [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1],
};

/**
 * Where each region lies: x0, y0, x1, y1 in world units, and how many Gaussians it has. A body in broad strokes, lips
 * and lids where they touch.
 */
const PLACES: Record<RegionName, readonly [number, number, number, number, number]> = {
  head: [-0.14, -0.95, 0.14, -0.8, 120],
  upperFace: [-0.12, -0.8, 0.12, -0.66, 160],
  leftEyelid: [0.03, -0.77, 0.08, -0.75, 30],
  rightEyelid: [-0.08, -0.77, -0.03, -0.75, 30],
  upperLip: [-0.05, -0.66, 0.05, -0.64, 60],
  lowerLip: [-0.05, -0.64, 0.05, -0.62, 60],
  mouthInterior: [-0.04, -0.65, 0.04, -0.61, 30],
  jaw: [-0.11, -0.64, 0.11, -0.55, 120],
  neck: [-0.06, -0.55, 0.06, -0.45, 60],
  torso: [-0.22, -0.45, 0.22, 0.15, 300],
  leftArm: [0.22, -0.42, 0.32, 0.1, 90],
  rightArm: [-0.32, -0.42, -0.22, 0.1, 90],
  leftShoulder: [0.2, -0.45, 0.26, -0.38, 20],
  rightShoulder: [-0.26, -0.45, -0.2, -0.38, 20],
  leftUpperArm: [0.22, -0.4, 0.32, -0.15, 35],
  rightUpperArm: [-0.32, -0.4, -0.22, -0.15, 35],
  leftForearm: [0.22, -0.15, 0.32, 0.1, 35],
  rightForearm: [-0.32, -0.15, -0.22, 0.1, 35],
  leftHand: [0.22, 0.1, 0.32, 0.2, 60],
  rightHand: [-0.32, 0.1, -0.22, 0.2, 60],
  legs: [-0.2, 0.15, 0.2, 0.95, 200],
};

const WHOLE_ARMS = new Set<RegionName>(['leftArm', 'rightArm']);
const JOINTED_ARMS = new Set<RegionName>(
  (['left', 'right'] as const).flatMap((side) => [`${side}Shoulder`, `${side}UpperArm`, `${side}Forearm`] as const),
);

/** A body of 1470 Gaussians at a distance of about 5; its arms are whole, or `jointed`. */
export function bodyCloud(seed: number, { jointed = false } = {}): Gaussians {
  const random = seededRandom(seed);
  const places = REGIONS.flatMap(({ name }, region) =>
    (jointed ? WHOLE_ARMS : JOINTED_ARMS).has(name)
      ? []
      : Array.from({ length: PLACES[name][4] }, () => ({ region, place: PLACES[name] })),
  );
  const count = places.length;
  const signed = (): number => 2 * random() - 1;
  return {
    count,
    camera,
    means: Float32Array.from(
      places.flatMap(({ place: [x0, y0, x1, y1] }) => [
        x0 + (x1 - x0) * random(),
        y0 + (y1 - y0) * random(),
        5 + 0.1 * signed(),
      ]),
    ),
    quats: Float32Array.from({ length: count * 4 }, (_, i) => (i % 4 === 0 ? 1.5 : 0) + signed()),
    logScales: Float32Array.from({ length: count * 3 }, () => Math.log(0.01) + signed()),
    opacityLogits: Float32Array.from({ length: count }, () => 2 + signed()),
    colors: Float32Array.from({ length: count * 3 }, () => random()),
    regions: Uint8Array.from(places, ({ region }) => region),
  };
}
