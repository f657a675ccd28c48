import { correlation } from '@soliloquy/signal';
import { HAND_POINTS } from '@soliloquy/whole-body/points';
import { distances, type PersonTracks, type PointPath } from './person-tracks.ts';
import { deviation, mean, median, quantile } from './statistics.ts';

export const SIDES = ['left', 'right'] as const;
/** shoulder widths a second: a wrist that is faster is in a stroke */
export const STROKE = 0.1;

/** How the joints of the arms move; lengths in distances of the shoulder joints. */
export interface ArmMotion {
  /** root mean square distance from the mean place */
  readonly wristReach: number;
  readonly elbowReach: number;
  /** f64 [F − 1] of each side that is seen: a second, after a mean of three frames */
  readonly wristSpeeds: readonly Float64Array[];
}

/** @returns undefined where no side shows shoulder, elbow and wrist in most frames */
export function armMotion(person: PersonTracks): ArmMotion | undefined {
  if (person.namesOf('body').length === 0) return undefined;
  const joint = (name: string): PointPath => person.path('body', name);
  const unit = median(distances(joint('leftShoulder'), joint('rightShoulder')));
  const sides = SIDES.map((side) => ({ wrist: joint(`${side}Wrist`), elbow: joint(`${side}Elbow`) })).filter(
    ({ wrist, elbow }) => isMostlySeen(wrist) && isMostlySeen(elbow),
  );
  if (sides.length === 0 || person.frames < 2) return undefined;
  return {
    wristReach: mean(sides.map(({ wrist }) => reach(wrist) / unit)),
    elbowReach: mean(sides.map(({ elbow }) => reach(elbow) / unit)),
    wristSpeeds: sides.map(({ wrist }) => speeds(wrist).map((pixels) => (pixels * person.fps) / unit)),
  };
}

/** Mean speed, its 95th percentile and how often it is a stroke's, over both wrists; how much both go together. */
export function speedFigures({ wristSpeeds }: ArmMotion): {
  readonly mean: number;
  readonly high: number;
  readonly moving: number;
  readonly together: number | undefined;
} {
  const all = wristSpeeds.flatMap((side) => [...side]);
  return {
    mean: mean(all),
    high: quantile(all, 0.95),
    moving: mean(all.map((speed) => (speed > STROKE ? 1 : 0))),
    together: wristSpeeds.length === 2 ? correlation(wristSpeeds[0], wristSpeeds[1]) : undefined,
  };
}

export function isMostlySeen({ seen }: PointPath): boolean {
  return mean(seen) >= 0.5;
}

function reach({ x, y }: PointPath): number {
  return Math.hypot(deviation(x), deviation(y));
}

function speeds({ x, y }: PointPath): Float64Array {
  const [u, v] = [meanOfThree(x), meanOfThree(y)];
  return Float64Array.from({ length: u.length - 1 }, (_, f) => Math.hypot(u[f + 1] - u[f], v[f + 1] - v[f]));
}

/** Of each frame and its neighbours, as far as there are any. */
function meanOfThree(values: Float64Array): Float64Array {
  return values.map((_, f) => mean(values.subarray(Math.max(0, f - 1), f + 2)));
}

const FINGERS = ['thumb', 'index', 'middle', 'ring', 'pinky'] as const;

/**
 * Lengths of the fingers along their joints over that of the palm (wrist to middle knuckle), in the frames in which
 * the hand is seen: f64 [frames] of each finger of each hand that is seen in at least half of them.
 */
export function fingerLengths(person: PersonTracks): readonly Float64Array[] {
  return SIDES.flatMap((side) => {
    const part = `${side}Hand` as const;
    if (!person.has(part)) return [];
    const joint = (name: string): PointPath => person.path(part, name);
    const palm = distances(joint('wrist'), joint('middleMcp'));
    const { seen } = joint('wrist');
    return FINGERS.map((finger) => {
      const joints = HAND_POINTS.filter((name) => name.startsWith(finger)).map(joint);
      const bones = joints.slice(1).map((end, i) => distances(joints[i], end));
      return palm
        .map((pixels, f) => bones.reduce((sum, bone) => sum + bone[f], 0) / pixels)
        .filter((_, f) => seen[f] === 1);
    });
  });
}

/** How sure it is that there is a hand, mean over frames and hands; undefined where none was tracked. */
export function handPresence(person: PersonTracks): number | undefined {
  const parts = SIDES.map((side) => `${side}Hand` as const).filter((part) => person.namesOf(part).length > 0);
  return parts.length === 0 ? undefined : mean(parts.map((part) => mean(person.path(part, 'wrist').visibility)));
}
