import { fromPupils, type PupilFrame } from '@soliloquy/face';
import type { Image } from '@soliloquy/media';
import { sample, smooth, type Plane } from '@soliloquy/planes';
import type { FaceLandmarkName, LandmarkPoint } from '@soliloquy/ports';
import { facePatch, type FacePatch } from './face-patch.ts';
import type { FoundFace } from './find-face.ts';
import { findMouth, MOUTH_SCALE, MOUTH_WINDOW, type Mouth } from './mouth.ts';

/** Face coordinates (distances between the pupils) with how sure they are. */
export interface FaceShape {
  readonly points: Readonly<
    Record<FaceLandmarkName, { readonly u: number; readonly v: number; readonly confidence: number }>
  >;
  readonly mouth: Mouth;
}

const WINDOW = { left: -1.2, right: 1.2, top: -0.8, bottom: 2.3 };
const SCALE = 64;

/**
 * Every point of the face that its inside tells: pupils and mouth are found, lids, brows, nose and chin are looked for
 * around their anthropometric places (Farkas 1994) and pulled to the evidence; ears and the top of the head stand where
 * a mean head has them until `fitHead` has seen the matte.
 */
export function shapeFace(image: Image, face: FoundFace): FaceShape {
  const { frame } = face.eyes;
  const boxMouth = expectedMouth(face);
  const mouth = findMouth(facePatch(image, frame, MOUTH_WINDOW, MOUTH_SCALE), boxMouth);
  const patch = facePatch(image, frame, WINDOW, SCALE);
  const luma = smooth(patch.luma, 1);
  const eye = face.eyes.confidence;
  const nose = noseBase(patch, luma);
  const chin = chinRow(patch, luma, mouth.centre.v);
  const left = eyeShape(patch, luma, 1);
  const right = eyeShape(patch, luma, -1);
  const at = (u: number, v: number, confidence: number) => ({ u, v, confidence });
  return {
    mouth,
    points: {
      leftEye: at(0.5, 0, eye),
      leftEyeInner: at(0.26, 0.03, eye * 0.7),
      leftEyeOuter: at(0.76, 0.01, eye * 0.7),
      leftEyeTop: at(0.5, left.top, eye * 0.8),
      leftEyeBottom: at(0.5, left.bottom, eye * 0.8),
      rightEye: at(-0.5, 0, eye),
      rightEyeInner: at(-0.26, 0.03, eye * 0.7),
      rightEyeOuter: at(-0.76, 0.01, eye * 0.7),
      rightEyeTop: at(-0.5, right.top, eye * 0.8),
      rightEyeBottom: at(-0.5, right.bottom, eye * 0.8),
      leftBrow: at(0.52, left.brow, 0.6),
      rightBrow: at(-0.52, right.brow, 0.6),
      noseTip: at(mouth.centre.u * 0.5, nose - 0.1, 0.6),
      chin: at(mouth.centre.u, chin, 0.6),
      mouthLeft: at(mouth.rightCorner.u, mouth.rightCorner.v, mouth.confidence),
      mouthRight: at(mouth.leftCorner.u, mouth.leftCorner.v, mouth.confidence),
      upperLipTop: at(mouth.upperLipTop.u, mouth.upperLipTop.v, mouth.confidence),
      mouthCenter: at(mouth.centre.u, mouth.centre.v, mouth.confidence),
      lowerLipBottom: at(mouth.lowerLipBottom.u, mouth.lowerLipBottom.v, mouth.confidence),
      leftEar: at(1.08, 0.35, 0.4),
      rightEar: at(-1.08, 0.35, 0.4),
      headTop: at(0, -1.8, 0.3),
    },
  };
}

/**
 * Where a cascade's box has the mouth (0.285 of its side below its centre on the development pictures), in units below
 * the line of the eyes.
 */
function expectedMouth({ box, eyes }: FoundFace): number {
  const down = { x: box.x - Math.sin(box.tilt) * 0.285 * box.size, y: box.y + Math.cos(box.tilt) * 0.285 * box.size };
  const cos = Math.cos(eyes.frame.tilt);
  const sin = Math.sin(eyes.frame.tilt);
  const v = (-(down.x - eyes.frame.x) * sin + (down.y - eyes.frame.y) * cos) / eyes.frame.unit;
  return Math.min(1.3, Math.max(0.85, v));
}

/** Mean along a short row of the patch. */
function rowMean(patch: FacePatch, plane: Plane, u: number, v: number, half: number): number {
  let sum = 0;
  for (let i = -4; i <= 4; i++)
    sum += sample(plane, (u + (i / 4) * half - patch.left) * patch.scale, (v - patch.top) * patch.scale);
  return sum / 9;
}

/** The row of a column of evidence that is best with a Gaussian prior; evidence is divided by its own largest value. */
function bestRow(from: number, to: number, expected: number, spread: number, evidence: (v: number) => number): number {
  const rows: { v: number; value: number }[] = [];
  for (let v = from; v <= to; v += 1 / SCALE) rows.push({ v, value: evidence(v) });
  const top = Math.max(1e-6, ...rows.map((row) => row.value));
  let best = { v: expected, score: -Infinity };
  for (const { v, value } of rows) {
    const score = value / top - 0.5 * ((v - expected) / spread) ** 2;
    if (score > best.score) best = { v, score };
  }
  return best.v;
}

/** Upper lid, lower lid and brow of one eye, rows in face coordinates. */
function eyeShape(patch: FacePatch, luma: Plane, side: 1 | -1): { top: number; bottom: number; brow: number } {
  const u = side * 0.5;
  const edge = (v: number, half: number) =>
    rowMean(patch, luma, u, v + 0.025, half) - rowMean(patch, luma, u, v - 0.025, half);
  const top = bestRow(-0.19, -0.05, -0.1, 0.05, (v) => -edge(v, 0.12));
  const bottom = bestRow(0.05, 0.17, 0.095, 0.04, (v) => edge(v, 0.12));
  const dark = (v: number) =>
    (rowMean(patch, luma, u, v - 0.13, 0.2) + rowMean(patch, luma, u, v + 0.13, 0.2)) / 2 -
    rowMean(patch, luma, u, v, 0.2);
  return { top, bottom, brow: bestRow(-0.55, top - 0.1, -0.33, 0.1, dark) };
}

/** The row of the nostrils. */
function noseBase(patch: FacePatch, luma: Plane): number {
  return bestRow(0.5, 0.85, 0.67, 0.09, (v) => {
    const nostrils = rowMean(patch, luma, -0.13, v, 0.06) + rowMean(patch, luma, 0.13, v, 0.06);
    const around = rowMean(patch, luma, 0, v - 0.15, 0.15) + rowMean(patch, luma, 0, v + 0.12, 0.15);
    return around - nostrils;
  });
}

/**
 * The lower edge of the chin: below the mouth, where the face's brightness changes over to the shadow of the neck (or a
 * collar).
 */
function chinRow(patch: FacePatch, luma: Plane, mouth: number): number {
  const expected = 0.35 * 1.82 + 0.65 * (mouth + 0.72);
  return bestRow(
    mouth + 0.48,
    Math.min(mouth + 1.05, patch.top + (luma.height - 4) / patch.scale),
    expected,
    0.11,
    (v) => Math.abs(rowMean(patch, luma, 0, v + 0.05, 0.2) - rowMean(patch, luma, 0, v - 0.05, 0.2)),
  );
}

/**
 * Ears at the sides of the head and its top at the end of the hair, from the matte; the mean head's where the matte
 * says something impossible.
 */
export function fitHead(shape: FaceShape, frame: PupilFrame, matte: Plane): FaceShape {
  const covered = (u: number, v: number) => {
    const at = fromPupils(frame, u, v);
    if (at.x < 0 || at.y < 0 || at.x >= matte.width || at.y >= matte.height) return false;
    return matte.data[Math.floor(at.y) * matte.width + Math.floor(at.x)] > 0.5;
  };
  const reach = (side: number) => {
    let u = 0.6;
    while (u < 1.6 && covered(side * u, 0.35)) u += 0.02;
    // Beyond a mean ear there is hair.
    return u < 0.85 || u > 1.3 ? 1.08 : u - 0.06;
  };
  let top = -1.2;
  while (top > -2.8 && [-0.2, 0, 0.2].some((u) => covered(u, top - 0.02))) top -= 0.02;
  const { points } = shape;
  return {
    ...shape,
    points: {
      ...points,
      leftEar: { ...points.leftEar, u: reach(1) },
      rightEar: { ...points.rightEar, u: -reach(-1) },
      headTop: { u: 0, v: top > -1.35 ? -1.8 : top, confidence: top > -1.35 ? 0.3 : 0.7 },
    },
  };
}

/** The points in pixels of the picture. */
export function pointsOfShape(shape: FaceShape, frame: PupilFrame): Record<FaceLandmarkName, LandmarkPoint> {
  const entries = Object.entries(shape.points).map(
    ([name, { u, v, confidence }]) => [name, { ...fromPupils(frame, u, v), confidence }] as const,
  );
  return Object.fromEntries(entries) as Record<FaceLandmarkName, LandmarkPoint>;
}
