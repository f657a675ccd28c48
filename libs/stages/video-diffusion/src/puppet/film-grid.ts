import type { Point } from '@soliloquy/face';

/** Nodes over a film, `step` pixels apart, one row and column beyond its last pixel. */
export interface FilmGrid {
  /** film pixels between two nodes */
  readonly step: number;
  readonly columns: number;
  readonly rows: number;
  /** columns · rows */
  readonly nodes: number;
}

/** @param unit film pixels of the face's unit: nodes are an eighth of it apart, and 2 … 8 pixels */
export function filmGrid(width: number, height: number, unit: number): FilmGrid {
  const step = Math.max(2, Math.min(8, Math.round(unit / 8)));
  const columns = Math.ceil(width / step) + 2;
  const rows = Math.ceil(height / step) + 2;
  return { step, columns, rows, nodes: rows * columns };
}

/** Where a node lies, film pixels. */
export function nodeOf({ step, columns }: FilmGrid, index: number): Point {
  return { x: (index % columns) * step, y: Math.floor(index / columns) * step };
}
