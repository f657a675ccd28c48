import { Matrix, solve } from 'ml-matrix';
import { bodyScale, shoulderShare, SIDES, type BodyLayers, type Side } from '@soliloquy/body-layers';
import { filmFace, headShape, toFace, type FilmFace, type HeadShape, type Point } from '@soliloquy/face';
import { applyAffine } from '@soliloquy/image-kernels';
import type { Landmarks } from '@soliloquy/ports';
import { smoothstep } from '@soliloquy/signal';
import { POINT_PARTS, type CanonicalPoints } from './canonical-points.ts';
import { limbFlow, type BoneMotions } from './limb-flow.ts';
import { isShown } from './person-plan.ts';
import { carryNodes, pointWeights, type PointWeights } from './point-flow.ts';

/** How far canonical points move what is no limb that moves by itself: head, torso, legs. */
export interface TrunkFlow {
  /** canonical points that carry it */
  readonly members: readonly number[];
  /** What of the motion at places is whose. */
  placed(places: Float32Array): TrunkPlaces;
  /** @param tracks f32 [Q, 2] film pixels */
  pose(tracks: Float32Array): TrunkPose;
  /** @param shifts f32 [places, 2] written: film pixels */
  carry(places: TrunkPlaces, pose: TrunkPose, shifts: Float32Array): void;
}

/** Places that a trunk carries. */
export interface TrunkPlaces {
  readonly count: number;
  /** f32 [count, 2] film pixels */
  readonly places: Float32Array;
  /** f32 [count, 7] what `basisAt` gives */
  readonly basis: Float32Array;
  readonly weights: PointWeights;
  /** f32 [count] of each arm that moves by itself: how much the upper arm takes along */
  readonly pulls: Readonly<Partial<Record<Side, Float32Array>>>;
}

/** A frame's motion: of head and torso as wholes, and what points do beyond it. */
export interface TrunkPose {
  /** shift x and y, growth, turn, yaw and pitch of the head */
  readonly head: Float64Array;
  /** of x, then of y: shift, along x, along y */
  readonly torso: Float64Array;
  /** f32 [n, 2] of the members, film pixels */
  readonly residual: Float32Array;
  readonly bones: Readonly<Partial<Record<Side, BoneMotions>>>;
}

/** What is moved. */
export interface TrunkScene {
  readonly landmarks: Landmarks;
  readonly points: CanonicalPoints;
  readonly taken: BodyLayers;
}

/** Points reach fully so far, and count beyond what the whole does until here; units of the face. */
const REACH = { radius: 0.15, ridge: 1, far: 2.2 } as const;
/** A motion as a whole is not bent to fit the noise of points. */
const STIFFNESS = { head: 0.02, torso: 0.02 } as const;
const BASIS = 7;

interface Whole {
  readonly face: FilmFace;
  readonly head: HeadShape;
  /** the torso's middle, rows between which it moves as one, and one width of the shoulders */
  readonly middle: Point;
  readonly top: number;
  readonly bottom: number;
  readonly width: number;
  /** below this nothing moves: feet stand */
  readonly ankles: number | undefined;
}

/**
 * First the head as a solid (an ellipsoid that is shifted, turned and turned in depth) and the torso by an affine
 * motion, each by least squares on its own points, blended over the neck and ending at the ankles; then what each point
 * does beyond that, by moving least squares, until some way off the points. So hair and hips, where no points are, go
 * on as a body does. All of it is linear in the points' shifts. An upper arm pulls the cloth around its shoulder; an
 * arm that is no layer goes with its points.
 */
export function trunkFlow({ landmarks, points, taken }: TrunkScene): TrunkFlow {
  const { positions } = points;
  const whole = wholeOf(landmarks, points, taken);
  const members = membersOf(points, taken);
  const rest = Float32Array.from(members.flatMap((q) => [positions[2 * q], positions[2 * q + 1]]));
  const of = (part: (typeof POINT_PARTS)[number]): number[] =>
    members.flatMap((q, i) => (POINT_PARTS[points.parts[q]] === part ? [i] : []));
  const own = basesOf(whole, rest);
  const [headFit, torsoFit] = [headFitOf(own, whole.face, of('head')), torsoFitOf(own, of('torso'))];
  const shifts = new Float32Array(rest.length);
  const bones = limbFlow(points, taken);
  const arms = Object.values(taken.arms);
  const shoulderPlaces = Float32Array.from(arms.flatMap(({ shoulder: { x, y } }) => [x, y]));
  const shoulderBasis = basesOf(whole, shoulderPlaces);
  const shoulderWeights = weightsOf(shoulderPlaces, rest, points.unit);
  return {
    members,
    placed: (places) => ({
      count: places.length / 2,
      places,
      basis: basesOf(whole, places),
      weights: weightsOf(places, rest, points.unit),
      pulls: pullsOf(taken, places),
    }),
    pose(tracks) {
      members.forEach((q, i) => {
        for (const axis of [0, 1]) shifts[2 * i + axis] = tracks[2 * q + axis] - positions[2 * q + axis];
      });
      const residual = new Float32Array(rest.length);
      const pose = { head: headFit(shifts), torso: torsoFit(shifts), residual };
      addWhole(own, whole.face, { pose, shifts: residual });
      residual.forEach((value, i) => (residual[i] = shifts[i] - value));
      const shouldersNow = shoulderPlaces.slice();
      carryNodes(shoulderWeights, residual, shouldersNow);
      addWhole(shoulderBasis, whole.face, { pose, shifts: shouldersNow });
      const shoulders = Object.fromEntries(
        arms.map(({ side, shoulder }, i) => [
          side,
          { x: shoulder.x + shouldersNow[2 * i], y: shoulder.y + shouldersNow[2 * i + 1] },
        ]),
      );
      return { ...pose, bones: bones(tracks, shoulders) };
    },
    carry(places, pose, into) {
      carryNodes(places.weights, pose.residual, into);
      addWhole(places.basis, whole.face, { pose, shifts: into });
      addPulls(places, pose, into);
    },
  };
}

function pullsOf({ arms, shoulderWidth }: BodyLayers, places: Float32Array): TrunkPlaces['pulls'] {
  return Object.fromEntries(
    Object.values(arms).map((arm) => {
      const shareAt = shoulderShare(arm, shoulderWidth);
      const shares = Float32Array.from({ length: places.length / 2 }, (_, i) =>
        shareAt(places[2 * i], places[2 * i + 1]),
      );
      return [arm.side, shares];
    }),
  );
}

/** Takes places along with the upper arms. */
function addPulls({ places, pulls }: TrunkPlaces, { bones }: TrunkPose, shifts: Float32Array): void {
  for (const side of SIDES) {
    const [shares, upperArm] = [pulls[side], bones[side]?.upperArm];
    if (!shares || !upperArm) continue;
    for (let i = 0; i < shares.length; i++) {
      if (shares[i] === 0) continue;
      const [x, y] = applyAffine(upperArm, places[2 * i], places[2 * i + 1]);
      shifts[2 * i] += shares[i] * (x - places[2 * i] - shifts[2 * i]);
      shifts[2 * i + 1] += shares[i] * (y - places[2 * i + 1] - shifts[2 * i + 1]);
    }
  }
}

/** Points of head, upper lip and torso that are seen, and of arms that are no layers. */
function membersOf({ parts, visibility, positions }: CanonicalPoints, { layers }: TrunkScene['taken']): number[] {
  return [...parts.keys()].filter((q) => {
    if (visibility[q] === 0) return false;
    const part = POINT_PARTS[parts[q]];
    // What a hand is before cannot be followed.
    if (part === 'torso' && !isShown(layers[0], positions[2 * q], positions[2 * q + 1])) return false;
    if (part === 'torso' || part === 'head' || part === 'upperLip') return true;
    const side = part.startsWith('left') ? 'left' : part.startsWith('right') ? 'right' : undefined;
    if (!side) return false;
    return !layers.some((layer) => layer.side === side);
  });
}

function wholeOf(landmarks: Landmarks, points: CanonicalPoints, { width, height }: TrunkScene['taken']): Whole {
  const face = filmFace(landmarks, width, height);
  const { middle, shoulderWidth } = bodyScale(landmarks, width, height);
  const ys = [...points.parts.keys()]
    .filter((q) => POINT_PARTS[points.parts[q]] === 'torso')
    .map((q) => points.positions[2 * q + 1]);
  const ankles = [face.film('leftAnkle'), face.film('rightAnkle')].filter((ankle) => ankle !== undefined);
  const [top, bottom] = [Math.min(...ys), Math.max(...ys)];
  const feet = Math.max(...ankles.map(({ y }) => y));
  return {
    ...{ face, head: headShape(face), middle, top, bottom, width: shoulderWidth },
    ankles: ankles.length > 0 && feet > bottom + face.unit && feet < height ? feet : undefined,
  };
}

/** f32 [places, 7] the head's share, place from the head's middle x, y, depth; the torso's share, place in it x, y. */
function basesOf({ face, head, middle, top, bottom, width, ankles }: Whole, places: Float32Array): Float32Array {
  const basis = new Float32Array((BASIS * places.length) / 2);
  for (let i = 0; 2 * i < places.length; i++) {
    const [x, y] = [places[2 * i], places[2 * i + 1]];
    const { u, v } = toFace(face, x, y);
    const share = head.weightAt(u, v);
    const legs = ankles === undefined ? 1 : 1 - smoothstep(bottom, ankles, y);
    const row = Math.min(bottom, Math.max(top - 0.5 * face.unit, y));
    basis.set(
      [
        ...[share, (x - face.origin.x) / face.unit, (y - face.origin.y) / face.unit + 1, head.depthAt(u, v)],
        ...[(1 - share) * legs, (x - middle.x) / width, (row - middle.y) / width],
      ],
      BASIS * i,
    );
  }
  return basis;
}

/** Adds what head and torso do as wholes to shifts. */
function addWhole(
  basis: Float32Array,
  { right, down }: FilmFace,
  {
    pose: { head, torso },
    shifts,
  }: { readonly pose: Pick<TrunkPose, 'head' | 'torso'>; readonly shifts: Float32Array },
): void {
  const [tx, ty, growth, turn, yaw, pitch] = head;
  const [depthX, depthY] = [yaw * right.x + pitch * down.x, yaw * right.y + pitch * down.y];
  for (let i = 0, b = 0; i < shifts.length; i += 2, b += BASIS) {
    const [share, rx, ry, depth] = [basis[b], basis[b + 1], basis[b + 2], basis[b + 3]];
    const [rest, x, y] = [basis[b + 4], basis[b + 5], basis[b + 6]];
    shifts[i] +=
      share * (tx + growth * rx - turn * ry + depthX * depth) + rest * (torso[0] + torso[1] * x + torso[2] * y);
    shifts[i + 1] +=
      share * (ty + growth * ry + turn * rx + depthY * depth) + rest * (torso[3] + torso[4] * x + torso[5] * y);
  }
}

type Fit = (shifts: Float32Array) => Float64Array;

function headFitOf(basis: Float32Array, { right, down }: FilmFace, members: readonly number[]): Fit {
  const rows = members.flatMap((i) => {
    const [rx, ry, depth] = [basis[BASIS * i + 1], basis[BASIS * i + 2], basis[BASIS * i + 3]];
    return [
      [1, 0, rx, -ry, depth * right.x, depth * down.x],
      [0, 1, ry, rx, depth * right.y, depth * down.y],
    ];
  });
  return leastSquares(rows, { stiffness: STIFFNESS.head, free: 2 }, (shifts) =>
    members.flatMap((i) => [shifts[2 * i], shifts[2 * i + 1]]),
  );
}

function torsoFitOf(basis: Float32Array, members: readonly number[]): Fit {
  const rows = members.map((i) => [1, basis[BASIS * i + 5], basis[BASIS * i + 6]]);
  const [fitX, fitY] = [0, 1].map((axis) =>
    leastSquares(rows, { stiffness: STIFFNESS.torso, free: 1 }, (shifts) => members.map((i) => shifts[2 * i + axis])),
  );
  return (shifts) => Float64Array.from([...fitX(shifts), ...fitY(shifts)]);
}

/** θ = (XᵀX + λ m 1)⁻¹ Xᵀ d, the first `free` of θ without λ; what nothing is known of stays 0. */
function leastSquares(
  rows: readonly (readonly number[])[],
  { stiffness, free }: { readonly stiffness: number; readonly free: number },
  of: (shifts: Float32Array) => number[],
): Fit {
  const width = rows[0]?.length ?? 0;
  if (rows.length === 0) return () => new Float64Array(6);
  const x = new Matrix(rows.map((row) => [...row]));
  const gram = x
    .transpose()
    .mmul(x)
    .add(Matrix.eye(width).mul(1e-9 * rows.length));
  for (let k = free; k < width; k++) gram.set(k, k, gram.get(k, k) + stiffness * rows.length);
  const fit = solve(gram, x.transpose());
  return (shifts) => {
    const values = of(shifts);
    return Float64Array.from({ length: width }, (_, k) =>
      values.reduce((sum, value, i) => sum + fit.get(k, i) * value, 0),
    );
  };
}

/** Moving least squares of what is left, ending some way off all points. */
function weightsOf(places: Float32Array, rest: Float32Array, unit: number): PointWeights {
  const radius = REACH.radius * unit;
  const weights = pointWeights(places, rest, { radius, ridge: REACH.ridge });
  const background = 1 / (REACH.far * unit) ** 4;
  const n = weights.points;
  for (let i = 0; 2 * i < places.length; i++) {
    let total = 0;
    for (let j = 0; j < n; j++)
      total += 1 / ((places[2 * i] - rest[2 * j]) ** 2 + (places[2 * i + 1] - rest[2 * j + 1]) ** 2 + radius ** 2) ** 2;
    const share = total / (total + background);
    for (let j = 0; j < n; j++) weights.data[i * n + j] *= share;
  }
  return weights;
}
