import type { Point } from '@soliloquy/face';
import { planeOf, regionsOf, smooth, type Plane } from '@soliloquy/planes';
import { smoothstep } from '@soliloquy/signal';
import type { Arm, ArmPart, BodyScale, Side } from './arms.ts';
import { boxAround, indicesOf, type Box } from './box.ts';
import { colorOdds, type ColorOdds } from './color-odds.ts';
import { capsuleShape, handShape, type LimbShape } from './limb-shape.ts';
import { limbProfile, type Measured } from './limb-width.ts';
import { nearestKnown } from './nearest-known.ts';

/** A piece of an arm as the picture shows it. */
export interface LimbPiece {
  readonly part: ArmPart;
  readonly side: Side;
  /** f32 [H, W] pixels from the expected edge, positive inside; −Infinity far away */
  readonly depth: Float32Array;
  /** f32 [H, W] 0 … 1: whether it is this limb, by place and color, as if nothing were before it */
  readonly mask: Float32Array;
  /** f32 [H, W] 0 … 1: how much has passed to it from the piece that it hangs on */
  readonly share: Float32Array;
  readonly slack: number;
  /** how likely a color is its own; undefined where colors say nothing */
  readonly odds: ColorOdds | undefined;
  /** as deep as this it surely is the limb */
  readonly core: number;
  /** nothing of it is outside */
  readonly box: Box;
}

/** Half widths at both ends of the bones, widths of the shoulders. */
const EXPECTED = { upperArm: [0.17, 0.14], forearm: [0.12, 0.07] } as const;
/** A forearm that is shorter than this in the picture points at the camera: no piece of its own. */
const FORESHORTENED = 0.2;
/** Over what a piece takes over from the one before it, widths of the shoulders. */
const JOINT = { upperArm: 0.16, forearm: 0.12, hand: 0.07 } as const;
/** How unsure the expected edge is, widths of the shoulders. */
const UNSURE = 0.03;
/** How far what is beside a limb is looked at, widths of the shoulders. */
const BESIDE = 0.2;
/** Share of the matte that counts as all. */
const SOLID = 0.9;

/** The pieces of an arm, the one at the shoulder first. */
export function limbPieces(measured: Measured, arm: Arm, scale: BodyScale): LimbPiece[] {
  const unit = scale.shoulderWidth;
  const drafts = shapesOf(measured, arm, unit).map(({ part, shape }) => draftOf(part, shape, measured.image, unit));
  const covered = new Uint8Array(measured.matte.data.length);
  // From the hand upwards: the colors of what is before a limb say nothing of it.
  const pieces = drafts
    .toReversed()
    .map((draft): LimbPiece => {
      const odds = oddsOf(measured, draft, { others: drafts.filter((other) => other !== draft), reach: BESIDE * unit });
      const mask = maskOf(draft, measured.image, { unsure: UNSURE * unit, odds, covered });
      takeRim(mask, draft.box, measured.matte);
      for (let i = 0; i < covered.length; i++) if (mask[i] * draft.share[i] > 0.5) covered[i] = 1;
      return { ...draft, side: arm.side, mask, odds };
    })
    .reverse();
  const [upperArm, forearm] = pieces;
  if (forearm.part === 'forearm') shareJoint(upperArm, forearm, { at: arm.elbow, width: measured.image.width });
  return pieces;
}

/** Around the elbow what is of one of the two is of both: neither ends where the other begins. In place. */
function shareJoint(
  one: LimbPiece,
  other: LimbPiece,
  { at, width }: { readonly at: Point; readonly width: number },
): void {
  const radius = (1.2 * Math.max(one.slack, other.slack)) / 0.45;
  for (const i of indicesOf(one.box, width)) {
    const near =
      1 - smoothstep(0.7, 1, Math.hypot((i % width) + 0.5 - at.x, Math.floor(i / width) + 0.5 - at.y) / radius);
    if (near === 0) continue;
    const [a, b] = [one.mask[i], other.mask[i]];
    one.mask[i] = Math.max(a, near * b);
    other.mask[i] = Math.max(b, near * a);
  }
}

/** What is at the edge of the matte belongs to whom what is inside of it does: no rim is left behind. In place. */
function takeRim(mask: Float32Array, box: Box, { width, data }: Plane): void {
  const indices = indicesOf(box, width);
  const solid = Uint8Array.from(indices, (i) => (data[i] > SOLID ? 1 : 0));
  const nearest = nearestKnown(solid, box.width, box.height);
  const inside = mask.slice();
  indices.forEach((i, k) => {
    if (!solid[k] && nearest[k] >= 0 && data[i] > 0) mask[i] = inside[indices[nearest[k]]];
  });
}

/** A piece by its place alone. */
type Draft = Omit<LimbPiece, 'side' | 'mask' | 'odds'>;

function shapesOf(measured: Measured, arm: Arm, unit: number): { readonly part: ArmPart; readonly shape: LimbShape }[] {
  const { shoulder, elbow, wrist } = arm;
  const expected = (part: 'upperArm' | 'forearm'): [number, number] => [
    EXPECTED[part][0] * unit,
    EXPECTED[part][1] * unit,
  ];
  const upper = limbProfile(measured, [shoulder, elbow], expected('upperArm'));
  const shapes: { part: ArmPart; shape: LimbShape }[] = [
    { part: 'upperArm', shape: capsuleShape(shoulder, elbow, upper, JOINT.upperArm * unit) },
  ];
  const isLong = Math.hypot(wrist.x - elbow.x, wrist.y - elbow.y) >= FORESHORTENED * unit;
  if (isLong) {
    const fore = limbProfile(measured, [elbow, wrist], expected('forearm'));
    shapes.push({ part: 'forearm', shape: capsuleShape(elbow, wrist, fore, JOINT.forearm * unit) });
  }
  shapes.push({ part: 'hand', shape: handShape(arm, isLong ? JOINT.hand * unit : 0) });
  return shapes;
}

/** A shape on the pixels of the picture. */
function draftOf(
  part: ArmPart,
  { depth, share, slack, core, around }: LimbShape,
  picture: { readonly width: number; readonly height: number },
  unit: number,
): Draft {
  const size = picture.width * picture.height;
  const planes = { depth: new Float32Array(size).fill(-Infinity), share: new Float32Array(size) };
  const box = boxAround(around.places, around.margin + BESIDE * unit, picture);
  const indices = indicesOf(box, picture.width);
  for (const i of indices) {
    const x = (i % picture.width) + 0.5;
    const y = Math.floor(i / picture.width) + 0.5;
    planes.depth[i] = depth(x, y);
    planes.share[i] = share(x, y);
  }
  return { part, slack, core, box, ...planes };
}

/** The limb's own colors against those of the person beside it. */
function oddsOf(
  { image, matte }: Measured,
  { part, depth, slack, core, box }: Draft,
  { others, reach }: { readonly others: readonly Draft[]; readonly reach: number },
): ColorOdds | undefined {
  const limb: number[] = [];
  const beside = { trunk: [] as number[], arm: [] as number[] };
  for (const i of indicesOf(box, image.width)) {
    if (depth[i] < -slack - reach || matte.data[i] < SOLID) continue;
    const onArm = others.some((other) => other.depth[i] > -other.slack);
    // A hand is before its arm; what is on both upper arm and forearm may be either.
    if (depth[i] > core && (part === 'hand' || !onArm)) limb.push(i);
    else if (depth[i] < -slack && !onArm) beside.trunk.push(i);
    else if (depth[i] < -slack && part === 'hand') beside.arm.push(i);
  }
  return colorOdds(image, limb, beside);
}

interface Known {
  /** pixels */
  readonly unsure: number;
  readonly odds: ColorOdds | undefined;
  /** u8 [H, W] 1 where something before it hides it */
  readonly covered: Uint8Array;
}

/** Place and color together, log odds summed, speckles smoothed. */
function maskOf(
  { part, depth, slack, box }: Draft,
  { width }: { readonly width: number },
  { unsure, odds, covered }: Known,
): Float32Array {
  const indices = indicesOf(box, width);
  const guess = part === 'hand' ? 3 : 0;
  // An edge that is found by its place alone is sharp there: a wide one would be a fringe.
  const doubt = odds ? unsure : unsure / 3;
  const logits = planeOf(box.width, box.height);
  indices.forEach((i, k) => {
    const byColor = covered[i] ? 0 : odds ? odds(i) : guess;
    const sure = depth[i] < -slack ? -8 : depth[i] > slack ? 8 : depth[i] / doubt + byColor;
    logits.data[k] = Math.max(-8, Math.min(8, sure));
  });
  const mask = new Float32Array(depth.length);
  smooth(logits, 1.2).data.forEach((logit, k) => (mask[indices[k]] = 1 / (1 + Math.exp(-2 * logit))));
  const isLimb = Uint8Array.from(indices, (i) => (mask[i] > 0.1 ? 1 : 0));
  // What has the limb's color but does not hang on it is none of it.
  for (const pixels of regionsOf(isLimb, box.width, box.height))
    if (pixels.every((k) => depth[indices[k]] <= 0)) for (const k of pixels) mask[indices[k]] = 0;
  return mask;
}
