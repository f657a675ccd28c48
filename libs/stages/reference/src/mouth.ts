import type { FacePoint } from '@soliloquy/face';
import { sample, smooth, type Plane } from '@soliloquy/planes';
import type { FacePatch } from './face-patch.ts';

/** The mouth in face coordinates (distances between the pupils). */
export interface Mouth {
  readonly centre: FacePoint;
  /** corner at the left of the picture */
  readonly leftCorner: FacePoint;
  readonly rightCorner: FacePoint;
  readonly upperLipTop: FacePoint;
  readonly lowerLipBottom: FacePoint;
  /** 0 … 1: how far lips stand out from the skin; 0: the prior alone */
  readonly confidence: number;
}

/** Window of a face patch that `findMouth` needs, face coordinates, and its pixels for one unit. */
export const MOUTH_WINDOW = { left: -0.9, right: 0.9, top: 0.4, bottom: 2.1 };
export const MOUTH_SCALE = 64;
/**
 * Mouth below the line of the eyes over the distance of the pupils: the anthropometric mean of adults is 1.05 … 1.1;
 * smiles lift it, open mouths lower it.
 */
const MOUTH_BELOW_EYES = 1.08;
const MOUTH_SPREAD = 0.13;

/**
 * The lips below a pair of eyes. Two kinds of evidence, each divided by its own spread over the lower face so that
 * pale, dark and grey pictures weigh alike: lips are redder than the skin above and below them, and the line between
 * lips is darker than both (with parted lips: a dark or bright gap between red bands). Their sum over place and heights
 * of both lips, with the anthropometric prior, is searched exhaustively.
 *
 * @param patch at MOUTH_WINDOW and MOUTH_SCALE
 * @param expected v of the mouth where it is known from elsewhere (the cascade's box)
 */
export function findMouth(patch: FacePatch, expected = MOUTH_BELOW_EYES): Mouth {
  const redness = smooth(patch.redness, 1.2);
  const luma = smooth(patch.luma, 1.2);
  const valley = valleys(luma);
  const rednessSpread = spreadOf(redness, patch);
  const prior = 0.6 * MOUTH_BELOW_EYES + 0.4 * expected;
  let best: { u: number; v: number; up: number; low: number; score: number; evidence: number } | undefined;
  for (let u = -0.12; u <= 0.121; u += 0.04) {
    const red = rowProfile(patch, redness, u);
    const dark = rowProfile(patch, valley, u);
    const redSums = runningSums(red);
    const row = (v: number) => Math.round((v - patch.top) * patch.scale);
    const band = (from: number, to: number) =>
      (redSums[row(to)] - redSums[row(from)]) / Math.max(1, row(to) - row(from));
    for (let v = 0.75; v <= 1.5; v += 1 / patch.scale) {
      const place = -0.5 * ((v - prior) / MOUTH_SPREAD) ** 2 - 0.5 * (u / 0.08) ** 2;
      for (const up of [0.06, 0.09, 0.12, 0.16, 0.21]) {
        for (const low of [0.08, 0.12, 0.16, 0.21, 0.27]) {
          const lips = band(v - up, v + low);
          const skin = (band(v - up - 0.13, v - up - 0.02) + band(v + low + 0.02, v + low + 0.13)) / 2;
          const contrast = Math.max(-1, Math.min(3, (lips - skin) / rednessSpread));
          const line = Math.max(0, dark[row(v)]);
          const shape = -0.5 * (((up - 0.12) / 0.07) ** 2 + ((low - 0.16) / 0.08) ** 2);
          const evidence = 1.0 * contrast + 0.8 * Math.min(3, line);
          const score = evidence + 0.8 * place + 0.35 * shape;
          if (!best || score > best.score) best = { u, v, up, low, score, evidence };
        }
      }
    }
  }
  const found = best!;
  const corners = findCorners(patch, valley, redness, rednessSpread, found);
  const gap = findTeeth(patch, redness, rednessSpread, luma, spreadOf(luma, patch), found);
  const { u } = found;
  return {
    centre: { u, v: gap ? (gap.from + gap.to) / 2 : found.v },
    leftCorner: corners[0],
    rightCorner: corners[1],
    upperLipTop: { u, v: gap ? Math.min(found.v - found.up, gap.from - 0.07) : found.v - found.up },
    lowerLipBottom: { u, v: gap ? Math.max(found.v + found.low, gap.to + 0.12) : found.v + found.low },
    confidence: Math.max(0, Math.min(1, found.evidence / 3)),
  };
}

/** How much darker a place is than a little above and below, divided by the picture's own spread of that. */
function valleys(luma: Plane): Plane {
  const { width, height } = luma;
  const data = new Float32Array(width * height);
  const reach = Math.round(0.07 * MOUTH_SCALE);
  let squares = 0;
  for (let y = reach; y < height - reach; y++) {
    for (let x = 0; x < width; x++) {
      const at = y * width + x;
      const value = Math.min(luma.data[at - reach * width], luma.data[at + reach * width]) - luma.data[at];
      data[at] = value;
      squares += Math.max(0, value) ** 2;
    }
  }
  const spread = Math.sqrt(squares / (width * height)) + 0.004;
  for (let i = 0; i < data.length; i++) data[i] = data[i] / spread / 1.5;
  return { width, height, data };
}

/** Standard deviation of redness over the middle of the lower face; at least the noise of 8-bit colours. */
function spreadOf(plane: Plane, patch: FacePatch): number {
  let sum = 0;
  let squares = 0;
  let count = 0;
  for (let v = 0.6; v < 1.6; v += 0.04) {
    for (let u = -0.45; u <= 0.45; u += 0.04) {
      const value = sample(plane, (u - patch.left) * patch.scale, (v - patch.top) * patch.scale);
      sum += value;
      squares += value * value;
      count++;
    }
  }
  return Math.sqrt(Math.max(0, squares / count - (sum / count) ** 2)) + 0.012;
}

/** Mean along each row within a quarter unit of `u`, weighted to the middle. */
function rowProfile(patch: FacePatch, plane: Plane, u: number): Float64Array {
  const profile = new Float64Array(plane.height);
  const middle = (u - patch.left) * patch.scale;
  const half = 0.24 * patch.scale;
  for (let y = 0; y < plane.height; y++) {
    let sum = 0;
    let weights = 0;
    for (let x = Math.max(0, Math.ceil(middle - half)); x < Math.min(plane.width, middle + half); x++) {
      const weight = 1 - (0.6 * Math.abs(x + 0.5 - middle)) / half;
      sum += plane.data[y * plane.width + x] * weight;
      weights += weight;
    }
    profile[y] = sum / weights;
  }
  return profile;
}

function runningSums(values: Float64Array): Float64Array {
  const sums = new Float64Array(values.length + 1);
  for (let i = 0; i < values.length; i++) sums[i + 1] = sums[i] + values[i];
  return sums;
}

/**
 * The teeth between parted lips at the line found: rows less red than both lips, and brighter.
 * Without it the line between upper lip and teeth would be taken for the middle of a laughing mouth.
 */
function findTeeth(
  patch: FacePatch,
  redness: Plane,
  rednessSpread: number,
  luma: Plane,
  lumaSpread: number,
  mouth: { u: number; v: number },
): { from: number; to: number } | undefined {
  const redSums = runningSums(rowProfile(patch, redness, mouth.u));
  const lumaSums = runningSums(rowProfile(patch, luma, mouth.u));
  const row = (v: number) => Math.round((v - patch.top) * patch.scale);
  const mean = (sums: Float64Array, from: number, to: number) =>
    (sums[row(to)] - sums[row(from)]) / Math.max(1, row(to) - row(from));
  let best = { from: 0, to: 0, score: 1.5 };
  for (let from = mouth.v - 0.15; from <= mouth.v + 0.22; from += 1 / patch.scale) {
    for (let long = 0.1; long <= 0.44; long += 1 / patch.scale) {
      const to = from + long;
      if (to < mouth.v) continue;
      const between = (sums: Float64Array, spread: number, sign: number) => {
        const gap = mean(sums, from + 0.01, to - 0.01);
        return (
          Math.min(sign * (gap - mean(sums, from - 0.07, from)), sign * (gap - mean(sums, to, to + 0.09))) / spread
        );
      };
      const paler = between(redSums, rednessSpread, -1);
      const brighter = between(lumaSums, lumaSpread, 1);
      // Between moustache and beard nothing is red: there the brightness alone must say it.
      if (!(paler > 0.5 && brighter > 0.4) && !(paler > -0.3 && brighter > 1.2)) continue;
      const score =
        Math.min(2.5, paler) +
        Math.min(2.5, brighter) -
        0.5 * Math.max(0, (long - 0.3) / 0.15) ** 2 -
        0.5 * (((from + to) / 2 - MOUTH_BELOW_EYES) / 0.18) ** 2;
      if (score > best.score) best = { from, to, score };
    }
  }
  return best.to > 0
    ? { from: best.from < mouth.v + 0.1 ? Math.min(best.from, mouth.v) : best.from, to: best.to }
    : undefined;
}

/** Follows the dark line between the lips outwards, column by column, until neither it nor the lips' red is there. */
function findCorners(
  patch: FacePatch,
  valley: Plane,
  redness: Plane,
  rednessSpread: number,
  mouth: { u: number; v: number; up: number; low: number },
): [FacePoint, FacePoint] {
  const at = (plane: Plane, u: number, v: number) =>
    sample(plane, (u - patch.left) * patch.scale, (v - patch.top) * patch.scale);
  const skin = (at(redness, mouth.u, mouth.v - mouth.up - 0.1) + at(redness, mouth.u, mouth.v + mouth.low + 0.1)) / 2;
  const ends = [-1, 1].map((side) => {
    let v = mouth.v;
    let evidence = 0;
    let best = { u: mouth.u + side * 0.4, v: mouth.v, score: -Infinity };
    let total = 0;
    for (let step = 4; step <= 36; step++) {
      const d = step / 64;
      const u = mouth.u + side * d;
      let rowBest = { v, score: -Infinity };
      for (let dv = -0.03; dv <= 0.031; dv += 1 / 64) {
        const score = at(valley, u, v + dv) - 0.5 * (dv / 0.03) ** 2 * 0.2;
        if (score > rowBest.score) rowBest = { v: v + dv, score };
      }
      v = Math.max(mouth.v - 0.22, Math.min(mouth.v + 0.16, rowBest.v));
      const red = (at(redness, u, v) - skin) / rednessSpread;
      evidence = Math.max(0, Math.min(2, rowBest.score)) + 0.6 * Math.max(0, Math.min(2, red));
      total += evidence - 0.75;
      const score = total - 0.5 * ((d - 0.4) / 0.1) ** 2 * 1.5;
      if (score > best.score) best = { u, v, score };
    }
    return best;
  });
  // A mouth is about as wide on both sides: each side is drawn to the mean.
  const [left, right] = [mouth.u - ends[0].u, ends[1].u - mouth.u];
  const mean = (left + right) / 2;
  return [
    { u: mouth.u - (left + mean) / 2, v: ends[0].v },
    { u: mouth.u + (right + mean) / 2, v: ends[1].v },
  ];
}
