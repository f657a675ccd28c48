import type { Image, LandmarkName, Landmarks } from '@soliloquy/ports';

export const WIDTH = 128;
export const HEIGHT = 192;

type Color = readonly [number, number, number];
const SKIN: Color = [214, 168, 140];
const HAIR: Color = [70, 48, 36];
const SHIRT: Color = [60, 92, 150];
const TROUSERS: Color = [58, 60, 68];
const LIPS: Color = [176, 92, 88];
const DARK: Color = [40, 32, 34];
const WHITE: Color = [236, 232, 226];

/** Signed distances in pixels, negative inside. */
const ellipse = (x: number, y: number, cx: number, cy: number, rx: number, ry: number): number =>
  (Math.hypot((x - cx) / rx, (y - cy) / ry) - 1) * Math.min(rx, ry);
const box = (x: number, y: number, x0: number, y0: number, x1: number, y1: number): number =>
  Math.max(x0 - x, x - x1, y0 - y, y - y1);
function limb(x: number, y: number, x0: number, y0: number, x1: number, y1: number, radius: number): number {
  const [dx, dy] = [x1 - x0, y1 - y0];
  const t = Math.max(0, Math.min(1, ((x - x0) * dx + (y - y0) * dy) / (dx * dx + dy * dy)));
  return Math.hypot(x - x0 - t * dx, y - y0 - t * dy) - radius;
}
const both =
  (shape: (x: number, y: number) => number) =>
  (x: number, y: number): number =>
    Math.min(shape(x, y), shape(WIDTH - x, y));

/** From the back to the front: what of the person is where. */
const LAYERS: readonly { color: Color; at: (x: number, y: number) => number }[] = [
  { color: TROUSERS, at: both((x, y) => limb(x, y, 73, 122, 74, 184, 8)) },
  { color: SKIN, at: (x, y) => box(x, y, 57, 54, 71, 70) },
  { color: SHIRT, at: (x, y) => box(x, y, 45, 67, 83, 124) },
  { color: SHIRT, at: both((x, y) => Math.min(limb(x, y, 83, 73, 93, 98, 6), limb(x, y, 93, 98, 96, 118, 5))) },
  { color: SKIN, at: both((x, y) => ellipse(x, y, 96, 128, 5, 8)) },
  { color: HAIR, at: (x, y) => ellipse(x, y, 64, 34, 20, 21) },
  { color: SKIN, at: (x, y) => ellipse(x, y, 64, 40, 16, 20) },
  { color: HAIR, at: both((x, y) => limb(x, y, 68, 29, 75, 29.5, 0.9)) },
  { color: WHITE, at: both((x, y) => ellipse(x, y, 71, 35, 3.6, 2)) },
  { color: DARK, at: both((x, y) => ellipse(x, y, 71, 35, 1.7, 1.9)) },
  { color: LIPS, at: (x, y) => ellipse(x, y, 64, 49, 6, 2.4) },
  { color: DARK, at: (x, y) => ellipse(x, y, 64, 49, 5.5, 0.45) },
];
const coverage = (distance: number): number => Math.max(0, Math.min(1, 0.5 - distance));

/** A small person painted from ellipses: straight colour with its matte in alpha, cloth with folds. */
export function paintedPerson(): Image {
  const data = new Uint8ClampedArray(WIDTH * HEIGHT * 4);
  for (let i = 0; i < WIDTH * HEIGHT; i++) {
    const x = (i % WIDTH) + 0.5;
    const y = Math.floor(i / WIDTH) + 0.5;
    let outside = 1;
    const color = [...SHIRT];
    for (const layer of LAYERS) {
      const part = coverage(layer.at(x, y));
      outside *= 1 - part;
      const fold =
        layer.color === SHIRT || layer.color === TROUSERS
          ? 14 * Math.sin(0.7 * x + 0.25 * y) + 8 * Math.sin(0.9 * y)
          : 5 * Math.sin(0.3 * x - 0.2 * y);
      for (let c = 0; c < 3; c++) color[c] += part * (layer.color[c] + fold - color[c]);
    }
    data.set([...color, 255 * (1 - outside)], i * 4);
  }
  return { width: WIDTH, height: HEIGHT, data };
}

/** The wall behind. */
export function wall(): Image {
  return {
    width: WIDTH,
    height: HEIGHT,
    data: Uint8ClampedArray.from({ length: WIDTH * HEIGHT * 4 }, (_, i) =>
      i % 4 === 3 ? 255 : 175 + (30 * (Math.floor(i / 4) % WIDTH)) / WIDTH,
    ),
  };
}

const LEFT: Partial<Record<LandmarkName, readonly [number, number]>> = {
  leftEar: [80, 40],
  leftBrow: [71.5, 29],
  leftEye: [71, 35],
  leftEyeInner: [67.4, 35],
  leftEyeOuter: [74.6, 35],
  leftEyeTop: [71, 33],
  leftEyeBottom: [71, 37],
  mouthLeft: [70, 49],
  leftShoulder: [83, 73],
  leftElbow: [93, 98],
  leftWrist: [96, 119],
  leftHip: [73, 122],
  leftKnee: [73.5, 153],
  leftAnkle: [74, 184],
  leftHand: [96, 127],
  leftFingertip: [96, 135],
};
const MIDDLE: Partial<Record<LandmarkName, readonly [number, number]>> = {
  headTop: [64, 14],
  chin: [64, 60],
  noseTip: [64, 42],
  upperLipTop: [64, 46.6],
  mouthCenter: [64, 49],
  lowerLipBottom: [64, 51.4],
  neck: [64, 65],
};

/** Where everything is in `paintedPerson`; the person's left is on the right. */
export function paintedLandmarks(): Landmarks {
  const points: Partial<Record<LandmarkName, { x: number; y: number; confidence: number }>> = {};
  for (const [name, [x, y]] of Object.entries(MIDDLE)) points[name as LandmarkName] = { x, y, confidence: 1 };
  for (const [name, [x, y]] of Object.entries(LEFT)) {
    points[name as LandmarkName] = { x, y, confidence: 1 };
    points[name.replace('left', 'right').replace('Left', 'Right') as LandmarkName] = { x: WIDTH - x, y, confidence: 1 };
  }
  return { width: WIDTH, height: HEIGHT, points: points as Landmarks['points'] };
}

/** The same landmarks, turned about a point of the picture, in radians. */
export function turnedLandmarks(landmarks: Landmarks, angle: number, [cx, cy]: readonly [number, number]): Landmarks {
  const turn = ({
    x,
    y,
    confidence,
  }: {
    x: number;
    y: number;
    confidence: number;
  }): { x: number; y: number; confidence: number } => ({
    x: cx + Math.cos(angle) * (x - cx) - Math.sin(angle) * (y - cy),
    y: cy + Math.sin(angle) * (x - cx) + Math.cos(angle) * (y - cy),
    confidence,
  });
  return {
    ...landmarks,
    points: Object.fromEntries(
      Object.entries(landmarks.points).map(([name, point]) => [name, turn(point)]),
    ) as Landmarks['points'],
  };
}
