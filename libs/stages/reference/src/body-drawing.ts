import type { Point } from '@soliloquy/face';
import {
  BODY,
  HAND_POINTS,
  handSpan,
  type Body,
  type BodyPointName,
  type Face,
  type Hand,
  type PictureOfPeople,
} from '@soliloquy/whole-body';
import { withScope, type Mat, type OpenCv } from './opencv.ts';

/** A picture at another size. */
export interface Scaled {
  /** its pixels a pixel of the picture */
  readonly scale: number;
  /** pixels */
  readonly width: number;
  readonly height: number;
}

/** Where a person is, by face, joints and fingers alone: each u8 [height, width], above 0 inside. */
export interface BodyDrawing {
  /** Face, palms and the bones of fingers: surely the person. */
  readonly sure: Uint8Array;
  /** Around the bones of arms and legs, and inside the torso: the person, unless something is before it. */
  readonly limbs: Uint8Array;
  /** As far as fingers reach. */
  readonly fingers: Uint8Array;
  /** Between arms, legs, fingers and the torso, where masks are too coarse to be believed. */
  readonly gaps: Uint8Array;
  /** Around feet and hands, where masks miss shoes and fingers. */
  readonly open: Uint8Array;
  /** Around the head. */
  readonly hair: Uint8Array;
}

/** Confidence of joints, and presence of hands, that are drawn. */
const SEEN = 0.65;
/** A hand of which two looks are this far apart is not drawn. */
const UNSURE_HAND = 0.25;
/** Of the square around the mesh in which the face is looked at, its height. */
const FACE_IN_REGION = 1 / 1.5;

/** Half widths that are surely within a limb, over the height of the face. */
const BONES = (['left', 'right'] as const).flatMap((side) => [
  { from: `${side}Shoulder`, to: `${side}Elbow`, half: 0.07 } as const,
  { from: `${side}Elbow`, to: `${side}Wrist`, half: 0.06 } as const,
  { from: `${side}Hip`, to: `${side}Knee`, half: 0.11 } as const,
  { from: `${side}Knee`, to: `${side}Ankle`, half: 0.07 } as const,
  { from: `${side}Ankle`, to: `${side}Heel`, half: 0.04, isFoot: true } as const,
  { from: `${side}Heel`, to: `${side}FootIndex`, half: 0.04, isFoot: true } as const,
  { from: `${side}Ankle`, to: `${side}FootIndex`, half: 0.04, isFoot: true } as const,
]);
/** As far around a foot as shoes are looked for, and around the middle of the face as hair is; heights of the face. */
const SHOE = 0.2;
const HAIR = 1.5;
/** Around the bones of a finger, over the length of the palm. */
const FINGER = { sure: 0.03, reach: 0.11, around: 0.4 };
const PALM = [0, 1, 5, 9, 13, 17];
/** A share of these polygons about their middles that is surely inside. */
const INNER = 0.8;
/** And one that a torso is within. */
const OUTER = 1.25;

const TORSO: readonly BodyPointName[] = ['leftShoulder', 'rightShoulder', 'rightHip', 'leftHip'];
const GAPS: readonly (readonly BodyPointName[])[] = [
  ['leftHip', 'leftKnee', 'leftAnkle', 'rightAnkle', 'rightKnee', 'rightHip'],
  ['leftShoulder', 'leftElbow', 'leftWrist', 'leftHip'],
  ['rightShoulder', 'rightElbow', 'rightWrist', 'rightHip'],
];
/** The outline of the face in the mesh. */
// prettier-ignore
const OVAL = [
  10, 338, 297, 332, 284, 251, 389, 356, 454, 323, 361, 288, 397, 365, 379, 378, 400, 377,
  152, 148, 176, 149, 150, 136, 172, 58, 132, 93, 234, 127, 162, 21, 54, 103, 67, 109,
];
/** Pairs of joints of a hand: every finger begins at the wrist and has four joints. */
export const FINGER_BONES = HAND_POINTS.slice(1).map((_, i) => [i % 4 === 0 ? 0 : i, i + 1] as const);

/** Height of a face, pixels: the unit of what is drawn. */
export function faceHeight({ region }: Face): number {
  return region.height * FACE_IN_REGION;
}

/** Draws the main person, who has a face. */
export function drawBody(cv: OpenCv, { person, disagreement }: PictureOfPeople, on: Scaled): BodyDrawing {
  return withScope((keep) => {
    const layer = (): Layer => new Layer(cv, keep(new cv.Mat(on.height, on.width, cv.CV_8UC1)), on.scale);
    const layers = { sure: layer(), limbs: layer(), fingers: layer(), gaps: layer(), open: layer(), hair: layer() };
    const { face, body, hands } = person!;
    const unit = faceHeight(face!);
    layers.sure.fill(OVAL.map((i) => face!.points[i]));
    layers.hair.disc(face!.region, HAIR * unit);
    if (body) drawJoints(body, unit, layers);
    if (hands.left && (disagreement.leftHand ?? 0) < UNSURE_HAND) drawHand(hands.left, layers);
    if (hands.right && (disagreement.rightHand ?? 0) < UNSURE_HAND) drawHand(hands.right, layers);
    const { sure, limbs, fingers, gaps, open, hair } = layers;
    return {
      sure: sure.copy(),
      limbs: limbs.copy(),
      fingers: fingers.copy(),
      gaps: gaps.copy(),
      open: open.copy(),
      hair: hair.copy(),
    };
  });
}

type Layers = Readonly<Record<keyof BodyDrawing, Layer>>;

function drawJoints({ points }: Body, unit: number, { limbs, gaps, open }: Layers): void {
  const at = (name: BodyPointName) => points[BODY[name]];
  for (const gap of GAPS) gaps.fill(gap.map(at));
  gaps.fill(scaled(TORSO.map(at), OUTER), 0);
  limbs.fill(scaled(TORSO.map(at), INNER));
  for (const { from, to, half, ...bone } of BONES) {
    if (Math.min(at(from).confidence, at(to).confidence) < SEEN) continue;
    limbs.line(at(from), at(to), half * unit);
    if ('isFoot' in bone) open.line(at(from), at(to), SHOE * unit);
  }
}

function drawHand(hand: Hand, { sure, fingers, gaps, open }: Layers): void {
  if (hand.presence < SEEN) return;
  const span = handSpan(hand);
  for (const [from, to] of FINGER_BONES) {
    const [a, b] = [hand.points[from], hand.points[to]];
    sure.line(a, b, FINGER.sure * span);
    fingers.line(a, b, FINGER.reach * span);
    gaps.line(a, b, FINGER.around * span);
    open.line(a, b, FINGER.around * span);
  }
  sure.fill(
    scaled(
      PALM.map((i) => hand.points[i]),
      INNER,
    ),
  );
}

/** A polygon grown or shrunk about its middle. */
function scaled(points: readonly Point[], by: number): Point[] {
  const x = points.reduce((sum, point) => sum + point.x, 0) / points.length;
  const y = points.reduce((sum, point) => sum + point.y, 0) / points.length;
  return points.map((point) => ({ x: x + (point.x - x) * by, y: y + (point.y - y) * by }));
}

/** What is drawn on, in pixels of the picture. */
class Layer {
  private readonly cv: OpenCv;
  private readonly mat: Mat;
  private readonly scale: number;

  constructor(cv: OpenCv, mat: Mat, scale: number) {
    mat.data.fill(0);
    [this.cv, this.mat, this.scale] = [cv, mat, scale];
  }

  line(from: Point, to: Point, half: number): void {
    const thickness = Math.max(1, Math.round(2 * half * this.scale));
    this.cv.line(this.mat, this.pixel(from), this.pixel(to), [255, 0, 0, 0], thickness, 8, 0);
  }

  disc(centre: Point, radius: number): void {
    this.cv.circle(this.mat, this.pixel(centre), Math.round(radius * this.scale), [255, 0, 0, 0], -1, 8, 0);
  }

  fill(points: readonly Point[], value = 255): void {
    withScope((keep) => {
      const outline = keep(new this.cv.Mat(points.length, 1, this.cv.CV_32SC2));
      outline.data32S.set(points.map((point) => this.pixel(point)).flatMap(({ x, y }) => [x, y]));
      const outlines = keep(new this.cv.MatVector());
      outlines.push_back(outline);
      this.cv.fillPoly(this.mat, outlines, [value, 0, 0, 0], 8, 0, { x: 0, y: 0 });
    });
  }

  copy(): Uint8Array {
    return this.mat.data.slice();
  }

  /** The pixel in which a place lies; far outside, one just as far outside as drawing can stand. */
  private pixel({ x, y }: Point): Point {
    const bounded = (value: number): number => Math.min(20_000, Math.max(-20_000, Math.floor(value * this.scale)));
    return { x: bounded(x), y: bounded(y) };
  }
}
