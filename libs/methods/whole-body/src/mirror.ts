import type { Body } from './body.ts';
import { eyeSpan, type Face } from './face.ts';
import { handSpan, type Hand, type Side } from './hand.ts';
import { BODY, FACE, type BodyPoint } from './point.ts';
import { between } from './region.ts';

/**
 * How far apart two looks at a person are, one of them mirrored: medians over points, over a size of the person: face
 * and lips over the distance of the outer corners of the eyes, the body over that from shoulder to opposite hip, a hand
 * over that from wrist to middle knuckle. Absent where the part is. Of a face in the open it is about 0.02; above 0.1
 * the mesh is not to be believed, whatever its presence.
 */
export interface Disagreement {
  readonly face?: number;
  readonly lips?: number;
  readonly body?: number;
  readonly leftHand?: number;
  readonly rightHand?: number;
}

/** A person as one look has it. */
interface Looked {
  readonly body?: Body | undefined;
  readonly face?: Face | undefined;
  readonly hands: Readonly<Partial<Record<Side, Hand>>>;
}

type Points = readonly BodyPoint[];

/** Points by which a face is compared: those that the `landmarks` port names. */
const FACE_CHECKED: readonly number[] = Object.values(FACE);
const LIPS = [FACE.upperLipTop, FACE.upperLipBottom, FACE.lowerLipTop, FACE.lowerLipBottom];
/** Joints that are seen. */
const SEEN = 0.8;

export function disagreementOf(one: Looked, other: Looked): Disagreement {
  const all = (points: Points): number[] => points.map((_, i) => i);
  const hand = (side: Side): number | undefined => {
    const [a, b] = [one.hands[side], other.hands[side]];
    return a && b && medianApart(a.points, b.points, all(a.points)) / handSpan(a);
  };
  const { face, body } = one;
  const apart: Record<keyof Disagreement, number | undefined> = {
    face: face && other.face && medianApart(face.points, other.face.points, FACE_CHECKED) / eyeSpan(face),
    lips: face && other.face && medianApart(face.points, other.face.points, LIPS) / eyeSpan(face),
    body: body && other.body && medianApart(body.points, other.body.points, seenOf(body)) / torso(body),
    leftHand: hand('left'),
    rightHand: hand('right'),
  };
  return Object.fromEntries(Object.entries(apart).filter(([, value]) => value !== undefined));
}

function seenOf({ points }: Body): number[] {
  return points.flatMap(({ confidence }, i) => (confidence > SEEN ? i : []));
}

/** Pixels from the left shoulder to the right hip. */
function torso({ points }: Body): number {
  const [shoulder, hip] = [points[BODY.leftShoulder], points[BODY.rightHip]];
  return Math.hypot(shoulder.x - hip.x, shoulder.y - hip.y);
}

/** 0 where there are no points. */
function medianApart(a: Points, b: Points, indices: readonly number[]): number {
  const sorted = indices.map((i) => Math.hypot(a[i].x - b[i].x, a[i].y - b[i].y)).sort((x, y) => x - y);
  return sorted[sorted.length >> 1] ?? 0;
}

export function meanBody(a: Body, b: Body): Body {
  return {
    ...a,
    presence: mean(a.presence, b.presence),
    points: meanPoints(a.points, b.points),
    world: a.world.map((value, i) => mean(value, b.world[i])),
    circle: [between(a.circle[0], b.circle[0]), between(a.circle[1], b.circle[1])],
    mask: a.mask && b.mask && a.mask.map((value, i) => mean(value, b.mask![i])),
  };
}

export function meanFace(a: Face, b: Face): Face {
  return { ...a, presence: mean(a.presence, b.presence), points: meanPoints(a.points, b.points) };
}

export function meanHand(a: Hand, b: Hand): Hand {
  return {
    ...a,
    presence: mean(a.presence, b.presence),
    points: meanPoints(a.points, b.points),
    world: a.world.map((value, i) => mean(value, b.world[i])),
    rightness: mean(a.rightness, b.rightness),
  };
}

function meanPoints(a: Points, b: Points): BodyPoint[] {
  return a.map((point, i) => ({
    x: mean(point.x, b[i].x),
    y: mean(point.y, b[i].y),
    z: mean(point.z, b[i].z),
    confidence: mean(point.confidence, b[i].confidence),
  }));
}

function mean(a: number, b: number): number {
  return (a + b) / 2;
}
