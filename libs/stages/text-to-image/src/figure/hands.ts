import type { Path2D } from '@napi-rs/canvas';
import type { Arm } from './anatomy.ts';
import { fill, glow, ontoPainted, ramp, softFill, softStroke, within, type Brush, type Point } from './brush.ts';
import { css, mix } from './color.ts';
import { smooth, tapered, tube } from './curves.ts';
import { paintFinger } from './fingers.ts';
import { SHADOWS, type Skin } from './palette.ts';
import type { Sitter } from './sitter.ts';

interface Finger {
  /** knuckle, in hand lengths: x along the hand from the wrist, y away from the thumb */
  readonly base: Point;
  readonly length: number;
  readonly halfWidth: number;
  /** radians from the hand's direction, positive away from the thumb */
  readonly fan: number;
  /** how far each of the two joints turns, radians */
  readonly bend: number;
}

/**
 * Fingers from the little one to the index, as they lie in a picture: foreshortened where they curl towards or away
 * from the eye.
 */
const POSES: Readonly<Record<Arm['pose'], { fingers: readonly Finger[]; thumb: readonly Point[] }>> = {
  open: {
    fingers: [
      { base: [0.465, 0.155], length: 0.3, halfWidth: 0.037, fan: 0.34, bend: 0.13 },
      { base: [0.525, 0.06], length: 0.395, halfWidth: 0.043, fan: 0.13, bend: 0.09 },
      { base: [0.545, -0.04], length: 0.435, halfWidth: 0.046, fan: -0.01, bend: 0.05 },
      { base: [0.52, -0.14], length: 0.4, halfWidth: 0.045, fan: -0.17, bend: 0.04 },
    ],
    thumb: [
      [0.05, -0.02],
      [0.19, -0.15],
      [0.35, -0.3],
      [0.47, -0.375],
      [0.56, -0.395],
    ],
  },
  relaxed: {
    fingers: [
      { base: [0.46, 0.135], length: 0.25, halfWidth: 0.038, fan: 0.1, bend: -0.22 },
      { base: [0.515, 0.055], length: 0.33, halfWidth: 0.044, fan: 0.04, bend: -0.19 },
      { base: [0.535, -0.035], length: 0.365, halfWidth: 0.047, fan: -0.02, bend: -0.17 },
      { base: [0.515, -0.12], length: 0.35, halfWidth: 0.046, fan: -0.09, bend: -0.1 },
    ],
    thumb: [
      [0.06, -0.02],
      [0.19, -0.11],
      [0.34, -0.215],
      [0.46, -0.225],
      [0.545, -0.205],
    ],
  },
};

/** The tip of the middle finger in page coordinates: the landmark. */
export function fingertipOf(arm: Arm): Point {
  const points = fingerLine(POSES[arm.pose].fingers[2]);
  return onPage(arm, points[points.length - 1]);
}

/** The middle of the palm in page coordinates: the landmark. */
export function palmOf(arm: Arm): Point {
  return onPage(arm, [0.32, -0.01]);
}

function onPage(arm: Arm, [x, y]: Point): Point {
  const [dx, dy] = arm.handDirection;
  return [arm.wrist[0] + (dx * x + dy * y) * arm.handLength, arm.wrist[1] + (dy * x - dx * y) * arm.handLength];
}

function fingerLine(finger: Finger): Point[] {
  const points: Point[] = [finger.base];
  let angle = finger.fan;
  for (const [share, turn] of [
    [0.46, 1],
    [0.3, 1.15],
    [0.24, 0],
  ]) {
    const [x, y] = points[points.length - 1];
    points.push([x + Math.cos(angle) * finger.length * share, y + Math.sin(angle) * finger.length * share]);
    angle += finger.bend * turn;
  }
  return points;
}

/** A hand that is being painted: local x along the hand, local y away from the thumb, design units. */
interface PaintedHand {
  readonly pose: (typeof POSES)[Arm['pose']];
  /** the palm is seen, not the back */
  readonly palmSeen: boolean;
  readonly flesh: Skin;
  /** length of the hand */
  readonly size: number;
  /** widths against a mean hand's */
  readonly slim: number;
  /** hand lengths to local units */
  readonly at: (points: readonly Point[]) => Point[];
}

/**
 * A hand with five fingers; open: the palm is seen, relaxed: the back with its nails. On a `bare` arm its root fades
 * into the forearm.
 */
export function paintHand(brush: Brush, { look, skin }: Sitter, arm: Arm, bare: boolean): void {
  const { ctx } = brush;
  const size = arm.handLength;
  const palmSeen = arm.pose === 'open';
  const hand: PaintedHand = {
    pose: POSES[arm.pose],
    palmSeen,
    flesh: palmSeen ? palmSkin(skin) : skin,
    size,
    slim: look.gender === 'woman' ? 0.9 : 1.04,
    at: (points) => points.map(([x, y]) => [x * size, y * size]),
  };
  const [dx, dy] = arm.handDirection;
  ctx.save();
  // a mirrored frame, as both hands show their thumb on the same side of it
  ctx.transform(dx, dy, dy, -dx, arm.wrist[0], arm.wrist[1]);
  paintPalm(brush, hand, bare);
  hand.pose.fingers.forEach((finger, index) => paintOneFinger(brush, hand, finger, hand.pose.fingers[index - 1]));
  paintThumb(brush, hand);
  ctx.restore();
}

/** The inside of a hand is redder and lighter. */
function palmSkin(skin: Skin): Skin {
  return {
    ...skin,
    base: mix(skin.base, mix(skin.light, skin.blush, 0.4), 0.42),
    shadow: mix(skin.shadow, skin.blush, 0.25),
  };
}

function paintPalm(brush: Brush, hand: PaintedHand, bare: boolean): void {
  const { flesh, size, palmSeen, at } = hand;
  const palm = palmOutline(hand);
  const cast = smooth(
    at([
      [0.2, -0.1],
      [0.4, -0.17],
      [0.85, -0.15],
      [0.9, 0.1],
      [0.6, 0.18],
      [0.22, 0.12],
    ]),
    true,
  );
  ontoPainted(brush, () => softFill(brush, cast, { color: SHADOWS.skin, opacity: 0.34, blur: 7 }));
  if (bare) fill(brush, palm, ramp(brush, [-0.12 * size, 0], [0.16 * size, 0], [css(flesh.base, 0), css(flesh.base)]));
  else
    fill(
      brush,
      palm,
      ramp(
        brush,
        [0, -0.2 * size],
        [0.2 * size, 0.22 * size],
        [css(mix(flesh.base, flesh.light, 0.3)), css(flesh.base), css(mix(flesh.base, flesh.shadow, 0.5))],
      ),
    );
  within(brush, palm, () => {
    shadePalm(brush, hand);
    if (!bare) glow(brush, [-0.05 * size, 0], [0.1 * size, 0.16 * size], { color: flesh.shadow, opacity: 0.5 });
    if (palmSeen) paintBalls(brush, hand);
    else paintTendons(brush, hand);
  });
}

function palmOutline({ slim, at }: PaintedHand): Path2D {
  return smooth(
    at([
      [-0.12, -0.092 * slim],
      [0.06, -0.105 * slim],
      [0.24, -0.165 * slim],
      [0.42, -0.192 * slim],
      [0.55, -0.186 * slim],
      [0.6, -0.09 * slim],
      [0.612, 0.01],
      [0.58, 0.1 * slim],
      [0.53, 0.19 * slim],
      [0.47, 0.2 * slim],
      [0.3, 0.188 * slim],
      [0.12, 0.13 * slim],
      [-0.12, 0.088 * slim],
    ]),
    true,
  );
}

/** Shade along the little finger's edge, light along the thumb's. */
function shadePalm(brush: Brush, { flesh, size, at }: PaintedHand): void {
  softStroke(
    brush,
    smooth(
      at([
        [0.05, 0.14],
        [0.3, 0.2],
        [0.5, 0.19],
      ]),
    ),
    { color: flesh.shadow, opacity: 0.9, width: 0.07 * size, blur: 0.035 * size },
  );
  softStroke(
    brush,
    smooth(
      at([
        [0.0, -0.12],
        [0.3, -0.19],
        [0.5, -0.2],
      ]),
    ),
    { color: flesh.light, opacity: 0.5, width: 0.05 * size, blur: 0.03 * size },
  );
}

/** The hollow of the palm, the ball of the thumb and the pads under the fingers. */
function paintBalls(brush: Brush, { flesh, size }: PaintedHand): void {
  glow(brush, [0.38 * size, 0.01 * size], [0.13 * size, 0.12 * size], { color: flesh.shadow, opacity: 0.5 });
  glow(brush, [0.27 * size, 0.12 * size], [0.17 * size, 0.07 * size], { color: flesh.light, opacity: 0.42 });
  glow(brush, [0.48 * size, -0.02 * size], [0.06 * size, 0.16 * size], { color: flesh.blush, opacity: 0.34 });
}

/** Tendons fan out to the knuckles. */
function paintTendons(brush: Brush, { pose, flesh, size, at }: PaintedHand): void {
  for (const finger of pose.fingers) {
    softFill(brush, tapered(at([[0.1, finger.base[1] * 0.35], finger.base]), 0.03 * size), {
      color: flesh.light,
      opacity: 0.28,
      blur: 1.4,
      dx: 0,
      dy: -1.2,
    });
    softFill(
      brush,
      tapered(
        at([
          [0.14, finger.base[1] * 0.4 + 0.02],
          [finger.base[0] - 0.02, finger.base[1] + 0.035],
        ]),
        0.026 * size,
      ),
      { color: flesh.shadow, opacity: 0.5, blur: 1.5 },
    );
  }
}

/** @param before its neighbour, painted already, on which it throws a shadow */
function paintOneFinger(brush: Brush, hand: PaintedHand, finger: Finger, before: Finger | undefined): void {
  const { flesh, size, slim, palmSeen, at } = hand;
  const points = at(fingerLine(finger));
  const start: Point = [
    points[0][0] - Math.cos(finger.fan) * 0.1 * size,
    points[0][1] - Math.sin(finger.fan) * 0.1 * size,
  ];
  const half = finger.halfWidth * slim * 1.08 * size;
  const shape = tube([start, ...points], [half * 0.9, half * 1.06, half * 1.0, half * 0.93, half * 0.76], { cap: 1 });
  if (before)
    within(brush, tube(at(fingerLine(before)), [9, 9, 9, 9], { cap: 1 }).path, () =>
      softFill(brush, shape.path, { color: flesh.deep, opacity: 0.34, blur: 2, dy: 1.4 }),
    );
  paintFinger(brush, shape.path, { start, joints: points, half, skin: flesh, palmSeen });
  if (!palmSeen) {
    glow(brush, [points[0][0], points[0][1] - half * 0.25], [half * 0.95, half * 0.8], {
      color: flesh.light,
      opacity: 0.5,
    });
    glow(brush, [points[0][0] + half * 0.2, points[0][1]], [half * 1.1, half * 0.8], {
      color: flesh.blush,
      opacity: 0.2,
    });
  }
}

function paintThumb(brush: Brush, hand: PaintedHand): void {
  const { pose, flesh, size, slim, palmSeen, at } = hand;
  const thumb = at(pose.thumb);
  const thumbHalf = 0.05 * slim * size;
  const thumbShape = tube(
    thumb,
    [thumbHalf * 1.5, thumbHalf * 1.62, thumbHalf * 1.1, thumbHalf * 1.08, thumbHalf * 0.78],
    { cap: 1 },
  );
  fill(brush, thumbShape.path, css(mix(flesh.base, flesh.light, 0.12)));
  if (palmSeen) paintWeb(brush, hand, thumb);
  within(brush, thumbShape.path, () =>
    softStroke(
      brush,
      smooth([
        [-0.02 * size, -0.115 * slim * size],
        [thumb[0][0] + 0.02 * size, thumb[0][1] - thumbHalf * 1.0],
        [thumb[1][0], thumb[1][1] - thumbHalf * 1.25],
      ]),
      { color: flesh.light, opacity: 0.5, width: 4, blur: 2, dx: 0, dy: 3 },
    ),
  );
  paintFinger(brush, thumbShape.path, {
    start: thumb[1],
    joints: thumb.slice(2),
    half: thumbHalf,
    skin: flesh,
    palmSeen,
  });
  glow(brush, [thumb[1][0], thumb[1][1] + 0.06 * size], [0.14 * size, 0.06 * size], {
    color: flesh.base,
    opacity: 0.8,
    turn: -0.5,
  });
  if (palmSeen) paintCreases(brush, hand, thumb);
}

/** The skin between thumb and palm. */
function paintWeb(brush: Brush, { flesh, size, slim }: PaintedHand, thumb: readonly Point[]): void {
  const web = smooth(
    [
      thumb[0],
      thumb[1],
      thumb[2],
      [thumb[2][0] + 0.07 * size, thumb[2][1] + 0.055 * size],
      [0.47 * size, -0.15 * slim * size],
      [0.3 * size, 0],
    ],
    true,
  );
  fill(brush, web, css(mix(flesh.base, flesh.shadow, 0.08)));
  within(brush, web, () =>
    softStroke(
      brush,
      smooth([
        [thumb[2][0] + 0.07 * size, thumb[2][1] + 0.055 * size],
        [0.47 * size, -0.15 * slim * size],
      ]),
      { color: flesh.shadow, opacity: 0.7, width: 7, blur: 3 },
    ),
  );
}

/** The lines of the palm. */
function paintCreases(brush: Brush, { flesh, size, at }: PaintedHand, thumb: readonly Point[]): void {
  glow(brush, [thumb[1][0] + 2, thumb[1][1] + 6], [0.15 * size, 0.075 * size], {
    color: flesh.light,
    opacity: 0.5,
    turn: -0.6,
  });
  const creases: Point[][] = [
    [
      [0.43, -0.19],
      [0.33, -0.1],
      [0.22, -0.03],
      [0.06, 0.0],
    ],
    [
      [0.46, -0.16],
      [0.4, -0.04],
      [0.3, 0.09],
    ],
    [
      [0.5, -0.06],
      [0.47, 0.03],
      [0.4, 0.15],
    ],
  ];
  for (const crease of creases)
    softFill(brush, tapered(at(crease), 1.9), { color: mix(flesh.shadow, flesh.deep, 0.5), opacity: 0.7, blur: 0.6 });
}
