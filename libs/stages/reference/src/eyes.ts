import { fromPupils, pupilFrame, type PupilFrame } from '@soliloquy/face';
import type { Image } from '@soliloquy/media';
import { planeOf, sample, smooth, type Plane } from '@soliloquy/planes';
import { detect, type FaceBox } from './face-detector.ts';
import { facePatch, type FacePatch } from './face-patch.ts';
import type { OpenCv } from './opencv.ts';

export interface Eyes {
  readonly frame: PupilFrame;
  /** 0 … 1: how much eye evidence there is at both pupils; below about 0.3 the frame is the box's own proportion */
  readonly confidence: number;
  /** how many of the two pupils an eye cascade also sees */
  readonly cascadeHits: number;
}

/**
 * Where the pupils are in a cascade's box (share of its side below the centre, and apart), measured on the development
 * pictures.
 */
const EYES_ABOVE_CENTRE = 0.11;
const PUPILS_APART = 0.38;
/** Window around the expected eyes, in expected pupil distances. */
const WINDOW = { left: -1.15, right: 1.15, top: -0.75, bottom: 0.75 };
const SCALE = 72;

interface Candidate {
  readonly x: number;
  readonly y: number;
  readonly score: number;
}

/**
 * Both pupils within a face box: the discs that the gradients around them point away from (radial symmetry voting, Loy
 * and Zelinsky 2003), which an eye cascade also sees, chosen as the pair that best fits distance, level and place of
 * eyes in the box and whose halves mirror one another.
 */
export function findEyes(cv: OpenCv, image: Image, face: FaceBox): Eyes {
  const cos = Math.cos(face.tilt);
  const sin = Math.sin(face.tilt);
  const expected: PupilFrame = {
    x: face.x + sin * EYES_ABOVE_CENTRE * face.size,
    y: face.y - cos * EYES_ABOVE_CENTRE * face.size,
    unit: face.size * PUPILS_APART,
    tilt: face.tilt,
  };
  const patch = facePatch(image, expected, WINDOW, SCALE);
  const votes = pupilVotes(patch.luma);
  const hits = eyeHits(cv, image, expected);
  const middle = -patch.left * patch.scale;
  const sides = [-1, 1].map((side) => candidates(votes, patch, hits, middle, side));
  let best: { a: Candidate; b: Candidate; score: number } | undefined;
  for (const a of sides[0]) {
    for (const b of sides[1]) {
      const apart = Math.hypot(b.x - a.x, b.y - a.y) / patch.scale;
      const level = Math.atan2(b.y - a.y, b.x - a.x);
      const u = (a.x + b.x) / 2 / patch.scale + patch.left;
      const v = (a.y + b.y) / 2 / patch.scale + patch.top;
      const misfit = ((apart - 1.03) / 0.16) ** 2 + (level / 0.17) ** 2 + (u / 0.14) ** 2 + (v / 0.17) ** 2;
      const score = a.score + b.score + 0.35 * mirrored(patch.luma, a, b) - 0.1 * misfit;
      if (!best || score > best.score) best = { a, b, score };
    }
  }
  if (!best) return { frame: expected, confidence: 0, cascadeHits: 0 };
  const [left, right] = [best.a, best.b].map((eye) =>
    fromPupils(expected, eye.x / patch.scale + patch.left, eye.y / patch.scale + patch.top),
  );
  const frame = pupilFrame(left!, right!);
  const cascadeHits = [best.a, best.b].filter((eye) =>
    hits.some((hit) => Math.hypot(hit.x - eye.x, hit.y - eye.y) < 0.2 * SCALE),
  ).length;
  return { frame, confidence: Math.min(1, Math.max(0, best.score / 2)), cascadeHits };
}

/** Votes for the centres of dark discs of a pupil's and iris's size (0.06 … 0.13 of the pupils' distance), 0 … 1. */
function pupilVotes(luma: Plane): Plane {
  const { width, height } = luma;
  const soft = smooth(luma, 1.2);
  const votes = planeOf(width, height);
  for (let y = 1; y < height - 1; y++) {
    for (let x = 1; x < width - 1; x++) {
      const at = y * width + x;
      const gx = (soft.data[at + 1] - soft.data[at - 1]) / 2;
      const gy = (soft.data[at + width] - soft.data[at - width]) / 2;
      const size = Math.hypot(gx, gy);
      if (size < 0.004) continue;
      // The sides of the iris are seen, its top and bottom are under the lids: horizontal gradients count more.
      const weight = Math.sqrt(Math.min(size, 0.1)) * (0.4 + 0.6 * Math.abs(gx / size));
      for (let radius = 4; radius <= 9; radius++) {
        const cx = Math.round(x - (gx / size) * radius);
        const cy = Math.round(y - (gy / size) * radius);
        if (cx >= 0 && cy >= 0 && cx < width && cy < height) votes.data[cy * width + cx] += weight / radius;
      }
    }
  }
  const spread = smooth(votes, 1.6);
  const core = smooth(luma, 2);
  const around = smooth(luma, 12);
  let top = 1e-6;
  for (let i = 0; i < spread.data.length; i++) {
    const darkness = Math.max(0, around.data[i] - core.data[i]) / (around.data[i] + 0.1);
    spread.data[i] = spread.data[i] * (0.25 + Math.min(1, 2.5 * darkness));
    top = Math.max(top, spread.data[i]);
  }
  for (let i = 0; i < spread.data.length; i++) spread.data[i] /= top;
  return spread;
}

/** Centres of the eye cascades' hits, in pixels of the pupil patch. */
function eyeHits(cv: OpenCv, image: Image, expected: PupilFrame): { x: number; y: number }[] {
  const detail = facePatch(image, expected, WINDOW, 90);
  const grey = smooth(detail.luma, 0.5);
  return ['haarcascade_eye', 'haarcascade_eye_tree_eyeglasses'].flatMap((name) =>
    detect(cv, name, grey, 2, 24, 1.08)
      .filter(({ box }) => box.width < 0.75 * 90)
      .map(({ box }) => ({ x: ((box.x + box.width / 2) / 90) * SCALE, y: ((box.y + box.height / 2) / 90) * SCALE })),
  );
}

/** The best local maxima of one half of the patch, with what the prior and the cascades say of them. */
function candidates(
  votes: Plane,
  patch: FacePatch,
  hits: readonly { x: number; y: number }[],
  middle: number,
  side: number,
): Candidate[] {
  const found: Candidate[] = [];
  const centreY = -patch.top * patch.scale;
  for (let y = 3; y < votes.height - 3; y++) {
    for (let x = 3; x < votes.width - 3; x++) {
      const offset = (side * (x + 0.5 - middle)) / patch.scale;
      if (offset < 0.2 || offset > 0.9) continue;
      const value = votes.data[y * votes.width + x];
      if (!isPeak(votes, x, y, 3)) continue;
      const prior = Math.exp(-0.5 * (((offset - 0.52) / 0.16) ** 2 + ((y + 0.5 - centreY) / patch.scale / 0.22) ** 2));
      const seen = hits.reduce(
        (sum, hit) => Math.max(sum, Math.exp(-0.5 * (Math.hypot(hit.x - x, hit.y - y) / (0.1 * patch.scale)) ** 2)),
        0,
      );
      found.push({ x: x + 0.5, y: y + 0.5, score: value * prior * 0.75 + 0.3 * seen });
    }
  }
  return found.sort((a, b) => b.score - a.score).slice(0, 6);
}

function isPeak(plane: Plane, x: number, y: number, radius: number): boolean {
  const value = plane.data[y * plane.width + x];
  for (let j = -radius; j <= radius; j++)
    for (let i = -radius; i <= radius; i++) if (plane.data[(y + j) * plane.width + x + i] > value) return false;
  return value > 0;
}

/** Normalised correlation of the surroundings of one eye with the mirror image of the other's, -1 … 1. */
function mirrored(luma: Plane, a: Candidate, b: Candidate): number {
  const angle = Math.atan2(b.y - a.y, b.x - a.x);
  const cos = Math.cos(angle);
  const sin = Math.sin(angle);
  const [p, q]: [number[], number[]] = [[], []];
  for (let v = -14; v <= 14; v += 2) {
    for (let u = -18; u <= 18; u += 2) {
      p.push(sample(luma, a.x + u * cos - v * sin, a.y + u * sin + v * cos));
      q.push(sample(luma, b.x - u * cos - v * sin, b.y - u * sin + v * cos));
    }
  }
  return correlation(p, q);
}

/** Pearson's correlation. */
export function correlation(p: readonly number[], q: readonly number[]): number {
  const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
  const mp = mean(p);
  const mq = mean(q);
  let pq = 0;
  let pp = 1e-9;
  let qq = 1e-9;
  for (let i = 0; i < p.length; i++) {
    pq += (p[i] - mp) * (q[i] - mq);
    pp += (p[i] - mp) ** 2;
    qq += (q[i] - mq) ** 2;
  }
  return pq / Math.sqrt(pp * qq);
}
