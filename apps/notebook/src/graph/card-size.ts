import type { Point } from './box.ts';

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
