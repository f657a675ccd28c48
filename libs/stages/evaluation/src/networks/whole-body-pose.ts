import type { OpenNetwork } from './open-network.ts';
import { resizeBytes, warpBytes, type Pixels, type Warp } from './sample-pixels.ts';

/** A person as DWPose sees them. */
export interface WholeBodyPose {
  /** f32 [133, 2] pixels, pixel centres at whole numbers: body 17, feet 6, face 68, left hand 21, right hand 21 */
  readonly points: Float32Array;
  /** f32 [133] the lower of the peaks across and along */
  readonly confidence: Float32Array;
}

/** Points of each part, from … to. */
export const POSE_PARTS = {
  body: [0, 17],
  face: [23, 91],
  hand: [91, 133],
} as const satisfies Record<string, readonly [number, number]>;

const POINTS = 133;
/** Of the detector's picture, and what is beside it. */
const [DETECTOR_SIDE, GREY] = [640, 114];
const STRIDES = [8, 16, 32];
/** From which score on a box is one of a person: COCO's first class of 80. */
const [LEAST_SCORE, CLASSES] = [0.3, 80];
/** Of the pose's picture, and how far it goes beyond the box. */
const [WIDTH, HEIGHT, PADDING] = [288, 384, 1.25];
/** Places of a pixel that the network tells apart. */
const SPLIT = 2;
const [MEAN, DEVIATION] = [
  [123.675, 116.28, 103.53],
  [58.395, 57.12, 57.375],
];

interface Box {
  readonly x0: number;
  readonly y0: number;
  readonly x1: number;
  readonly y1: number;
}

/**
 * The person of a picture with the surest box, as DWPose (Yang et al. 2023) finds people: YOLOX-l at 640², RTMPose-l at
 * 384x288 with 1.25 times the box.
 *
 * @returns undefined where the detector finds nobody
 */
export async function wholeBodyPose(
  { detector, pose }: { readonly detector: OpenNetwork; readonly pose: OpenNetwork },
  picture: Pixels,
): Promise<WholeBodyPose | undefined> {
  const box = await personBox(detector, picture);
  if (box === undefined) return undefined;
  const { scale, centre, warp } = placeOfBox(box);
  const { data } = warpBytes(picture, warp, WIDTH, HEIGHT);
  const size = WIDTH * HEIGHT;
  const input = Float32Array.from({ length: 3 * size }, (_, i) => {
    const c = Math.floor(i / size);
    return (data[4 * (i % size) + c] - MEAN[c]) / DEVIATION[c];
  });
  const [across, along] = await pose.run({ shape: [1, 3, HEIGHT, WIDTH], data: input });
  return decoded(across, along, (x, y) => [
    (x / WIDTH) * scale[0] + centre[0] - scale[0] / 2,
    (y / HEIGHT) * scale[1] + centre[1] - scale[1] / 2,
  ]);
}

/** Peaks of SimCC (Li et al. 2022): f32 [133, 2 · 288] and [133, 2 · 384]. */
export function decoded(
  across: Float32Array,
  along: Float32Array,
  place: (x: number, y: number) => readonly [number, number],
): WholeBodyPose {
  const points = new Float32Array(2 * POINTS);
  const confidence = new Float32Array(POINTS);
  for (let i = 0; i < POINTS; i++) {
    const [x, y] = [peakOf(across, i), peakOf(along, i)];
    points.set(place(x.at / SPLIT, y.at / SPLIT), 2 * i);
    confidence[i] = Math.min(x.value, y.value);
  }
  return { points, confidence };
}

function peakOf(values: Float32Array, point: number): { at: number; value: number } {
  const row = values.subarray((point * values.length) / POINTS, ((point + 1) * values.length) / POINTS);
  let at = 0;
  for (let i = 1; i < row.length; i++) if (row[i] > row[at]) at = i;
  return { at, value: row[at] };
}

/** The box with its margin, as wide as the network's picture wants it, and what takes it there. */
function placeOfBox({ x0, y0, x1, y1 }: Box): { scale: [number, number]; centre: [number, number]; warp: Warp } {
  const [w, h] = [(x1 - x0) * PADDING, (y1 - y0) * PADDING];
  const scale: [number, number] = w > (h * WIDTH) / HEIGHT ? [w, (w * HEIGHT) / WIDTH] : [(h * WIDTH) / HEIGHT, h];
  const centre: [number, number] = [(x0 + x1) / 2, (y0 + y1) / 2];
  const zoom = WIDTH / scale[0];
  return { scale, centre, warp: [zoom, 0, WIDTH / 2 - zoom * centre[0], 0, zoom, HEIGHT / 2 - zoom * centre[1]] };
}

/** The surest box of a person, in the picture's pixels. */
export async function personBox(detector: OpenNetwork, picture: Pixels): Promise<Box | undefined> {
  const ratio = Math.min(DETECTOR_SIDE / picture.width, DETECTOR_SIDE / picture.height);
  const small = resizeBytes(picture, Math.trunc(picture.width * ratio), Math.trunc(picture.height * ratio));
  const size = DETECTOR_SIDE ** 2;
  const data = new Float32Array(3 * size).fill(GREY);
  for (let y = 0; y < small.height; y++)
    for (let x = 0; x < small.width; x++)
      // It was trained on blue, green, red.
      for (let c = 0; c < 3; c++)
        data[c * size + y * DETECTOR_SIDE + x] = small.data[4 * (y * small.width + x) + 2 - c];
  const [found] = await detector.run({ shape: [1, 3, DETECTOR_SIDE, DETECTOR_SIDE], data });
  return surestPerson(found, ratio);
}

/** @param found f32 [8400, 85] centre, logarithm of the size, objectness and classes, by stride and place */
export function surestPerson(found: Float32Array, ratio: number): Box | undefined {
  const width = 5 + CLASSES;
  let best: { score: number; box: Box } | undefined;
  let row = 0;
  for (const stride of STRIDES) {
    const side = DETECTOR_SIDE / stride;
    for (let i = 0; i < side * side; i++, row++) {
      const at = row * width;
      const score = found[at + 4] * found[at + 5];
      if (score <= LEAST_SCORE || (best !== undefined && score <= best.score)) continue;
      const x = (found[at] + (i % side)) * stride;
      const y = (found[at + 1] + Math.floor(i / side)) * stride;
      const [w, h] = [Math.exp(found[at + 2]) * stride, Math.exp(found[at + 3]) * stride];
      const box = {
        x0: (x - w / 2) / ratio,
        y0: (y - h / 2) / ratio,
        x1: (x + w / 2) / ratio,
        y1: (y + h / 2) / ratio,
      };
      best = { score, box };
    }
  }
  return best?.box;
}
