import type { Point } from '../graph/box.ts';

/** How far a link goes level before it turns; where its end lies to the left it goes round in a wide bow. */
function bendOf(from: Point, to: Point): number {
  const gap = to.x - from.x;
  return gap >= 0 ? Math.max(24, Math.min(160, gap * 0.5)) : Math.min(260, 60 + -gap * 0.35);
}

/**
 * A link's curve (cubic Bézier) leaves and arrives level: x of its two middle points; their heights are those of its
 * ends.
 */
export function linkBend(from: Point, to: Point): readonly [number, number] {
  const bend = bendOf(from, to);
  return [from.x + bend, to.x - bend];
}

const LINK_PIECES = 32;

/** How near a point is to a link, pixels at zoom 1; the curve is taken as straight pieces. */
export function distanceToLink(point: Point, from: Point, to: Point): number {
  const [bent, unbent] = linkBend(from, to);
  const on = (t: number): Point => {
    const u = 1 - t;
    const [a, b, c, d] = [u * u * u, 3 * u * u * t, 3 * u * t * t, t * t * t];
    return { x: a * from.x + b * bent + c * unbent + d * to.x, y: (a + b) * from.y + (c + d) * to.y };
  };
  let least = Infinity;
  let before = on(0);
  for (let piece = 1; piece <= LINK_PIECES; piece++) {
    const next = on(piece / LINK_PIECES);
    const [dx, dy] = [next.x - before.x, next.y - before.y];
    const along = Math.min(
      1,
      Math.max(0, ((point.x - before.x) * dx + (point.y - before.y) * dy) / (dx * dx + dy * dy || 1)),
    );
    least = Math.min(least, Math.hypot(point.x - before.x - along * dx, point.y - before.y - along * dy));
    before = next;
  }
  return least;
}
