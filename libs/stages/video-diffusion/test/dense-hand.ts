import type { Arm, Finger } from '@soliloquy/body-layers';

/** Five fingers over a hand of which palm and fingertip are known, side by side across it. */
export function handOf({ wrist, palm, fingertip }: Arm): Finger[] {
  const [dx, dy] = [fingertip.x - palm.x, fingertip.y - palm.y];
  const length = Math.hypot(dx, dy);
  const [ax, ay] = [-dy / length, dx / length];
  return [-2, -1, 0, 1, 2].map((place) => ({
    joints: [0, 1 / 3, 2 / 3, 1].map((t) => ({
      x: (place === -2 ? wrist : palm).x + t * 0.9 * dx + 3.5 * place * ax,
      y: (place === -2 ? wrist : palm).y + t * 0.9 * dy + 3.5 * place * ay,
    })),
  }));
}
