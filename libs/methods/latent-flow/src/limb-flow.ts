import { SIDES, type Arm, type BodyLayer, type BodyLayers, type Side } from '@soliloquy/body-layers';
import type { Point } from '@soliloquy/face';
import { applyAffine, type Affine } from '@soliloquy/image-kernels';
import { POINT_PARTS, type CanonicalPoints } from './canonical-points.ts';
import { boneMotion } from './limb-guesses.ts';
import { isShown } from './person-plan.ts';

/** Where the bones of an arm carry what is on them: rest to frame, film pixels. */
export interface BoneMotions {
  readonly upperArm: Affine;
  readonly forearm: Affine;
  readonly hand: Affine;
}

type LimbPart = `${Side}${'Arm' | 'Hand'}`;

/** A hand grows or shrinks by this factor at most: its fingers keep their length. */
const HAND_GROWTH = 1.15;
/** Points beside a bone tell its width as far as they are surer than this, film pixels. */
const UNSURE = 1.5;

/**
 * The bones of arms that are layers, by their points: upper arm and forearm by an affine motion that keeps their width
 * where points beside the bone do not tell it, the hand by a similarity that keeps its size. A bone of which a pair of
 * points is hidden goes from end to end: a shoulder is where the trunk has it, elbow and wrist where the next bone has
 * them.
 *
 * @returns of a frame's f32 [Q, 2] tracks and shoulders, film pixels; an arm of which nothing is seen is left out
 */
export function limbFlow(
  { parts, positions, visibility }: CanonicalPoints,
  { layers, arms }: Pick<BodyLayers, 'layers' | 'arms'>,
): (tracks: Float32Array, shoulders: Readonly<Partial<Record<Side, Point>>>) => Partial<Record<Side, BoneMotions>> {
  const first = (part: LimbPart): number => parts.indexOf(POINT_PARTS.indexOf(part));
  const sides = SIDES.filter((side) => arms[side] && layers.some((layer) => layer.side === side));
  const bones = sides.map((side) => {
    // Points that the layer does not show (between fingers, behind a hand) are not where it is.
    const on = (part: BodyLayer['part'], from: number, count: number): number[] => {
      const layer = layers.find((other) => other.side === side && other.part === part);
      const seen = Array.from({ length: count }, (_, i) => from + i).filter((q) => visibility[q] > 0);
      return seen.filter((q) => layer && isShown(layer, positions[2 * q], positions[2 * q + 1]));
    };
    const [arm, hand] = [first(`${side}Arm`), first(`${side}Hand`)];
    return { side, upperArm: on('upperArm', arm, 4), forearm: on('forearm', arm + 4, 4), hand: on('hand', hand, 8) };
  });
  return (tracks, shoulders) => {
    const motions: Partial<Record<Side, BoneMotions>> = {};
    const rest = (q: number): Place => [positions[2 * q], positions[2 * q + 1]];
    const now = (q: number): Place => [tracks[2 * q], tracks[2 * q + 1]];
    for (const { side, ...own } of bones) {
      const seen = {
        upperArm: boneOf(own.upperArm, rest, now),
        forearm: boneOf(own.forearm, rest, now),
        hand: similarityOf(own.hand, rest, now, HAND_GROWTH),
      };
      const whole = completed(arms[side]!, seen, shoulders[side]);
      if (whole) motions[side] = whole;
    }
    return motions;
  };
}

/**
 * Where a place of an arm goes.
 *
 * @param place   at rest, film pixels
 * @param onTrunk where the trunk takes it, film pixels
 * @param shares  of upper arm, forearm and hand; what is left of 1 stays with the trunk
 * @param bones   of its arm; without them it goes with the trunk
 */
export function carriedByBones(
  [x, y]: Place,
  onTrunk: Place,
  [upperArm, forearm, hand]: readonly [number, number, number],
  bones: BoneMotions | undefined,
): Place {
  if (!bones) return onTrunk;
  let sum = scaled(onTrunk, 1 - upperArm - forearm - hand);
  for (const [share, bone] of [
    [upperArm, bones.upperArm],
    [forearm, bones.forearm],
    [hand, bones.hand],
  ] as const)
    if (share > 0) sum = plus(sum, scaled(applyAffine(bone, x, y), share));
  return sum;
}

/** Bones that are not seen go from where the one before them ends to where the next one begins. */
function completed(
  { shoulder, elbow, wrist }: Arm,
  seen: Partial<BoneMotions>,
  shoulderNow: Point | undefined,
): BoneMotions | undefined {
  const carried = (bone: Affine | undefined, { x, y }: Point): Point | undefined => {
    if (!bone) return undefined;
    const [nowX, nowY] = applyAffine(bone, x, y);
    return { x: nowX, y: nowY };
  };
  const next = seen.forearm ?? seen.hand;
  const upperArm = seen.upperArm ?? boneMotion([shoulder, elbow], [shoulderNow, carried(next, elbow)]) ?? next;
  const forearm =
    seen.forearm ?? boneMotion([elbow, wrist], [carried(upperArm, elbow), carried(seen.hand, wrist)]) ?? upperArm;
  return upperArm && forearm ? { upperArm, forearm, hand: seen.hand ?? forearm } : undefined;
}

type Place = readonly [number, number];
type PlaceOf = (q: number) => Place;

/**
 * Of four points at both sides of a bone, two along it: ends go where the middles of both pairs go, what is beside it
 * keeps its distance as far as the pairs do not tell it.
 */
function boneOf(members: readonly number[], rest: PlaceOf, now: PlaceOf): Affine | undefined {
  if (members.length < 4) return undefined;
  const [a, b, c, d] = members;
  const pair = (of: PlaceOf): { from: Place; along: Place; beside: Place } => ({
    from: middle(of(a), of(b)),
    along: minus(middle(of(c), of(d)), middle(of(a), of(b))),
    beside: scaled(plus(minus(of(b), of(a)), minus(of(d), of(c))), 0.25),
  });
  const [before, after] = [pair(rest), pair(now)];
  const length = Math.hypot(...before.along);
  const off = Math.hypot(...before.beside);
  const newLength = Math.hypot(...after.along);
  if (!(length > 1e-6 && off > 1e-6 && newLength > 1e-6)) return undefined;
  const unit = scaled(before.along, 1 / length);
  // Across the bone: as it is turned, and as its pairs say.
  const sense = unit[0] * before.beside[1] - unit[1] * before.beside[0] > 0 ? 1 : -1;
  const turned = scaled([-after.along[1], after.along[0]], (sense * off) / newLength);
  const share = off ** 2 / (off ** 2 + UNSURE ** 2);
  const beside = plus(scaled(after.beside, share), scaled(turned, 1 - share));
  return affineOf(before, { ...after, beside });
}

/** Takes a frame of two vectors to another. */
function affineOf(
  before: { readonly from: Place; readonly along: Place; readonly beside: Place },
  after: { readonly from: Place; readonly along: Place; readonly beside: Place },
): Affine {
  const [ax, ay] = before.along;
  const [bx, by] = before.beside;
  const det = ax * by - ay * bx;
  const [px, py] = after.along;
  const [qx, qy] = after.beside;
  const [a, b] = [(px * by - qx * ay) / det, (qx * ax - px * bx) / det];
  const [c, d] = [(py * by - qy * ay) / det, (qy * ax - py * bx) / det];
  const [x, y] = before.from;
  return { a, b, c, d, e: after.from[0] - a * x - b * y, f: after.from[1] - c * x - d * y };
}

/**
 * By least squares, about the middle of the points; a shift of fewer than two.
 *
 * @param growth at most, and over which at least
 */
function similarityOf(members: readonly number[], rest: PlaceOf, now: PlaceOf, growth: number): Affine | undefined {
  if (members.length === 0) return undefined;
  const mean = (of: PlaceOf): Place =>
    scaled(
      members.map(of).reduce((sum, place) => plus(sum, place), [0, 0]),
      1 / members.length,
    );
  const [from, to] = [mean(rest), mean(now)];
  let [same, cross, square] = [0, 0, 0];
  for (const q of members) {
    const [p, s] = [minus(rest(q), from), minus(now(q), to)];
    same += p[0] * s[0] + p[1] * s[1];
    cross += p[0] * s[1] - p[1] * s[0];
    square += p[0] ** 2 + p[1] ** 2;
  }
  const size = square > 1e-6 ? Math.hypot(same, cross) / square : 0;
  const share = size > 1e-6 ? Math.min(growth, Math.max(1 / growth, size)) / (size * square) : 0;
  const [cos, sin] = share > 0 ? [share * same, share * cross] : [1, 0];
  const [a, b, c, d] = [cos, -sin, sin, cos];
  return { a, b, c, d, e: to[0] - a * from[0] - b * from[1], f: to[1] - c * from[0] - d * from[1] };
}

function plus(a: Place, b: Place): Place {
  return [a[0] + b[0], a[1] + b[1]];
}

function minus(a: Place, b: Place): Place {
  return [a[0] - b[0], a[1] - b[1]];
}

function scaled(a: Place, by: number): Place {
  return [by * a[0], by * a[1]];
}

function middle(a: Place, b: Place): Place {
  return scaled(plus(a, b), 0.5);
}
