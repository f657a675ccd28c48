import type { Arm } from './anatomy.ts';
import {
  fill,
  glow,
  ontoPainted,
  ramp,
  roundForm,
  softFill,
  softStroke,
  within,
  type Brush,
  type Point,
} from './brush.ts';
import { css, mix } from './color.ts';
import { tube, type Tube } from './curves.ts';
import { SHADOWS, type Skin } from './palette.ts';
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
