import { Path2D } from '@napi-rs/canvas';
import type { Arm } from './anatomy.ts';
import {
  fill,
  glow,
  line,
  ontoPainted,
  ramp,
  roundForm,
  softFill,
  softStroke,
  within,
  type Brush,
  type Point,
} from './brush.ts';
import { css, mix, WHITE } from './color.ts';
import { smooth, tapered, tube, type Tube } from './curves.ts';
import { SHADOWS, type Skin } from './palette.ts';
import type { Look } from './vocabulary.ts';

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

/**
 * A hand with five fingers; open: the palm is seen, relaxed: the back with its nails. On a `bare` arm its root fades
 * into the forearm.
 */
export function paintHand(brush: Brush, arm: Arm, look: Look, skin: Skin, bare: boolean): void {
  const { ctx } = brush;
  const size = arm.handLength;
  const slim = look.gender === 'woman' ? 0.9 : 1.04;
  const pose = POSES[arm.pose];
  const palmSeen = arm.pose === 'open';
  const at = (points: readonly Point[]): Point[] => points.map(([x, y]) => [x * size, y * size]);
  const local: Brush = brush;
  const flesh: Skin = palmSeen
    ? {
        ...skin,
        base: mix(skin.base, mix(skin.light, skin.blush, 0.4), 0.42),
        shadow: mix(skin.shadow, skin.blush, 0.25),
      }
    : skin;
  ctx.save();
  // local x along the hand, local y away from the thumb: a mirrored frame, as both hands show their thumb on the same
  // side of it
  ctx.transform(
    arm.handDirection[0],
    arm.handDirection[1],
    arm.handDirection[1],
    -arm.handDirection[0],
    arm.wrist[0],
    arm.wrist[1],
  );

  const palm = smooth(
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
  ontoPainted(local, () => softFill(local, cast, { color: SHADOWS.skin, opacity: 0.34, blur: 7 }));
  if (bare) fill(local, palm, ramp(local, [-0.12 * size, 0], [0.16 * size, 0], [css(flesh.base, 0), css(flesh.base)]));
  else
    fill(
      local,
      palm,
      ramp(
        local,
        [0, -0.2 * size],
        [0.2 * size, 0.22 * size],
        [css(mix(flesh.base, flesh.light, 0.3)), css(flesh.base), css(mix(flesh.base, flesh.shadow, 0.5))],
      ),
    );
  within(local, palm, () => {
    softStroke(
      local,
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
      local,
      smooth(
        at([
          [0.0, -0.12],
          [0.3, -0.19],
          [0.5, -0.2],
        ]),
      ),
      { color: flesh.light, opacity: 0.5, width: 0.05 * size, blur: 0.03 * size },
    );
    if (!bare) glow(local, [-0.05 * size, 0], [0.1 * size, 0.16 * size], { color: flesh.shadow, opacity: 0.5 });
    if (palmSeen) {
      glow(local, [0.38 * size, 0.01 * size], [0.13 * size, 0.12 * size], { color: flesh.shadow, opacity: 0.5 });
      glow(local, [0.27 * size, 0.12 * size], [0.17 * size, 0.07 * size], { color: flesh.light, opacity: 0.42 });
      glow(local, [0.48 * size, -0.02 * size], [0.06 * size, 0.16 * size], { color: flesh.blush, opacity: 0.34 });
    } else {
      // tendons fan out to the knuckles
      for (const finger of pose.fingers) {
        softFill(local, tapered(at([[0.1, finger.base[1] * 0.35], finger.base]), 0.03 * size), {
          color: flesh.light,
          opacity: 0.28,
          blur: 1.4,
          dx: 0,
          dy: -1.2,
        });
        softFill(
          local,
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
  });
  pose.fingers.forEach((finger, index) => {
    const points = at(fingerLine(finger));
    const start: Point = [
      points[0][0] - Math.cos(finger.fan) * 0.1 * size,
      points[0][1] - Math.sin(finger.fan) * 0.1 * size,
    ];
    const half = finger.halfWidth * slim * 1.08 * size;
    const shape = tube([start, ...points], [half * 0.9, half * 1.06, half * 1.0, half * 0.93, half * 0.76], { cap: 1 });
    if (index > 0)
      within(local, tube(at(fingerLine(pose.fingers[index - 1])), [9, 9, 9, 9], { cap: 1 }).path, () =>
        softFill(local, shape.path, { color: flesh.deep, opacity: 0.34, blur: 2, dy: 1.4 }),
      );
    paintFinger(local, shape.path, start, points, half, flesh, palmSeen);
    if (!palmSeen) {
      glow(local, [points[0][0], points[0][1] - half * 0.25], [half * 0.95, half * 0.8], {
        color: flesh.light,
        opacity: 0.5,
      });
      glow(local, [points[0][0] + half * 0.2, points[0][1]], [half * 1.1, half * 0.8], {
        color: flesh.blush,
        opacity: 0.2,
      });
    }
  });
  const thumb = at(pose.thumb);
  const thumbHalf = 0.05 * slim * size;
  const thumbShape = tube(
    thumb,
    [thumbHalf * 1.5, thumbHalf * 1.62, thumbHalf * 1.1, thumbHalf * 1.08, thumbHalf * 0.78],
    { cap: 1 },
  );
  fill(local, thumbShape.path, css(mix(flesh.base, flesh.light, 0.12)));
  if (palmSeen) {
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
    fill(local, web, css(mix(flesh.base, flesh.shadow, 0.08)));
    within(local, web, () =>
      softStroke(
        local,
        smooth([
          [thumb[2][0] + 0.07 * size, thumb[2][1] + 0.055 * size],
          [0.47 * size, -0.15 * slim * size],
        ]),
        { color: flesh.shadow, opacity: 0.7, width: 7, blur: 3 },
      ),
    );
  }
  within(local, thumbShape.path, () =>
    softStroke(
      local,
      smooth([
        [-0.02 * size, -0.115 * slim * size],
        [thumb[0][0] + 0.02 * size, thumb[0][1] - thumbHalf * 1.0],
        [thumb[1][0], thumb[1][1] - thumbHalf * 1.25],
      ]),
      { color: flesh.light, opacity: 0.5, width: 4, blur: 2, dx: 0, dy: 3 },
    ),
  );
  paintFinger(local, thumbShape.path, thumb[1], thumb.slice(2), thumbHalf, flesh, palmSeen);
  glow(local, [thumb[1][0], thumb[1][1] + 0.06 * size], [0.14 * size, 0.06 * size], {
    color: flesh.base,
    opacity: 0.8,
    turn: -0.5,
  });
  if (palmSeen) {
    glow(local, [thumb[1][0] + 2, thumb[1][1] + 6], [0.15 * size, 0.075 * size], {
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
      softFill(local, tapered(at(crease), 1.9), { color: mix(flesh.shadow, flesh.deep, 0.5), opacity: 0.7, blur: 0.6 });
  }
  ctx.restore();
}

/** `start` lies in the palm: from there to the first joint the finger grows out of it, shading and all. */
function paintFinger(
  brush: Brush,
  path: Path2D,
  start: Point,
  joints: readonly Point[],
  half: number,
  skin: Skin,
  palmSeen: boolean,
): void {
  fill(brush, path, ramp(brush, start, joints[0], [css(skin.base, 0), css(skin.base, 0.5), css(skin.base)]));
  within(brush, path, () => {
    const tip = joints[joints.length - 1];
    glow(brush, [tip[0], tip[1]], [half * 2.2, half * 1.6], { color: skin.blush, opacity: 0.42 });
    for (const joint of joints.slice(1, -1)) {
      glow(brush, [joint[0], joint[1]], [half * 1.05, half], {
        color: palmSeen ? skin.shadow : skin.blush,
        opacity: palmSeen ? 0.35 : 0.3,
      });
      const before = joints[joints.indexOf(joint) - 1];
      const angle = Math.atan2(joint[1] - before[1], joint[0] - before[0]) + Math.PI / 2;
      for (const shift of palmSeen ? [0] : [-1.4, 1.2]) {
        const [cx, cy] = [
          joint[0] + Math.cos(angle - Math.PI / 2) * shift,
          joint[1] + Math.sin(angle - Math.PI / 2) * shift,
        ];
        const reach = half * (palmSeen ? 0.8 : 0.55);
        line(
          brush,
          smooth([
            [cx - Math.cos(angle) * reach, cy - Math.sin(angle) * reach],
            [cx + 0.8, cy],
            [cx + Math.cos(angle) * reach, cy + Math.sin(angle) * reach],
          ]),
          { color: mix(skin.shadow, skin.deep, 0.45), opacity: 0.5, width: 0.8 },
        );
      }
    }
  });
  roundFinger(
    brush,
    path,
    joints[0],
    [joints[0][0] * 0.55 + joints[1][0] * 0.45, joints[0][1] * 0.55 + joints[1][1] * 0.45],
    half,
    skin,
  );
  const [a, b] = [joints[joints.length - 2], joints[joints.length - 1]];
  const angle = Math.atan2(b[1] - a[1], b[0] - a[0]);
  if (!palmSeen) {
    const nail = new Path2D();
    nail.ellipse(
      b[0] - Math.cos(angle) * half * 0.1,
      b[1] - Math.sin(angle) * half * 0.1 - half * 0.1,
      half * 0.72,
      half * 0.5,
      angle,
      0,
      Math.PI * 2,
    );
    fill(brush, nail, css(mix(mix(skin.light, skin.blush, 0.34), skin.base, 0.15)));
    line(brush, nail, { color: mix(skin.shadow, skin.deep, 0.3), opacity: 0.5, width: 0.7 });
    glow(brush, [b[0] - half * 0.1, b[1] - half * 0.28], [half * 0.4, half * 0.2], {
      color: WHITE,
      opacity: 0.55,
      turn: angle,
    });
  }
}

/** Lighter towards the thumb's side, darker away from it, with a thin contour. */
function roundFinger(brush: Brush, path: Path2D, from: Point, to: Point, half: number, skin: Skin): void {
  within(brush, path, () => {
    const { ctx, scale } = brush;
    for (const [color, opacity, width, blur, dy] of [
      [skin.shadow, 0.95, half * 0.9, half * 0.4, half * 0.3],
      [skin.light, 0.6, half * 0.6, half * 0.34, -half * 0.55],
      [mix(skin.shadow, skin.deep, 0.6), 0.62, 1.3, 0.5, 0],
    ] as const) {
      ctx.save();
      ctx.translate(0, dy);
      ctx.filter = `blur(${(blur * scale).toFixed(2)}px)`;
      ctx.strokeStyle = ramp(brush, from, to, [css(color, 0), css(color, opacity)]) as unknown as string;
      ctx.lineWidth = width;
      ctx.stroke(path);
      ctx.restore();
    }
  });
}

/** A bare arm from shoulder into the root of the hand. */
export function paintBareArm(brush: Brush, arm: Arm, skin: Skin): void {
  const shape = armTube(arm, { ease: 0, until: 1, cuffEase: 0, beyond: 30 });
  ontoPainted(brush, () => softFill(brush, shape.path, { color: SHADOWS.skin, opacity: 0.3, blur: 9, dx: 4, dy: 5 }));
  const [from, to] = [shape.left[12], shape.right[12]];
  fill(
    brush,
    shape.path,
    ramp(brush, from[0] < to[0] ? from : to, from[0] < to[0] ? to : from, [
      css(mix(skin.base, skin.light, 0.35)),
      css(skin.base),
      css(mix(skin.base, skin.shadow, 0.6)),
    ]),
  );
  roundForm(brush, shape.path, { dark: skin.shadow, light: skin.light, depth: arm.radii[2] * 0.85, strength: 1 });
  within(brush, shape.path, () => {
    glow(brush, [arm.elbow[0], arm.elbow[1]], [arm.radii[2] * 1.1, arm.radii[2] * 0.9], {
      color: skin.blush,
      opacity: 0.3,
    });
    softStroke(brush, shape.path, { color: mix(skin.shadow, skin.deep, 0.5), opacity: 0.5, width: 2.4, blur: 0.9 });
  });
}

/** How a tube lies round an arm. */
export interface ArmCover {
  /** how much wider than the arm it is at the shoulder, and at the wrist (else the same), design units */
  readonly ease: number;
  readonly cuffEase?: number;
  /** where it ends: 1 wrist, 0.5 elbow */
  readonly until?: number;
  /** how far it goes on beyond the wrist, design units */
  readonly beyond?: number;
}

/** The arm's own tube, or that of a sleeve over it. */
export function armTube(arm: Arm, { ease, until = 1, cuffEase = ease, beyond = 0 }: ArmCover): Tube {
  const middle = (a: Point, b: Point, share: number, out: number): Point => {
    const length = Math.hypot(b[0] - a[0], b[1] - a[1]);
    const side = arm.shoulder[0] < arm.elbow[0] ? 1 : -1;
    return [a[0] + (b[0] - a[0]) * share + side * (Math.abs(b[1] - a[1]) / length) * out, a[1] + (b[1] - a[1]) * share];
  };
  const points: Point[] = [
    arm.shoulder,
    middle(arm.shoulder, arm.elbow, 0.48, 4),
    arm.elbow,
    middle(arm.elbow, arm.wrist, 0.42, 2),
    arm.wrist,
  ];
  const radii = arm.radii.map((radius, index) => radius + ease + ((cuffEase - ease) * index) / 4);
  if (beyond > 0)
    return tube(
      [...points, [arm.wrist[0] + arm.handDirection[0] * beyond, arm.wrist[1] + arm.handDirection[1] * beyond]],
      [...radii, radii[4]],
      { cap: 0, startCap: 1 },
    );
  if (until >= 1) return tube(points, radii, { cap: 0, startCap: 1 });
  const cut = points.slice(0, 2);
  const share = until / 0.24 - 1;
  cut.push([
    points[1][0] + (points[2][0] - points[1][0]) * share,
    points[1][1] + (points[2][1] - points[1][1]) * share,
  ]);
  return tube(cut, [radii[0], radii[1] + 2, radii[1] + 4], { cap: 0.08, startCap: 1 });
}
