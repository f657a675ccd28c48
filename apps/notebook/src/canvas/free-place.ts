import { overlap, snapped, type Box, type Point } from '../graph/box.ts';

/** Least distance between places that are tried, px at zoom 1. */
const STEP = 48;
const RINGS = 12;

/** Where something new may lie. */
export interface Room {
  /** what is in sight */
  readonly seen: Box;
  /** what lies there already */
  readonly taken: readonly Box[];
  /** what of the page lies over the canvas: tools, map */
  readonly covered: readonly Box[];
}

/**
 * A place for something of a size, as near to the middle of what is seen as there is room; where all is taken, one that
 * at least nothing of the page covers.
 *
 * @returns its upper left corner, on the grid
 */
export function freePlace({ width, height }: { readonly width: number; readonly height: number }, room: Room): Point {
  const { seen, taken, covered } = room;
  const [left, top] = [seen.x + (seen.width - width) / 2, seen.y + (seen.height - height) / 2];
  const step = Math.max(STEP, Math.min(seen.width, seen.height) / (2 * RINGS));
  const tried = ringsAround({ x: left, y: top }, step).map((at) => ({ ...snapped(at), width, height }));
  const inSight = tried.filter((box) => within(box, seen) && !covered.some((other) => overlap(box, other)));
  const { x, y } =
    inSight.find((box) => !taken.some((other) => overlap(box, other))) ?? inSight[0] ?? (tried[0] as Box);
  return { x, y };
}

/** Points on a square spiral, nearest first. */
function ringsAround({ x, y }: Point, step: number): Point[] {
  const steps = Array.from({ length: 2 * RINGS + 1 }, (_, at) => at - RINGS);
  return steps
    .flatMap((dx) => steps.map((dy) => ({ x: x + dx * step, y: y + dy * step, far: Math.hypot(dx, dy) })))
    .sort((a, b) => a.far - b.far);
}

function within(box: Box, around: Box): boolean {
  return (
    box.x >= around.x &&
    box.y >= around.y &&
    box.x + box.width <= around.x + around.width &&
    box.y + box.height <= around.y + around.height
  );
}
