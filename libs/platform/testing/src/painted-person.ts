import type { Image, LandmarkName, Landmarks } from '@soliloquy/ports';

/** How a painted person is seen. The person is designed on a page of 128 x 192 units. */
export interface PersonView {
  /** pixels */
  readonly width: number;
  readonly height: number;
  /** pixels of one unit of the page */
  readonly scale: number;
  /** pixels at which the page's upper left corner lies */
  readonly left: number;
  readonly top: number;
  readonly arms: 'hanging' | 'spread';
  /** strength of a fine texture over the whole person, 0 … 255: what a measure of sharpness can see */
  readonly grain: number;
}

/** A person of whom everything is known. */
export interface PaintedPerson {
  /** straight color; alpha is the exact matte */
  readonly image: Image;
  /** the wall behind, opaque */
  readonly background: Image;
  /** what of the person is inside the picture; left is the person's own, on the right of the picture */
  readonly landmarks: Landmarks;
}

type Color = readonly [number, number, number];
type Shape = (x: number, y: number) => number;

const PAGE = { width: 128, height: 192 } as const;
const MOUTH = { x: 64, y: 49 } as const;
/** From between the eyes to the mouth, units of the page. */
const EYES_TO_MOUTH = 14;

const SKIN: Color = [214, 168, 140];
const HAIR: Color = [70, 48, 36];
const SHIRT: Color = [60, 92, 150];
const TROUSERS: Color = [58, 60, 68];
const LIPS: Color = [176, 92, 88];
const DARK: Color = [40, 32, 34];
const WHITE: Color = [236, 232, 226];

/** From head to feet, 128 x 192 pixels, arms hanging. */
export const WHOLE_PERSON: PersonView = { ...PAGE, scale: 1, left: 0, top: 0, arms: 'hanging', grain: 0 };

/** Head and shoulders in a square of `size` pixels: the mouth at 0.5, 0.62 of it, 0.22 of it below the eyes. */
export function headView(size: number): PersonView {
  return { ...square(size, 0.22, 0.62), arms: 'hanging', grain: 14 };
}

/** The upper body with its arms spread, in a square of `size` pixels: the mouth at 0.5, 0.27 of it. */
export function armsView(size: number): PersonView {
  return { ...square(size, 0.085, 0.27), arms: 'spread', grain: 14 };
}

function square(size: number, eyesToMouth: number, mouthY: number): Omit<PersonView, 'arms' | 'grain'> {
  const scale = (eyesToMouth * size) / EYES_TO_MOUTH;
  return { width: size, height: size, scale, left: size / 2 - MOUTH.x * scale, top: mouthY * size - MOUTH.y * scale };
}

/** A small person painted from ellipses and limbs before a wall, with folds in the clothes. */
export function paintedPerson(view: PersonView = WHOLE_PERSON): PaintedPerson {
  return { image: imageOf(view), background: wallOf(view), landmarks: landmarksOf(view) };
}

function imageOf({ width, height, scale, left, top, arms, grain }: PersonView): Image {
  const layers = layersOf(arms);
  const data = new Uint8ClampedArray(width * height * 4);
  for (let i = 0; i < width * height; i++) {
    const [column, row] = [i % width, Math.floor(i / width)];
    const x = (column + 0.5 - left) / scale;
    const y = (row + 0.5 - top) / scale;
    const texture = grain * Math.sin(1.3 * column) * Math.sin(1.1 * row);
    let outside = 1;
    const color = [...SHIRT];
    for (const layer of layers) {
      const part = Math.max(0, Math.min(1, 0.5 - scale * layer.shape(x, y)));
      outside *= 1 - part;
      const fold =
        layer.color === SHIRT || layer.color === TROUSERS
          ? 14 * Math.sin(0.7 * x + 0.25 * y) + 8 * Math.sin(0.9 * y)
          : 5 * Math.sin(0.3 * x - 0.2 * y);
      for (let c = 0; c < 3; c++) color[c] += part * (layer.color[c] + fold + texture - color[c]);
    }
    data.set([...color, 255 * (1 - outside)], i * 4);
  }
  return { width, height, data };
}

function wallOf({ width, height }: PersonView): Image {
  const data = Uint8ClampedArray.from({ length: width * height * 4 }, (_, i) =>
    i % 4 === 3 ? 255 : 175 + (30 * (Math.floor(i / 4) % width)) / width,
  );
  return { width, height, data };
}

type Place = readonly [number, number];
/** The person's left arm; the right one is its mirror image. */
const ARMS: Readonly<Record<PersonView['arms'], Readonly<Record<'elbow' | 'wrist' | 'hand' | 'fingertip', Place>>>> = {
  hanging: { elbow: [93, 98], wrist: [96, 119], hand: [96, 127], fingertip: [96, 135] },
  spread: { elbow: [98, 100], wrist: [120, 104], hand: [127, 105], fingertip: [134, 106] },
};
const SHOULDER: Place = [83, 73];

/** What of the person is where, from the back to the front. Shapes are signed distances in units of the page. */
function layersOf(arms: PersonView['arms']): readonly { readonly color: Color; readonly shape: Shape }[] {
  const { elbow, wrist, hand } = ARMS[arms];
  const [handWidth, handHeight] = arms === 'hanging' ? [5, 8] : [8, 5];
  return [
    { color: TROUSERS, shape: both(limb([73, 122], [74, 184], 8)) },
    { color: SKIN, shape: box(57, 54, 71, 70) },
    { color: SHIRT, shape: box(45, 67, 83, 124) },
    { color: SHIRT, shape: both(union(limb(SHOULDER, elbow, 6), limb(elbow, [wrist[0], wrist[1] - 1], 5))) },
    { color: SKIN, shape: both(ellipse(hand[0], hand[1] + 1, handWidth, handHeight)) },
    { color: HAIR, shape: ellipse(64, 34, 20, 21) },
    { color: SKIN, shape: ellipse(64, 40, 16, 20) },
    { color: HAIR, shape: both(limb([68, 29], [75, 29.5], 0.9)) },
    { color: WHITE, shape: both(ellipse(71, 35, 3.6, 2)) },
    { color: DARK, shape: both(ellipse(71, 35, 1.7, 1.9)) },
    { color: LIPS, shape: ellipse(MOUTH.x, MOUTH.y, 6, 2.4) },
    { color: DARK, shape: ellipse(MOUTH.x, MOUTH.y, 5.5, 0.45) },
  ];
}

function ellipse(cx: number, cy: number, rx: number, ry: number): Shape {
  return (x, y) => (Math.hypot((x - cx) / rx, (y - cy) / ry) - 1) * Math.min(rx, ry);
}

function box(x0: number, y0: number, x1: number, y1: number): Shape {
  return (x, y) => Math.max(x0 - x, x - x1, y0 - y, y - y1);
}

function limb([x0, y0]: Place, [x1, y1]: Place, radius: number): Shape {
  const [dx, dy] = [x1 - x0, y1 - y0];
  return (x, y) => {
    const t = Math.max(0, Math.min(1, ((x - x0) * dx + (y - y0) * dy) / (dx * dx + dy * dy)));
    return Math.hypot(x - x0 - t * dx, y - y0 - t * dy) - radius;
  };
}

function union(first: Shape, second: Shape): Shape {
  return (x, y) => Math.min(first(x, y), second(x, y));
}

/** The shape and its mirror image in the person's axis. */
function both(shape: Shape): Shape {
  return (x, y) => Math.min(shape(x, y), shape(PAGE.width - x, y));
}

const MIDDLE = {
  headTop: [64, 14],
  chin: [64, 60],
  noseTip: [64, 42],
  upperLipTop: [64, 46.6],
  mouthCenter: [64, 49],
  lowerLipBottom: [64, 51.4],
  neck: [64, 65],
} as const satisfies Partial<Record<LandmarkName, Place>>;

function leftOf(arms: PersonView['arms']): Partial<Record<LandmarkName, Place>> {
  const { elbow, wrist, hand, fingertip } = ARMS[arms];
  return {
    leftEar: [80, 40],
    leftBrow: [71.5, 29],
    leftEye: [71, 35],
    leftEyeInner: [67.4, 35],
    leftEyeOuter: [74.6, 35],
    leftEyeTop: [71, 33],
    leftEyeBottom: [71, 37],
    mouthLeft: [70, 49],
    leftShoulder: SHOULDER,
    leftElbow: elbow,
    leftWrist: wrist,
    leftHand: hand,
    leftFingertip: fingertip,
    leftHip: [73, 122],
    leftKnee: [73.5, 153],
    leftAnkle: [74, 184],
  };
}

function landmarksOf({ width, height, scale, left, top, arms }: PersonView): Landmarks {
  const points: Partial<Record<LandmarkName, { x: number; y: number; confidence: number }>> = {};
  const put = (name: string, [pageX, pageY]: Place): void => {
    const [x, y] = [left + scale * pageX, top + scale * pageY];
    if (x >= 0 && y >= 0 && x < width && y < height) points[name as LandmarkName] = { x, y, confidence: 1 };
  };
  for (const [name, place] of Object.entries(MIDDLE)) put(name, place);
  for (const [name, place] of Object.entries(leftOf(arms))) {
    put(name, place);
    put(name.replace('left', 'right').replace('Left', 'Right'), [PAGE.width - place[0], place[1]]);
  }
  return { width, height, points: points as Landmarks['points'] };
}

/** The same landmarks turned clockwise about a point of the picture, in radians. */
export function turnedLandmarks(landmarks: Landmarks, angle: number, center: readonly [number, number]): Landmarks {
  const [cos, sin, [cx, cy]] = [Math.cos(angle), Math.sin(angle), center];
  const points = Object.entries(landmarks.points).map(([name, { x, y, confidence }]) => [
    name,
    { x: cx + cos * (x - cx) - sin * (y - cy), y: cy + sin * (x - cx) + cos * (y - cy), confidence },
  ]);
  return { ...landmarks, points: Object.fromEntries(points) as Landmarks['points'] };
}
