import { namedDraws } from '@soliloquy/random';
import type { Point } from './brush.ts';
import type { Look } from './vocabulary.ts';

/** The page that figures are designed on; every other size is this one scaled. */
export const DESIGN = { width: 1024, height: 1536 } as const;

/** Shape of the face, in design units; x from the face's axis, y from the line of the eyes. */
export interface FaceShape {
  readonly crown: number;
  readonly hairline: number;
  readonly temple: number;
  readonly cheek: number;
  readonly jaw: number;
  readonly jawHeight: number;
  readonly chinWidth: number;
  readonly chin: number;
  /** of the pupils */
  readonly eyeX: number;
  readonly eyeWidth: number;
  readonly eyeOpen: number;
  /** how much higher the outer corner lies */
  readonly eyeTilt: number;
  readonly browY: number;
  readonly browThickness: number;
  readonly noseBase: number;
  readonly noseWidth: number;
  readonly mouthY: number;
  readonly mouthWidth: number;
  readonly upperLip: number;
  readonly lowerLip: number;
}

export interface Arm {
  readonly shoulder: Point;
  readonly elbow: Point;
  readonly wrist: Point;
  /** direction of the hand, unit */
  readonly handDirection: Point;
  readonly handLength: number;
  /** half widths at shoulder, upper arm, elbow, forearm, wrist */
  readonly radii: readonly [number, number, number, number, number];
  readonly pose: 'open' | 'relaxed';
}

export interface Leg {
  readonly hip: Point;
  readonly knee: Point;
  readonly ankle: Point;
  readonly toe: Point;
  readonly radii: readonly [number, number, number, number, number];
}

/**
 * Joints and half widths of a standing figure, design units. `left` and `right` are the person's own: left is on the
 * right of the page.
 */
export interface Anatomy {
  readonly axis: number;
  /** y of the line of the eyes */
  readonly eyeY: number;
  readonly face: FaceShape;
  readonly neckHalf: number;
  /** y of the pit of the neck */
  readonly pitY: number;
  readonly shoulderY: number;
  /** outer edge of the shoulders */
  readonly shoulderHalf: number;
  readonly chestY: number;
  readonly chestHalf: number;
  readonly waistY: number;
  readonly waistHalf: number;
  readonly hipY: number;
  readonly hipHalf: number;
  readonly crotchY: number;
  readonly floorY: number;
  readonly leftArm: Arm;
  readonly rightArm: Arm;
  readonly leftLeg: Leg;
  readonly rightLeg: Leg;
}

const BUILDS: Readonly<
  Record<
    Look['bodyType'],
    { shoulders: number; chest: number; waist: number; hips: number; limbs: number; neck: number; cheeks: number }
  >
> = {
  slim: { shoulders: -7, chest: -9, waist: -10, hips: -9, limbs: 0.88, neck: -3, cheeks: -2 },
  average: { shoulders: 0, chest: 0, waist: 0, hips: 0, limbs: 1, neck: 0, cheeks: 0 },
  athletic: { shoulders: 10, chest: 8, waist: -3, hips: 0, limbs: 1.08, neck: 5, cheeks: 0 },
  heavy: { shoulders: 12, chest: 24, waist: 42, hips: 27, limbs: 1.22, neck: 7, cheeks: 5 },
};

/**
 * Measures in the mean of anthropometric tables, with the head at 1/6.4 of the height instead of 1/7.5 so that the face
 * is large enough to act.
 */
export function anatomyOf(look: Look, seed: number): Anatomy {
  const woman = look.gender === 'woman';
  const build = BUILDS[look.bodyType];
  const axis = DESIGN.width / 2;
  const limbs = build.limbs * (woman ? 0.88 : 1.04);
  const shoulderHalf = (woman ? 140 : 168) + build.shoulders;
  const shoulderY = 378;
  const armRadii = [35, 33, 27, 25, 16.5].map((radius) => radius * limbs) as unknown as Arm['radii'];
  const legRadii = [66, 60, 39, 42, 23].map(
    (radius) => radius * (0.4 + 0.6 * build.limbs) * (woman ? 0.98 : 1),
  ) as unknown as Leg['radii'];
  const joint = shoulderHalf - armRadii[0] * 0.86;
  const out = shoulderHalf + 26 + build.waist * 0.35;
  const handLength = woman ? 132 : 146;
  const unit = (x: number, y: number): Point => [x / Math.hypot(x, y), y / Math.hypot(x, y)];
  const leg = (side: 1 | -1): Leg => ({
    hip: [axis + side * (57 + build.hips * 0.5), 760],
    knee: [axis + side * (61 + build.hips * 0.35), 1078],
    ankle: [axis + side * (64 + build.hips * 0.3), 1392],
    toe: [axis + side * (88 + build.hips * 0.3), 1462],
    radii: legRadii,
  });
  return {
    axis,
    eyeY: 191,
    face: faceOf(look, seed, build.cheeks),
    neckHalf: (woman ? 35 : 46) + build.neck,
    pitY: 362,
    shoulderY,
    shoulderHalf,
    chestY: 468,
    chestHalf: (woman ? 113 : 132) + build.chest,
    waistY: 610,
    waistHalf: (woman ? 88 : 114) + build.waist,
    hipY: 724,
    hipHalf: (woman ? 128 : 122) + build.hips,
    crotchY: 782,
    floorY: 1466,
    // the person's right arm, left on the page, is open in a gesture; the left one hangs relaxed, slightly bent
    rightArm: {
      shoulder: [axis - joint, shoulderY + 31],
      elbow: [axis - out - 4, 606],
      wrist: [axis - out - 84, 690],
      handDirection: unit(-1, 0.36),
      handLength,
      radii: armRadii,
      pose: 'open',
    },
    leftArm: {
      shoulder: [axis + joint, shoulderY + 31],
      elbow: [axis + out + 12, 610],
      wrist: [axis + out + 4, 772],
      handDirection: unit(-0.2, 1),
      handLength,
      radii: armRadii,
      pose: 'relaxed',
    },
    leftLeg: leg(1),
    rightLeg: leg(-1),
  };
}

function faceOf(look: Look, seed: number, cheeks: number): FaceShape {
  const woman = look.gender === 'woman';
  const random = namedDraws(seed, 'face');
  const vary = (amount: number): number => random.around(amount);
  const dark = look.skinTone === 'dark' || look.skinTone === 'brown';
  const years = { young: 0, 'middle-aged': 1, older: 2 }[look.age];
  return {
    crown: -112,
    hairline: -78 - (woman ? 0 : years * 4),
    temple: (woman ? 72 : 74) + vary(1.5),
    cheek: (woman ? 73 : 75) + cheeks + vary(1.5),
    jaw: (woman ? 52 : 60.5) + cheeks * 1.3 + vary(2.5),
    jawHeight: (woman ? 70 : 73) + years,
    chinWidth: (woman ? 19 : 25) + cheeks * 0.6 + vary(2),
    chin: (woman ? 105 : 110) + vary(2),
    eyeX: 33.5 + vary(1),
    eyeWidth: (woman ? 42 : 38) + vary(1),
    eyeOpen: (woman ? 17.2 : 14.2) - years * 1.1 + vary(0.8),
    eyeTilt: 2 + vary(1.2) - years * 0.7,
    browY: (woman ? -31 : -25) + vary(1.5),
    browThickness: (woman ? 6.5 : 9.5) + vary(0.8),
    noseBase: 41 + vary(1.5),
    noseWidth: (woman ? 16.5 : 20) + (dark ? 3 : 0) + vary(1.2),
    mouthY: 65 + vary(1.2),
    mouthWidth: (woman ? 26.5 : 28.5) + vary(1.2),
    upperLip: (woman ? 8.2 : 5.6) + (dark ? 1.6 : 0) - years * 0.7 + vary(0.7),
    lowerLip: (woman ? 11.4 : 9) + (dark ? 1.8 : 0) - years * 0.6 + vary(0.8),
  };
}
