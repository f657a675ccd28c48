import { armOf, bodyScale, SIDES, type Arm, type Side } from '@soliloquy/body-layers';
import { filmFace, toPicture, type FilmFace, type Point } from '@soliloquy/face';
import type { Landmarks } from '@soliloquy/ports';

/** What a canonical point lies on; left and right are the person's own. */
export const POINT_PARTS = [
  'torso',
  'leftArm',
  'rightArm',
  'leftHand',
  'rightHand',
  'head',
  'upperLip',
  'lowerLip',
  'jaw',
] as const;
export type PointPart = (typeof POINT_PARTS)[number];

/** The set of points that this library places: latents of another set mean something else. */
export const POINT_SET = 'v1';

/** The parts of the points in their order, with how many each has; a test holds `canonicalPoints` to it. */
const COUNTS: readonly (readonly [PointPart, number])[] = [
  ['torso', 20],
  ['leftArm', 8],
  ['leftHand', 8],
  ['rightArm', 8],
  ['rightHand', 8],
  ['head', 22],
  ['upperLip', 7],
  ['lowerLip', 7],
  ['jaw', 5],
];

/** u8 [Q] parts of the points, which are the same on every person: index into `POINT_PARTS`. */
export function canonicalParts(): Uint8Array {
  return Uint8Array.from(COUNTS.flatMap(([part, count]) => Array<number>(count).fill(POINT_PARTS.indexOf(part))));
}

/** The same points on every person, placed by landmarks. */
export interface CanonicalPoints {
  /** film pixels from between the eyes to the mouth: the unit of what moves */
  readonly unit: number;
  /** Q */
  readonly count: number;
  /** u8 [Q] index into `POINT_PARTS` */
  readonly parts: Uint8Array;
  /** f32 [Q, 2] film pixels, pixel centres at .5 */
  readonly positions: Float32Array;
  /** f32 [Q] 1 where the picture shows it, 0 where it does not: out of the frame, or a limb that is not seen */
  readonly visibility: Float32Array;
}

interface Placed extends Point {
  readonly part: PointPart;
  readonly seen: boolean;
}

/** Columns and rows over the torso, from shoulder to shoulder and down to the hips. */
const TORSO = { columns: 4, rows: 5 } as const;
/** Points stand beside a bone by this much, units of the face; those of a hand must not fall between its fingers. */
const BESIDE = { arm: 0.18, hand: 0.07 } as const;
/** From the shoulders to the hips where the picture does not show them, units of the face. */
const TRUNK_LENGTH = 6;
/** How far along the lips their points go; 1 to the corners, where a window sees both. */
const LIP_REACH = 0.6;
/** A joint that is less sure is not known. */
const KNOWN = 0.35;

/**
 * Q = 93 points: torso 20, each arm 8, each hand 8, head 22, upper lip 7, lower lip 7, jaw 5. Those of limbs are
 * fractions of bones, beside them; those of the face lie in the frame of the face, along lips and chin where the
 * landmarks have them.
 *
 * @param width film pixels; the landmarks' picture has the same aspect
 */
export function canonicalPoints(landmarks: Landmarks, width: number, height: number): CanonicalPoints {
  const face = filmFace(landmarks, width, height);
  const placed = [
    ...torsoPoints(face, landmarks, { width, height }),
    ...SIDES.flatMap((side) => limbPoints(side, face, { landmarks, width, height })),
    ...headPoints(face),
    ...mouthPoints(face),
  ];
  const inFrame = ({ x, y }: Point): boolean => x >= 1 && y >= 1 && x <= width - 1 && y <= height - 1;
  return {
    unit: face.unit,
    count: placed.length,
    parts: Uint8Array.from(placed, ({ part }) => POINT_PARTS.indexOf(part)),
    positions: Float32Array.from(placed.flatMap(({ x, y }) => [x, y])),
    visibility: Float32Array.from(placed, (point) => (point.seen && inFrame(point) ? 1 : 0)),
  };
}

interface Film {
  readonly width: number;
  readonly height: number;
}

function torsoPoints(face: FilmFace, landmarks: Landmarks, { width, height }: Film): Placed[] {
  const { shoulderWidth, middle } = bodyScale(landmarks, width, height);
  const [left, right] = [face.film('leftShoulder'), face.film('rightShoulder')];
  const ends =
    left && right ? [right, left] : [-0.5, 0.5].map((side) => ({ x: middle.x + side * shoulderWidth, y: middle.y }));
  const hips = [face.film('leftHip'), face.film('rightHip')].filter((hip) => hip !== undefined);
  const bottom =
    hips.length > 0 ? hips.reduce((sum, { y }) => sum + y / hips.length, 0) : middle.y + TRUNK_LENGTH * face.unit;
  const placed: Placed[] = [];
  for (let row = 0; row < TORSO.rows; row++)
    for (let column = 0; column < TORSO.columns; column++) {
      const [across, down] = [0.14 + 0.24 * column, 0.05 + 0.22 * row];
      const top = ends[0].y + across * (ends[1].y - ends[0].y);
      const x = ends[0].x + across * (ends[1].x - ends[0].x);
      placed.push({ part: 'torso', seen: true, x, y: top + down * (bottom - top) });
    }
  return placed;
}

/** Both sides of the bones at their quarters: upper arm and forearm, then palm and fingers. */
function limbPoints(side: Side, face: FilmFace, scene: Film & { readonly landmarks: Landmarks }): Placed[] {
  const arm = armOf(side, scene.landmarks, scene.width, scene.height);
  const { shoulder, elbow, wrist, palm, fingertip, seen } = arm
    ? { ...arm, seen: true }
    : hangingArm(side, face, bodyScale(scene.landmarks, scene.width, scene.height).middle);
  const beside = (part: `${Side}${'Arm' | 'Hand'}`, bones: readonly (readonly [Point, Point])[]): Placed[] =>
    bones.flatMap(([from, to]) => {
      const length = Math.max(1e-3, Math.hypot(to.x - from.x, to.y - from.y));
      const off = face.unit * (part === `${side}Hand` ? BESIDE.hand : BESIDE.arm);
      const isSeen = part === `${side}Hand` ? arm !== undefined : seen;
      const [nx, ny] = [(from.y - to.y) / length, (to.x - from.x) / length];
      return [0.25, 0.75].flatMap((along) =>
        [-off, off].map((aside) => ({
          part,
          seen: isSeen,
          x: from.x + along * (to.x - from.x) + aside * nx,
          y: from.y + along * (to.y - from.y) + aside * ny,
        })),
      );
    });
  return [
    ...beside(`${side}Arm`, [
      [shoulder, elbow],
      [elbow, wrist],
    ]),
    ...beside(`${side}Hand`, [
      [wrist, palm],
      [palm, fingertip],
    ]),
  ];
}

/** An arm of which no hand is seen: its joints where they are known, else hanging. */
function hangingArm(side: Side, face: FilmFace, middle: Point): Omit<Arm, 'fingers' | 'side'> & { seen: boolean } {
  const known = (name: 'Shoulder' | 'Elbow' | 'Wrist'): Point | undefined => {
    const point = face.film(`${side}${name}`);
    return point && point.confidence >= KNOWN ? point : undefined;
  };
  const below = (from: Point, units: number): Point => ({ x: from.x, y: from.y + units * face.unit });
  const outward = (side === 'left' ? 2.3 : -2.3) * face.unit;
  const shoulder = known('Shoulder') ?? { x: middle.x + outward, y: middle.y };
  const [elbow, wrist] = [known('Elbow'), known('Wrist')];
  const elbowAt = elbow ?? below(shoulder, 4.2);
  const wristAt = wrist ?? below(elbowAt, 3.4);
  const seen = known('Shoulder') !== undefined && elbow !== undefined && wrist !== undefined;
  return { shoulder, elbow: elbowAt, wrist: wristAt, palm: below(wristAt, 1), fingertip: below(wristAt, 2), seen };
}

/** A grid over the face but mouth, nose and eyes: what moves with the skull, and the brows. */
function headPoints(face: FilmFace): Placed[] {
  const placed: Placed[] = [];
  for (let row = 0; row < 7; row++)
    for (let column = 0; column < 6; column++) {
      const [u, v] = [-0.75 + 0.3 * column, -1.75 + 0.3 * row];
      const onMouthOrNose = v > -0.4 && Math.abs(u) < 0.5;
      const besideTheFace = v > -0.5 && Math.abs(u) > 0.7;
      const onEye = v > -1.25 && v < -0.78 && Math.abs(u) > 0.2 && Math.abs(u) < 0.8;
      if (onMouthOrNose || besideTheFace || onEye) continue;
      placed.push({ part: 'head', seen: true, ...toPicture(face, u, v) });
    }
  return placed;
}

/** Just outside the edges of both lips, where no window sees between them, and inside the outline of the chin. */
function mouthPoints(face: FilmFace): Placed[] {
  const [left, right] = [face.local('mouthLeft')!, face.local('mouthRight')!].sort((a, b) => a.u - b.u);
  const along = (part: PointPart, { count, reach }: { count: number; reach: number }, v: (t: number) => number) =>
    Array.from({ length: count }, (_, i): Placed => {
      const t = (2 * i) / (count - 1) - 1;
      const share = (1 + reach * t) / 2;
      const u = left.u + share * (right.u - left.u);
      return { part, seen: true, ...toPicture(face, u, v(t)) };
    });
  const corner = (left.v + right.v) / 2;
  const lip = (edge: number) => (t: number) => corner + 1.25 * (edge - corner) * (1 - (LIP_REACH * t) ** 2);
  const chin = face.local('chin')?.v ?? 0.65;
  return [
    ...along('upperLip', { count: 7, reach: LIP_REACH }, lip(face.local('upperLipTop')!.v)),
    ...along('lowerLip', { count: 7, reach: LIP_REACH }, lip(face.local('lowerLipBottom')!.v)),
    ...along('jaw', { count: 5, reach: 1 }, (t) => chin * (0.74 + 0.14 * (1 - t ** 2))),
  ];
}
