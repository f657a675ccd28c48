import { handSpan, type Hand, type Side } from './hand.ts';

/** Two hands nearer than this, over their size, are one hand found twice. */
const ONE = 0.4;

/**
 * Where both sides found the same hand (the other one is hidden), it stays with the side that it looks like.
 *
 * @returns the hands; the doubled one is left out
 */
export function dropDoubledHand(hands: Readonly<Partial<Record<Side, Hand>>>): Readonly<Partial<Record<Side, Hand>>> {
  const { left, right } = hands;
  if (left === undefined || right === undefined) return hands;
  const apart = left.points.map(({ x, y }, i) => Math.hypot(x - right.points[i].x, y - right.points[i].y));
  const mean = apart.reduce((sum, value) => sum + value, 0) / apart.length;
  if (mean > ONE * Math.max(handSpan(left), handSpan(right))) return hands;
  const { rightness } = left.presence > right.presence ? left : right;
  return rightness > 0.5 ? { right } : { left };
}
