import { SIDES, type BodyLayers, type Side } from '@soliloquy/body-layers';
import type { Point } from '@soliloquy/face';
import type { Affine } from '@soliloquy/image-kernels';
import type { PersonPlan } from './person-plan.ts';

/** Joints of an arm in a frame, pixels; those that are seen. */
export type LimbJoints = Readonly<Partial<Record<'shoulder' | 'elbow' | 'wrist' | 'palm', Point>>>;

/** Bones of the picture do not get shorter or longer than this by turning out of it. */
const STRETCH = { least: 0.4, most: 1.5 } as const;

/**
 * Where the pieces of arms may be in a frame, by joints that a network sees: a tracker's first guesses, one for each
 * piece, undefined where nothing is known. A bone takes both its ends with it; what is beside it keeps its distance.
 *
 * @param arms at rest, pixels of the reference (`bodyLayers`)
 */
export function limbGuesses(
  { names }: Pick<PersonPlan, 'names'>,
  arms: BodyLayers['arms'],
  joints: Readonly<Partial<Record<Side, LimbJoints>>>,
): (Affine | undefined)[] {
  const guesses = new Map<string, Affine | undefined>();
  for (const side of SIDES) {
    const [rest, now] = [arms[side], joints[side]];
    if (!rest || !now) continue;
    guesses.set(`${side}UpperArm`, boneMotion([rest.shoulder, rest.elbow], [now.shoulder, now.elbow]));
    guesses.set(`${side}Forearm`, boneMotion([rest.elbow, rest.wrist], [now.elbow, now.wrist]));
    guesses.set(`${side}Hand`, boneMotion([rest.wrist, rest.palm], [now.wrist, now.palm]));
  }
  return names.map((name) => guesses.get(name));
}

/** A bone takes both its ends along; what is beside it keeps its distance. Not where it would stretch beyond reason. */
export function boneMotion(
  [from, to]: readonly [Point, Point],
  [newFrom, newTo]: readonly [Point | undefined, Point | undefined],
): Affine | undefined {
  if (!newFrom || !newTo) return undefined;
  const [length, newLength] = [distance(from, to), distance(newFrom, newTo)];
  const stretch = newLength / Math.max(1e-6, length);
  if (!(stretch >= STRETCH.least && stretch <= STRETCH.most)) return undefined;
  const [ax, ay] = [(to.x - from.x) / length, (to.y - from.y) / length];
  const [bx, by] = [(newTo.x - newFrom.x) / newLength, (newTo.y - newFrom.y) / newLength];
  // b stretch aᵀ + b⊥ a⊥ᵀ
  const [a, b] = [stretch * bx * ax + by * ay, stretch * bx * ay - by * ax];
  const [c, d] = [stretch * by * ax - bx * ay, stretch * by * ay + bx * ax];
  return { a, b, c, d, e: newFrom.x - a * from.x - b * from.y, f: newFrom.y - c * from.x - d * from.y };
}

function distance(a: Point, b: Point): number {
  return Math.hypot(a.x - b.x, a.y - b.y);
}
