import type { NetworkName } from './network-table.ts';
import type { Networks } from './networks.ts';
import type { CropOptions, Picture } from './picture.ts';
import { toPicture, type Place, type Region } from './region.ts';
import { sigmoid } from './sigmoid.ts';

/** Something found, in pixels of the picture. */
export interface Detection {
  /** 0 … 1 */
  readonly score: number;
  /** centre and sides along the axes of the region that was looked at */
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  readonly keyPoints: readonly Place[];
}

/** One of MediaPipe's detectors: a single-shot network (Liu et al. 2016) with two fixed boxes or more a cell. */
interface Detector {
  readonly network: NetworkName;
  readonly size: number;
  readonly range: CropOptions['range'];
  /** pixels a cell, one for each pair of boxes */
  readonly strides: readonly number[];
  readonly keyPoints: number;
  readonly boxes: string;
  readonly scores: string;
}

const DETECTORS = {
  body: {
    network: 'pose-detection',
    size: 224,
    range: [-1, 1],
    strides: [8, 16, 32, 32, 32],
    keyPoints: 4,
    boxes: 'Identity',
    scores: 'Identity_1',
  },
  face: {
    network: 'face-detection',
    size: 128,
    range: [-1, 1],
    strides: [8, 16, 16, 16],
    keyPoints: 6,
    boxes: 'regressors',
    scores: 'classificators',
  },
  palm: {
    network: 'palm-detection',
    size: 192,
    range: [0, 1],
    strides: [8, 16, 16, 16],
    keyPoints: 7,
    boxes: 'Identity',
    scores: 'Identity_1',
  },
} as const satisfies Record<string, Detector>;

/** Boxes that overlap more than this are of one thing. */
const SAME = 0.3;

/**
 * Looks for bodies, faces or palms in a region of a picture.
 *
 * Key points: body: middle of the hips, and a point on the circle around the whole body, above it; then the same for
 * the upper body. Face: the eyes, the picture's left one first, nose, mouth, ears. Palm: wrist, then knuckles of index,
 * middle, ring and little finger, and two of the thumb.
 *
 * @param least score, 0 … 1
 * @returns     surest first, boxes that overlap merged
 */
export async function detect(
  networks: Networks,
  picture: Picture,
  { what, region, least }: { readonly what: keyof typeof DETECTORS; readonly region: Region; readonly least: number },
): Promise<Detection[]> {
  const detector: Detector = DETECTORS[what];
  const { network, size, range } = detector;
  const outputs = await networks.run(network, picture.crop(region, { size, range, border: 'black' }));
  return merged(found(detector, outputs, region, least));
}

function found(
  { size, strides, keyPoints, boxes, scores }: Detector,
  outputs: Readonly<Record<string, Float32Array>>,
  region: Region,
  least: number,
): Detection[] {
  const [raw, logits] = [outputs[boxes], outputs[scores]];
  const width = 4 + 2 * keyPoints;
  return cellsOf(size, strides).flatMap(([u, v], i) => {
    const score = sigmoid(logits[i]);
    if (!(score >= least)) return [];
    const at = i * width;
    const place = (k: number): Place => toPicture(region, raw[at + k] / size + u, raw[at + k + 1] / size + v);
    const [x, y] = place(0);
    return {
      score,
      x,
      y,
      width: (raw[at + 2] / size) * region.width,
      height: (raw[at + 3] / size) * region.height,
      keyPoints: Array.from({ length: keyPoints }, (_, k) => place(4 + 2 * k)),
    };
  });
}

/** Centre of the cell of every box, 0 … 1. Layers of one stride share their cells, two boxes each. */
function cellsOf(size: number, strides: readonly number[]): Place[] {
  return [...new Set(strides)].flatMap((stride) => {
    const boxes = 2 * strides.filter((other) => other === stride).length;
    const side = Math.ceil(size / stride);
    return Array.from({ length: side * side * boxes }, (_, i): Place => {
      const cell = Math.floor(i / boxes);
      return [((cell % side) + 0.5) / side, (Math.floor(cell / side) + 0.5) / side];
    });
  });
}

/** Boxes that overlap become one, weighted by their scores (Bazarevsky et al. 2019). */
function merged(detections: readonly Detection[]): Detection[] {
  const rest = [...detections].sort((a, b) => b.score - a.score);
  const kept: Detection[] = [];
  while (rest.length > 0) {
    const [best] = rest;
    const same = rest.filter((other) => other === best || overlap(best, other) > SAME);
    kept.push(weightedMean(best.score, same));
    for (const other of same) rest.splice(rest.indexOf(other), 1);
  }
  return kept;
}

function weightedMean(score: number, same: readonly Detection[]): Detection {
  const total = same.reduce((sum, other) => sum + other.score, 0);
  const mean = (read: (detection: Detection) => number): number =>
    same.reduce((sum, other) => sum + other.score * read(other), 0) / total;
  return {
    score,
    x: mean(({ x }) => x),
    y: mean(({ y }) => y),
    width: mean(({ width }) => width),
    height: mean(({ height }) => height),
    keyPoints: same[0].keyPoints.map((_, k) => [
      mean(({ keyPoints }) => keyPoints[k][0]),
      mean(({ keyPoints }) => keyPoints[k][1]),
    ]),
  };
}

/** Intersection over union. */
function overlap(a: Detection, b: Detection): number {
  const side = (at: 'x' | 'y', length: 'width' | 'height'): number =>
    Math.min(a[at] + a[length] / 2, b[at] + b[length] / 2) - Math.max(a[at] - a[length] / 2, b[at] - b[length] / 2);
  const shared = Math.max(0, side('x', 'width')) * Math.max(0, side('y', 'height'));
  return shared / (a.width * a.height + b.width * b.height - shared);
}
