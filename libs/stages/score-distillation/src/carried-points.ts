import type { ParticleRig } from '@soliloquy/gaussian-cloud';
import { canonicalPoints, POINT_PARTS, type CanonicalPoints, type PointPart } from '@soliloquy/latent-flow';
import { REGIONS, scaleCamera, type Camera, type Gaussians, type Landmarks, type RegionName } from '@soliloquy/ports';

/** The regions whose Gaussians lie under the points of a part. */
const UNDER: Readonly<Record<PointPart, readonly RegionName[]>> = {
  torso: ['torso', 'leftShoulder', 'rightShoulder'],
  leftArm: ['leftArm', 'leftShoulder', 'leftUpperArm', 'leftForearm'],
  rightArm: ['rightArm', 'rightShoulder', 'rightUpperArm', 'rightForearm'],
  leftHand: ['leftHand'],
  rightHand: ['rightHand'],
  head: ['head', 'upperFace'],
  upperLip: ['upperLip', 'upperFace'],
  lowerLip: ['lowerLip', 'jaw'],
  jaw: ['jaw'],
};
/** Gaussians that say together how the surface under a point is carried. */
const NEAREST = 8;
/** A point that no Gaussian of its part is so near to is not on the avatar, units of the face. */
const FARTHEST = 0.4;

/** Points of a picture that go where the particles carry them. */
export interface CarriedPoints {
  /** in film pixels; those that no Gaussian carries are not visible */
  readonly points: CanonicalPoints;
  /** film pixels */
  readonly width: number;
  readonly height: number;
  /**
   * How points go for particles that go, to the first order: û = u + (f / z) Σ_k w_k t_k in the plane of the picture;
   * one camera says nothing of depth.
   *
   * @param translations f32 [F, P, 3] world
   * @returns            f32 [F, Q, 2] film pixels from rest
   */
  shifts(translations: Float32Array): Float32Array;
  /** The transpose of `shifts`: f32 [F, Q, 2] -> f32 [F, P, 3]. */
  pullBack(gradient: Float32Array): Float32Array;
}

interface Link {
  readonly particle: number;
  readonly weight: number;
}

/**
 * The canonical points of a picture on its avatar: each is carried as the nearest Gaussians of its part are.
 *
 * @param film pixels, of the aspect of the camera
 */
export function carriedPoints(
  gaussians: Gaussians,
  rig: ParticleRig,
  landmarks: Landmarks,
  film: { readonly width: number; readonly height: number },
): CarriedPoints {
  const { width, height } = film;
  const camera = scaleCamera(gaussians.camera, width, height);
  const placed = canonicalPoints(landmarks, width, height);
  const places = projected(gaussians, camera);
  const links = Array.from(placed.parts, (part, q) =>
    placed.visibility[q] > 0 ? linksOf(q, { part: POINT_PARTS[part], placed, places, gaussians, rig, camera }) : [],
  );
  const visibility = placed.visibility.map((seen, q) => (links[q].length > 0 ? seen : 0));
  const [P, Q] = [rig.particles, placed.count];
  const turn = camera.worldToCamera;
  /** Visits each pair of a shift's number and a translation's, with what the one is of the other. */
  const each = (visit: (shift: number, translation: number, share: number) => void): void =>
    links.forEach((list, q) => {
      for (const { particle, weight } of list)
        for (let row = 0; row < 2; row++)
          for (let axis = 0; axis < 3; axis++)
            if (turn[row * 4 + axis] !== 0)
              visit(
                2 * q + row,
                3 * particle + axis,
                weight * turn[row * 4 + axis] * (row === 0 ? 1 : camera.fy / camera.fx),
              );
    });
  const [rows, columns, shares]: [number[], number[], number[]] = [[], [], []];
  each((row, column, value) => {
    rows.push(row);
    columns.push(column);
    shares.push(value);
  });
  return {
    points: { ...placed, visibility },
    width,
    height,
    shifts(translations) {
      const frames = translations.length / (3 * P);
      const out = new Float32Array(frames * 2 * Q);
      for (let f = 0; f < frames; f++)
        for (let i = 0; i < rows.length; i++)
          out[f * 2 * Q + rows[i]] += shares[i] * translations[f * 3 * P + columns[i]];
      return out;
    },
    pullBack(gradient) {
      const frames = gradient.length / (2 * Q);
      const out = new Float32Array(frames * 3 * P);
      for (let f = 0; f < frames; f++)
        for (let i = 0; i < rows.length; i++) out[f * 3 * P + columns[i]] += shares[i] * gradient[f * 2 * Q + rows[i]];
      return out;
    },
  };
}

/** f64 [N, 3] of the means: film pixels, and depth in the world's unit. */
function projected({ means, count }: Gaussians, { worldToCamera: m, fx, fy, cx, cy }: Camera): Float64Array {
  const places = new Float64Array(3 * count);
  for (let n = 0; n < count; n++) {
    const at = (row: number): number =>
      m[row * 4] * means[3 * n] +
      m[row * 4 + 1] * means[3 * n + 1] +
      m[row * 4 + 2] * means[3 * n + 2] +
      m[row * 4 + 3];
    const z = at(2);
    places.set([(fx * at(0)) / z + cx, (fy * at(1)) / z + cy, z], 3 * n);
  }
  return places;
}

/** By which particles a point is carried, its weights times pixels per world unit; none where nothing is near it. */
function linksOf(
  q: number,
  on: {
    readonly part: PointPart;
    readonly placed: CanonicalPoints;
    readonly places: Float64Array;
    readonly gaussians: Gaussians;
    readonly rig: ParticleRig;
    readonly camera: Camera;
  },
): Link[] {
  const { placed, places, gaussians, rig, camera } = on;
  const under = new Set(UNDER[on.part].map((name) => REGIONS.findIndex((region) => region.name === name)));
  const [x, y] = [placed.positions[2 * q], placed.positions[2 * q + 1]];
  const near: { readonly n: number; readonly d: number }[] = [];
  for (let n = 0; n < gaussians.count; n++)
    if (under.has(gaussians.regions[n])) near.push({ n, d: Math.hypot(places[3 * n] - x, places[3 * n + 1] - y) });
  near.sort((a, b) => a.d - b.d || a.n - b.n);
  const chosen = near.slice(0, NEAREST);
  if (chosen.length === 0 || chosen[0].d > FARTHEST * placed.unit) return [];
  const reach = Math.max(1, chosen[chosen.length - 1].d);
  const sum = new Map<number, number>();
  let total = 0;
  for (const { n, d } of chosen) {
    const weight = Math.exp(-((d / reach) ** 2));
    total += weight;
    const scale = camera.fx / places[3 * n + 2];
    for (let k = n * rig.neighbours; k < (n + 1) * rig.neighbours; k++)
      if (rig.weights[k] !== 0)
        sum.set(rig.indices[k], (sum.get(rig.indices[k]) ?? 0) + weight * rig.weights[k] * scale);
  }
  return [...sum]
    .map(([particle, value]) => ({ particle, weight: value / total }))
    .sort((a, b) => a.particle - b.particle);
}
