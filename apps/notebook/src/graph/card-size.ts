/**
 * Sizes of what lies on the canvas, pixels at zoom 1. Sockets are placed by calculation, so that links need no
 * measuring of the page.
 */
export const NODE_WIDTH = 236;
export const HEADER_HEIGHT = 52;
export const ROW_HEIGHT = 22;
export const FOOTER_HEIGHT = 28;
export const PREVIEW_HEIGHT = 132;
/** of one parameter on the card */
export const FIELD_HEIGHT = 26;
/** between header, rows and footer */
export const PADDING = 6;
export const GRID = 8;

/** A place on the canvas, pixels at zoom 1. */
export interface Point {
  readonly x: number;
  readonly y: number;
}

/** A rectangle on the canvas, pixels at zoom 1. */
export interface Box extends Point {
  readonly width: number;
  readonly height: number;
}

/** What a node's size depends on. */
export interface NodeShape {
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly preview: boolean;
  /** rows of parameters that are open on it */
  readonly fields: number;
}

/** Height of a node, pixels at zoom 1. */
export function nodeHeight({ inputs, outputs, preview, fields }: NodeShape): number {
  return (
    HEADER_HEIGHT +
    2 * PADDING +
    Math.max(1, inputs.length, outputs.length) * ROW_HEIGHT +
    FOOTER_HEIGHT +
    (preview ? PREVIEW_HEIGHT : 0) +
    (fields > 0 ? 2 * PADDING + fields * FIELD_HEIGHT : 0)
  );
}

/** Where a socket's centre is, from the node's upper left corner. */
export function socketOffset(shape: NodeShape, side: 'input' | 'output', port: string): Point {
  const row = Math.max(0, (side === 'input' ? shape.inputs : shape.outputs).indexOf(port));
  return { x: side === 'input' ? 0 : NODE_WIDTH, y: HEADER_HEIGHT + PADDING + (row + 0.5) * ROW_HEIGHT };
}

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

/** The smallest box around boxes; none of none. */
export function boxAround(boxes: readonly Box[]): Box | undefined {
  if (boxes.length === 0) return undefined;
  const x = Math.min(...boxes.map((box) => box.x));
  const y = Math.min(...boxes.map((box) => box.y));
  const right = Math.max(...boxes.map((box) => box.x + box.width));
  const bottom = Math.max(...boxes.map((box) => box.y + box.height));
  return { x, y, width: right - x, height: bottom - y };
}

/** A box with room around it. */
export function grown({ x, y, width, height }: Box, by: number): Box {
  return { x: x - by, y: y - by, width: width + 2 * by, height: height + 2 * by };
}

export function middleOf({ x, y, width, height }: Box): Point {
  return { x: x + width / 2, y: y + height / 2 };
}

export function overlap(a: Box, b: Box): boolean {
  return a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height;
}

/** The nearest point of the grid. */
export function snapped({ x, y }: Point): Point {
  return { x: Math.round(x / GRID) * GRID, y: Math.round(y / GRID) * GRID };
}
