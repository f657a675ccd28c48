import { Path2D } from '@napi-rs/canvas';
import { fill, glow, line, ramp, within, type Brush, type Point } from './brush.ts';
import { css, mix, WHITE } from './color.ts';
import { smooth } from './curves.ts';
import type { Skin } from './palette.ts';
/** A finger that is being painted, in the hand's own frame. */
export interface PaintedFinger {
  /** lies in the palm: from there to the first joint the finger grows out of it, shading and all */
  readonly start: Point;
  readonly joints: readonly Point[];
  /** half width */
  readonly half: number;
  readonly skin: Skin;
  readonly palmSeen: boolean;
}

/** `start` lies in the palm: from there to the first joint the finger grows out of it, shading and all. */
export function paintFinger(brush: Brush, path: Path2D, finger: PaintedFinger): void {
  const { start, joints, skin, palmSeen } = finger;
  fill(brush, path, ramp(brush, start, joints[0], [css(skin.base, 0), css(skin.base, 0.5), css(skin.base)]));
  within(brush, path, () => paintJoints(brush, finger));
  roundFinger(brush, path, finger);
  if (!palmSeen) paintNail(brush, finger);
}

/** Blood in the tip, and the creases of the joints. */
function paintJoints(brush: Brush, { joints, half, skin, palmSeen }: PaintedFinger): void {
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
}

function paintNail(brush: Brush, { joints, half, skin }: PaintedFinger): void {
  const [a, b] = [joints[joints.length - 2], joints[joints.length - 1]];
  const angle = Math.atan2(b[1] - a[1], b[0] - a[0]);
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

/** Lighter towards the thumb's side, darker away from it, with a thin contour. */
function roundFinger(brush: Brush, path: Path2D, { joints, half, skin }: PaintedFinger): void {
  const from = joints[0];
  const to: Point = [joints[0][0] * 0.55 + joints[1][0] * 0.45, joints[0][1] * 0.55 + joints[1][1] * 0.45];
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
