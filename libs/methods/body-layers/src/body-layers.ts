import type { Image } from '@soliloquy/media';
import { regionsOf, type Plane } from '@soliloquy/planes';
import type { Landmarks } from '@soliloquy/ports';
import { smoothstep } from '@soliloquy/signal';
import { armOf, bodyScale, SIDES, type Arm, type ArmPart, type BodyScale, type Side } from './arms.ts';
import { indicesOf, type Box } from './box.ts';
import { fillHidden } from './fill-hidden.ts';
import { grown } from './grown.ts';
import { limbPieces, type LimbPiece } from './limb-pieces.ts';
import { alongBone } from './limb-shape.ts';
import { nearestKnown } from './nearest-known.ts';
import { outlineBehind } from './outline-behind.ts';
import { outlineDistance } from './outline-distance.ts';
import { overlay, type Overlay } from './overlay.ts';

/** One thing of the picture that moves as one, complete: also where something is before it. */
export interface BodyLayer {
  /** `trunk` is all that is no arm: head, torso, legs, and arms of which no hand is seen */
  readonly part: 'trunk' | ArmPart;
  /** of an arm */
  readonly side?: Side;
  /** u8 [H, W, 4] straight sRGB; alpha is what the layer covers by itself */
  readonly image: Image;
  /** f32 [H, W] 0 … 1 how much of a pixel shows this layer; over all layers this adds up to the picture's matte */
  readonly shown: Float32Array;
}

/** A person taken apart, pixels of the picture. */
export interface BodyLayers extends BodyScale {
  readonly width: number;
  readonly height: number;
  /** from the back to the front, the trunk first */
  readonly layers: readonly BodyLayer[];
  readonly arms: Readonly<Partial<Record<Side, Arm>>>;
}

/** What is less than this is nothing, what is more than one less it is all. */
const NOTHING = 0.02;
/** How far from an edge colors are mixed, and how fine texture is, widths of the shoulders. */
const RIM = 0.016;
const GRAIN = 0.03;
/** How far within a hand the end of an arm that it hides stays, widths of the shoulders. */
const STUB_RIM = 0.04;
/** Half the width of what is too thin to be any of the trunk, widths of the shoulders. */
const SPIKE = 0.022;
/** How far around what hides it the trunk's outline is looked at, and into an arm it goes, widths of the shoulders. */
const AROUND = 0.3;
const ARMPIT = 0.2;
/** Colors of a soft edge may differ so much from those inside, 0 … 255: the rest is of what is behind. */
const OWN = { inside: 30, rim: 8 } as const;

/**
 * Takes a person apart: the trunk with head and legs, and of each arm whose hand is seen upper arm, forearm and hand,
 * all before the trunk. Limbs are found by place (capsules about the bones, as wide as measured; the bones of the
 * hand) and color. What a limb hides is filled: cloth goes on behind it where the trunk is on both its sides, beside
 * the body an arm leaves background. At a joint the piece that is behind goes on under the one before it, in the
 * picture's own colors, so that a turn opens no gap.
 *
 * @param image straight sRGB, alpha is the matte
 * @param sides whose arms are taken off, where their hands are seen
 */
export function bodyLayers(image: Image, landmarks: Landmarks, sides: readonly Side[] = SIDES): BodyLayers {
  const { width, height } = image;
  const scale = bodyScale(landmarks, width, height);
  const matte: Plane = {
    width,
    height,
    data: Float32Array.from({ length: width * height }, (_, i) => image.data[4 * i + 3] / 255),
  };
  const arms = sides.map((side) => armOf(side, landmarks, width, height)).filter((arm) => arm !== undefined);
  // Upper arms first: a hand is before the arm of the other side.
  const pieces = arms
    .flatMap((arm) => limbPieces({ image, matte }, arm, scale))
    .sort((a, b) => Number(a.part === 'hand') - Number(b.part === 'hand'));
  const shown = sharesOf(pieces, matte, scale);
  const taken = { image, matte, arms, pieces, shown, unit: scale.shoulderWidth };
  const trunk = trunkOf(taken);
  const below = overlay(width, height);
  below.add(trunk);
  const limbs = pieces.map(({ part, side }, k) => {
    const layer = limbOf(taken, k, below);
    below.add(layer);
    return { part, side, image: layer, shown: shown[k + 1] };
  });
  return {
    width,
    height,
    ...scale,
    layers: [{ part: 'trunk', image: trunk, shown: shown[0] }, ...limbs],
    arms: Object.fromEntries(arms.map((arm) => [arm.side, arm])),
  };
}

/** f32 [H, W] of the trunk, then of each piece: what of a pixel shows it. */
function sharesOf(pieces: readonly LimbPiece[], matte: Plane, scale: BodyScale): Float32Array[] {
  const trunk = matte.data.slice();
  const shares = pieces.map(() => new Float32Array(trunk.length));
  for (let k = pieces.length - 1; k >= 0; k--) {
    const { mask, share } = pieces[k];
    for (let i = 0; i < trunk.length; i++) {
      const own = trunk[i] * mask[i] * share[i];
      if (own < NOTHING * matte.data[i]) continue;
      shares[k][i] = own;
      trunk[i] -= own;
    }
  }
  giveAwayIslands(trunk, shares, pieces, { ...matte, least: (RIM * scale.shoulderWidth) ** 2 });
  return [trunk, ...shares];
}

/**
 * Pieces of the trunk that hang on it no more (a fingertip, a fold of a sleeve) go to the limb that is nearest, if they
 * are of its color.
 */
function giveAwayIslands(
  trunk: Float32Array,
  shares: readonly Float32Array[],
  pieces: readonly LimbPiece[],
  { width, height, least }: { readonly width: number; readonly height: number; readonly least: number },
): void {
  if (pieces.length === 0) return;
  const regions = regionsOf(
    Uint8Array.from(trunk, (value) => (value > NOTHING ? 1 : 0)),
    width,
    height,
  );
  const largest = regions.reduce((most, pixels) => Math.max(most, pixels.length), 0);
  for (const pixels of regions) {
    if (pixels.length === largest) continue;
    const depths = pieces.map(({ depth }) => pixels.reduce((most, i) => Math.max(most, depth[i]), -Infinity));
    const nearest = depths.indexOf(Math.max(...depths));
    const { slack, odds } = pieces[nearest];
    const isFar = depths[nearest] < -2 * slack && pixels.length > least;
    const isUnlike = odds !== undefined && pixels.reduce((sum, i) => sum + odds(i), 0) < 0;
    if (isFar || isUnlike) continue;
    for (const i of pixels) {
      shares[nearest][i] += trunk[i];
      trunk[i] = 0;
    }
  }
}

/** A person of whom it is known what shows what. */
interface Taken {
  readonly image: Image;
  readonly matte: Plane;
  readonly arms: readonly Arm[];
  readonly pieces: readonly LimbPiece[];
  /** of the trunk, then of each piece */
  readonly shown: readonly Float32Array[];
  /** width of the shoulders */
  readonly unit: number;
}

/** u8 [H, W] 1 where a piece before layer `k` (0 is the trunk) hides it: not at the joint, which both show. */
function hiddenBy({ pieces, shown, matte }: Taken, k: number): Uint8Array {
  const hidden = new Uint8Array(matte.data.length);
  for (let front = k; front < pieces.length; front++) {
    // What hangs on the layer goes over from it at the joint; what does not covers it wherever it is.
    const hangs = k === 0 ? pieces[front].part === 'upperArm' : hangsOn(pieces[front], pieces[k - 1], pieces);
    const { share } = pieces[front];
    const own = shown[front + 1];
    for (let i = 0; i < hidden.length; i++) if (own[i] > NOTHING && !(hangs && share[i] < 0.98)) hidden[i] = 1;
  }
  return hidden;
}

function hangsOn(piece: LimbPiece, on: LimbPiece, pieces: readonly LimbPiece[]): boolean {
  if (piece.side !== on.side) return false;
  const arm = pieces.filter(({ side }) => side === on.side);
  return arm.indexOf(piece) === arm.indexOf(on) + 1;
}

function trunkOf(taken: Taken): Image {
  const { image, matte, unit } = taken;
  const data = image.data.slice();
  const hidden = withoutSpikes(grown(hiddenBy(taken, 0), image, RIM * unit), taken);
  const cover = coverBehind(taken, hidden);
  for (let i = 0; i < hidden.length; i++) if (hidden[i]) data[4 * i + 3] = 255 * cover[i];
  const known = Uint8Array.from(hidden, (is, i) => (!is && matte.data[i] > 1 - NOTHING ? 1 : 0));
  fillHidden({ image, known, hole: hidden, grain: GRAIN * unit }, data);
  return { ...image, data };
}

/**
 * What is hidden, and what is left of the trunk beside it that is too thin to be any of it (between two fingers,
 * between an arm and its shadow).
 */
function withoutSpikes(hidden: Uint8Array, { image, matte, unit }: Taken): Uint8Array {
  const visible = hidden.map((is, i) => (!is && matte.data[i] > 0.5 ? 1 : 0));
  const thick = grown(
    visible.map((is) => 1 - is),
    image,
    SPIKE * unit,
  ).map((is) => 1 - is);
  const opened = grown(thick, image, SPIKE * unit);
  const beside = grown(hidden, image, 3 * SPIKE * unit);
  return hidden.map((is, i) => (is || (beside[i] && visible[i] && !opened[i]) ? 1 : 0));
}

/**
 * How much of what is hidden the trunk covers. Its outline goes straight on behind forearm and hand. Behind an upper
 * arm, which lies beside it, it goes on some way into the arm at the armpit, less and less towards the elbow: no gap
 * opens where an arm is lifted.
 */
function coverBehind(taken: Taken, hidden: Uint8Array): Float32Array {
  const { image, matte, pieces, unit } = taken;
  // A joint, which both show, is no outline of the trunk: beside the body there is background behind an arm.
  const before = ahead(taken.shown, 1);
  const seen = hidden.map((is, i) => (!is && matte.data[i] > 0.5 && before[i] < 0.5 * matte.data[i] ? 1 : 0));
  const cover = outlineBehind({ ...image, hidden, seen, least: RIM * unit });
  const far = { ...image, hidden, matte: matte.data, around: AROUND * unit, grain: GRAIN * unit };
  const distance = outlineDistance(far);
  for (const { part, side, depth, slack, box } of pieces) {
    const arm = taken.arms.find((one) => one.side === side);
    if (part !== 'upperArm' || !arm) continue;
    const bone = alongBone(arm.shoulder, arm.elbow);
    for (const i of indicesOf(box, image.width)) {
      if (!hidden[i] || depth[i] < -2 * slack) continue;
      const along = bone.at((i % image.width) + 0.5, Math.floor(i / image.width) + 0.5).x / bone.length;
      const level = ARMPIT * unit * smoothstep(0.1, 0.85, along);
      cover[i] = Math.max(cover[i], smoothstep(-1, 1, distance[i] - level));
    }
  }
  // What is left open between two parts of it is too thin to be a gap.
  const near = grown(
    hidden.map((is, i) => ((is ? cover[i] : matte.data[i]) > 0.5 ? 1 : 0)),
    image,
    SPIKE * unit,
  );
  const open = grown(
    near.map((is) => 1 - is),
    image,
    SPIKE * unit,
  );
  return cover.map((value, i) => (hidden[i] && !open[i] ? 1 : value));
}

/** @param below all layers behind it at rest */
function limbOf(taken: Taken, k: number, below: Overlay): Image {
  const { image, matte, pieces, shown, unit } = taken;
  const { mask, share, box } = pieces[k];
  const own = shown[k + 1];
  const before = ahead(shown, k + 2);
  const rim = grown(hiddenBy(taken, k + 1), image, RIM * unit);
  const stub = isStub(taken, k)
    ? wellWithin(before, own, { image, close: 0.06 * unit, by: STUB_RIM * unit })
    : undefined;
  const data = new Uint8ClampedArray(image.data.length);
  const [known, hole] = [new Uint8Array(own.length), new Uint8Array(own.length)];
  for (const i of indicesOf(box, image.width)) {
    // Under what is before it a limb goes on as its own shape says.
    for (let c = 0; c < 3; c++) data[4 * i + c] = image.data[4 * i + c];
    const under = stub ? stub[i] : before[i];
    data[4 * i + 3] = 255 * Math.min(1, own[i] + Math.min(under, matte.data[i]) * mask[i] * share[i]);
    if (data[4 * i + 3] === 0) continue;
    if (rim[i]) hole[i] = 1;
    else if (Math.min(matte.data[i], mask[i]) > 1 - NOTHING) known[i] = 1;
  }
  fillHidden({ image, known, hole, grain: GRAIN * unit }, data);
  ownColors(
    image,
    data,
    Uint8Array.from(known, (is, i) => (is || hole[i] || before[i] > NOTHING ? 1 : 0)),
    { box, below },
  );
  return { ...image, data };
}

/** Whether a hand alone hides the end of this upper arm. */
function isStub({ pieces }: Taken, k: number): boolean {
  const { part, side } = pieces[k];
  return part === 'upperArm' && !pieces.some((other) => other.side === side && other.part === 'forearm');
}

/** What is before a limb, but for what is within `by` pixels of neither; gaps under twice `close` do not count. */
function wellWithin(
  before: Float32Array,
  own: Float32Array,
  { image, close, by }: { readonly image: Image; readonly close: number; readonly by: number },
): Float32Array {
  const near = grown(
    Uint8Array.from(before, (value, i) => (value + own[i] > 0.5 ? 1 : 0)),
    image,
    close,
  );
  const open = grown(
    near.map((is) => 1 - is),
    image,
    close + by,
  );
  return before.map((value, i) => (open[i] ? 0 : value));
}

/**
 * Frees the colors of soft edges of what is behind them, c = (picture − (1 − α) behind) / α, and keeps them like those
 * inside, for neither α nor what is behind is known exactly. In place.
 *
 * @param data u8 [H, W, 4] of the limb
 * @param sure u8 [H, W] 1 where its colors are right
 */
function ownColors(
  image: Image,
  data: Uint8ClampedArray,
  sure: Uint8Array,
  { box, below }: { readonly box: Box; readonly below: Overlay },
): void {
  const indices = indicesOf(box, image.width);
  const nearest = nearestKnown(
    Uint8Array.from(indices, (i) => (data[4 * i + 3] > 0 ? sure[i] : 0)),
    box.width,
    box.height,
  );
  indices.forEach((i, k) => {
    const alpha = data[4 * i + 3] / 255;
    if (sure[i] || alpha === 0 || nearest[k] < 0) return;
    const matte = image.data[4 * i + 3] / 255;
    // At the edge of the matte the picture's color is partly the room's.
    const own = matte > 1 - NOTHING ? OWN.inside : OWN.rim;
    for (let c = 0; c < 3; c++) {
      const inside = data[4 * indices[nearest[k]] + c];
      const free = (matte * image.data[4 * i + c] - (1 - alpha) * below.at(i, c)) / alpha;
      data[4 * i + c] = Math.min(inside + own, Math.max(inside - own, free));
    }
  });
}

/** f32 [H, W] what the layers from `k` on show together. */
function ahead(shown: readonly Float32Array[], k: number): Float32Array {
  const sum = new Float32Array(shown[0].length);
  for (const layer of shown.slice(k)) for (let i = 0; i < sum.length; i++) sum[i] += layer[i];
  return sum;
}
