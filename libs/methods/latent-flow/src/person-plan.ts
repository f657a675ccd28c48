import type { BodyLayer, BodyLayers, Side } from '@soliloquy/body-layers';
import { filmFace, toFace, type FilmFace } from '@soliloquy/face';
import type { TrackerGroup, TrackerPiece } from '@soliloquy/image-kernels';
import type { Landmarks } from '@soliloquy/ports';
import { POINT_PARTS, type CanonicalPoints, type PointPart } from './canonical-points.ts';

/** What of a person a tracker follows, and which of its points are which. */
export interface PersonPlan {
  readonly pieces: readonly TrackerPiece[];
  /** name of each piece: `torso`, `head`, `jaw`, `leftForearm`, … */
  readonly names: readonly string[];
  readonly groups: readonly TrackerGroup[];
  /** i32 [Q] canonical point of each of the tracker's */
  readonly order: Int32Array;
  /** u8 [Q] of each of the tracker's points: 1 where the reference shows there what the point is to be on */
  readonly shown: Uint8Array;
}

/** How a group's points are held; lengths in units of the face. */
interface Holding {
  readonly radius: number;
  readonly limit: number;
  readonly tie: number;
  readonly hold: number;
}

const HOLDING = {
  torso: { radius: 0.28, limit: 0.15, tie: 0.04, hold: 0.01 },
  limb: { radius: 0.2, limit: 0.15, tie: 0.04, hold: 0.01 },
  hand: { radius: 0.12, limit: 0.2, tie: 0.3, hold: 0.3 },
  head: { radius: 0.12, limit: 0.08, tie: 0.1, hold: 0.03 },
  upperLip: { radius: 0.09, limit: 0.09, tie: 0.08, hold: 0.015 },
  lowerLip: { radius: 0.09, limit: 0.12, tie: 0.1, hold: 0.02 },
  jaw: { radius: 0.18, limit: 0.1, tie: 0.05, hold: 0.02 },
} as const satisfies Record<string, Holding>;

/** A pixel of a layer that shows at least so much of it. */
const SHOWN = 0.3;
/** Pixels from another layer that are not looked at: what smoothing mixes. */
const BESIDE = 3;
/** Bounds of a window's half side, pixels. */
const RADIUS = { least: 2, most: 9 } as const;

/**
 * A person as pieces that carry one another: torso, head on it, jaw on the head; upper arm, forearm and hand of each
 * arm that `bodyLayers` takes off. Each piece is known by the pixels of its layer; eyes, mouth and nose are no part of
 * the head. Points of an arm that is not taken off go with the torso.
 *
 * @param taken  the reference at the film's size taken apart
 * @param points canonical points of it, film pixels
 */
export function personPlan(landmarks: Landmarks, taken: BodyLayers, points: CanonicalPoints): PersonPlan {
  const face = filmFace(landmarks, taken.width, taken.height);
  const pieces: TrackerPiece[] = [];
  const names: string[] = [];
  const add = (
    name: string,
    samples: Float32Array,
    on: Omit<TrackerPiece, 'samples' | 'carrier'> & { carrier?: string } = {},
  ): void => {
    names.push(name);
    pieces.push({ ...on, samples, carrier: on.carrier === undefined ? undefined : names.indexOf(on.carrier) });
  };
  const [trunk, ...limbs] = taken.layers;
  const owners = ownersOf(taken);
  const owned = (layer: BodyLayer): Owned => ({ layer, owners, owner: taken.layers.indexOf(layer) });
  add('torso', samplesOf(owned(trunk), torsoArea(face, points, taken)));
  add(
    'head',
    samplesOf(owned(trunk), (x, y) => isHead(face, x, y)),
    { carrier: 'torso' },
  );
  add(
    'jaw',
    samplesOf(owned(trunk), (x, y) => isJaw(face, x, y)),
    { carrier: 'head', moves: 'shift' },
  );
  for (const layer of limbs) {
    const side = layer.side!;
    const on = { trunk: 'torso', upperArm: 'torso', forearm: `${side}UpperArm`, hand: `${side}Forearm` }[layer.part];
    add(
      pieceName(side, layer.part),
      samplesOf(owned(layer), () => true),
      {
        carrier: names.includes(on) ? on : 'torso',
        moves: layer.part === 'hand' ? 'similarity' : 'affine',
      },
    );
  }
  const order: number[] = [];
  const groups = groupsOf(points, names).map(({ piece, members, holding }): TrackerGroup => {
    order.push(...members);
    return {
      piece: names.indexOf(piece),
      points: Float32Array.from(members.flatMap((q) => [points.positions[2 * q], points.positions[2 * q + 1]])),
      radius: Math.min(RADIUS.most, Math.max(RADIUS.least, Math.round(holding.radius * face.unit))),
      limit: holding.limit * face.unit,
      tie: holding.tie,
      hold: holding.hold,
    };
  });
  const layerOf = (name: string): BodyLayer => limbs.find(({ part, side }) => pieceName(side!, part) === name) ?? trunk;
  const shown = groups.flatMap(({ piece, points: places }) =>
    Array.from({ length: places.length / 2 }, (_, i) =>
      isShown(layerOf(names[piece]), places[2 * i], places[2 * i + 1]),
    ),
  );
  return { pieces, names, groups, order: Int32Array.from(order), shown: Uint8Array.from(shown, Number) };
}

/** Whether a place, pixels of the layers, shows this layer. */
export function isShown({ image, shown }: BodyLayer, x: number, y: number): boolean {
  const column = Math.min(image.width - 1, Math.max(0, Math.floor(x)));
  const row = Math.min(image.height - 1, Math.max(0, Math.floor(y)));
  return shown[row * image.width + column] > 0.5;
}

interface Group {
  readonly piece: string;
  readonly members: readonly number[];
  readonly holding: Holding;
}

function groupsOf({ parts }: CanonicalPoints, names: readonly string[]): Group[] {
  const of = (part: PointPart): number[] => [...parts.keys()].filter((q) => POINT_PARTS[parts[q]] === part);
  const first = (...wanted: string[]): string => wanted.find((name) => names.includes(name)) ?? 'torso';
  const arms = (['left', 'right'] as const).flatMap((side): Group[] => {
    // Half of an arm's points lie along the upper arm, half along the forearm.
    const arm = of(`${side}Arm`);
    const upper = first(`${side}UpperArm`);
    return [
      { piece: upper, members: arm.slice(0, arm.length / 2), holding: HOLDING.limb },
      { piece: first(`${side}Forearm`, upper), members: arm.slice(arm.length / 2), holding: HOLDING.limb },
      { piece: first(`${side}Hand`, `${side}Forearm`, upper), members: of(`${side}Hand`), holding: HOLDING.hand },
    ];
  });
  return [
    { piece: 'torso', members: of('torso'), holding: HOLDING.torso },
    ...arms,
    { piece: 'head', members: of('head'), holding: HOLDING.head },
    { piece: 'head', members: of('upperLip'), holding: HOLDING.upperLip },
    { piece: 'jaw', members: of('lowerLip'), holding: HOLDING.lowerLip },
    { piece: 'jaw', members: of('jaw'), holding: HOLDING.jaw },
  ];
}

function pieceName(side: Side, part: BodyLayer['part']): string {
  return `${side}${part[0].toUpperCase()}${part.slice(1)}`;
}

/** A layer among the others. */
interface Owned {
  readonly layer: BodyLayer;
  readonly owner: number;
  /** i8 [H, W] index of the layer that shows most of a pixel; −1 where that is what is behind the person */
  readonly owners: Int8Array;
}

function ownersOf({ width, height, layers }: BodyLayers): Int8Array {
  return Int8Array.from({ length: width * height }, (_, i) => {
    let owner = -1;
    layers.forEach(({ shown }, l) => {
      if (shown[i] > (owner < 0 ? SHOWN : layers[owner].shown[i])) owner = l;
    });
    return owner;
  });
}

/** Pixels of a layer, but those beside another layer: the two part when one moves. */
function samplesOf({ layer, owner, owners }: Owned, isIn: (x: number, y: number) => boolean): Float32Array {
  const { width, height } = layer.image;
  const isBeside = (x: number, y: number): boolean => {
    for (let j = Math.max(0, y - BESIDE); j <= Math.min(height - 1, y + BESIDE); j++)
      for (let i = Math.max(0, x - BESIDE); i <= Math.min(width - 1, x + BESIDE); i++)
        if (owners[j * width + i] >= 0 && owners[j * width + i] !== owner) return true;
    return false;
  };
  const found: number[] = [];
  for (let i = 0; i < owners.length; i++) {
    const [x, y] = [i % width, Math.floor(i / width)];
    if (owners[i] === owner && isIn(x + 0.5, y + 0.5) && !isBeside(x, y)) found.push(x + 0.5, y + 0.5);
  }
  return Float32Array.from(found);
}

/** From the shoulders to the hips, as the torso's points have it, and a little beside them. */
function torsoArea(
  face: FilmFace,
  { parts, positions }: CanonicalPoints,
  film: { readonly width: number; readonly height: number },
): (x: number, y: number) => boolean {
  const torso = [...parts.keys()].filter((q) => POINT_PARTS[parts[q]] === 'torso');
  const xs = torso.map((q) => positions[2 * q]);
  const ys = torso.map((q) => positions[2 * q + 1]);
  const beside = 1.2 * face.unit;
  const [left, right, top] = [Math.min(...xs) - beside, Math.max(...xs) + beside, Math.min(...ys)];
  const bottom = Math.min(film.height, Math.max(...ys));
  return (x, y) => x > left && x < right && y > top && y < bottom;
}

/** Forehead, cheeks and temples; not what moves by itself. */
function isHead(face: FilmFace, x: number, y: number): boolean {
  const { u, v } = toFace(face, x, y);
  const onEye = v > -1.2 && v < -0.82 && Math.abs(u) > 0.15 && Math.abs(u) < 0.75;
  return Math.abs(u) < 0.95 && v > -2 && v < -0.35 && !onEye;
}

/** From the lower lip to a little beyond the chin. */
function isJaw(face: FilmFace, x: number, y: number): boolean {
  const { u, v } = toFace(face, x, y);
  const chin = face.local('chin') ?? { u: 0, v: 0.65 };
  const lip = face.local('lowerLipBottom')?.v ?? 0.13;
  return Math.abs(u - chin.u) < 0.6 && v > 0.4 * lip && v < chin.v + 0.12;
}
