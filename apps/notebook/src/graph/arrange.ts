import { GRID, type Point } from './box.ts';

/** What is arranged: names with sizes, and who feeds whom. */
export interface Arrangeable {
  readonly boxes: ReadonlyMap<string, { readonly width: number; readonly height: number }>;
  readonly links: readonly { readonly from: string; readonly to: string }[];
}

const COLUMN_GAP = 88;
const ROW_GAP = 32;
const SWEEPS = 6;

/**
 * Places nodes in columns from left to right, each right of all that feed it, and orders every column by the mean
 * height of its neighbours (layered drawing after Sugiyama et al. 1981, barycentre method). A source stands in the
 * column before its first reader. The same graph gives the same places.
 *
 * @returns the upper left corner of each, pixels, on the grid, beginning at `origin`
 */
export function arrange({ boxes, links }: Arrangeable, origin: Point = { x: 0, y: 0 }): Map<string, Point> {
  const names = [...boxes.keys()];
  const known = links.filter(({ from, to }) => boxes.has(from) && boxes.has(to) && from !== to);
  const column = columnsOf(names, known);
  const columns: string[][] = [];
  for (const name of names) (columns[column.get(name) ?? 0] ??= []).push(name);
  const filled = columns.filter((members) => members !== undefined && members.length > 0);
  const neighbours = new Map(names.map((name) => [name, { before: [] as string[], after: [] as string[] }]));
  for (const { from, to } of known) {
    neighbours.get(from)?.after.push(to);
    neighbours.get(to)?.before.push(from);
  }
  const centre = new Map<string, number>();
  for (const members of filled) stack(members, boxes, centre);
  for (let sweep = 0; sweep < SWEEPS; sweep++) {
    const forward = sweep % 2 === 0;
    for (const members of forward ? filled : filled.toReversed()) {
      const pull = new Map(
        members.map((name) => [
          name,
          meanOf((forward ? neighbours.get(name)?.before : neighbours.get(name)?.after) ?? [], centre) ??
            centre.get(name) ??
            0,
        ]),
      );
      members.sort((a, b) => (pull.get(a) ?? 0) - (pull.get(b) ?? 0));
      stack(members, boxes, centre, pull);
    }
  }
  const top = Math.min(...names.map((name) => (centre.get(name) ?? 0) - (boxes.get(name)?.height ?? 0) / 2));
  const places = new Map<string, Point>();
  let x = origin.x;
  for (const members of filled) {
    for (const name of members) {
      const y = (centre.get(name) ?? 0) - (boxes.get(name)?.height ?? 0) / 2 - top + origin.y;
      places.set(name, { x: Math.round(x / GRID) * GRID, y: Math.round(y / GRID) * GRID });
    }
    x += Math.max(...members.map((name) => boxes.get(name)?.width ?? 0)) + COLUMN_GAP;
  }
  return places;
}

/**
 * Longest way from a source; what feeds others moves up to just before its first reader. A loop is cut where it is met
 * again.
 */
function columnsOf(names: readonly string[], links: Arrangeable['links']): Map<string, number> {
  const before = Map.groupBy(links, ({ to }) => to);
  const after = Map.groupBy(links, ({ from }) => from);
  const column = new Map<string, number>();
  const open = new Set<string>();
  const depth = (name: string): number => {
    const known = column.get(name);
    if (known !== undefined) return known;
    if (open.has(name)) return 0;
    open.add(name);
    const value = Math.max(0, ...(before.get(name) ?? []).map(({ from }) => (open.has(from) ? 0 : depth(from) + 1)));
    open.delete(name);
    column.set(name, value);
    return value;
  };
  for (const name of names) depth(name);
  for (const name of [...names].sort((a, b) => (column.get(b) ?? 0) - (column.get(a) ?? 0))) {
    if (before.has(name)) continue;
    const readers = (after.get(name) ?? []).map(({ to }) => column.get(to) ?? 0);
    if (readers.length > 0) column.set(name, Math.max(0, Math.min(...readers) - 1));
  }
  return column;
}

function meanOf(names: readonly string[], centre: ReadonlyMap<string, number>): number | undefined {
  if (names.length === 0) return undefined;
  return names.reduce((sum, name) => sum + (centre.get(name) ?? 0), 0) / names.length;
}

/** One below the other around their mean pull, none over another. */
function stack(
  members: readonly string[],
  boxes: Arrangeable['boxes'],
  centre: Map<string, number>,
  pull?: ReadonlyMap<string, number>,
): void {
  let bottom = -Infinity;
  const wanted = members.map((name) => pull?.get(name) ?? 0);
  for (const [at, name] of members.entries()) {
    const half = (boxes.get(name)?.height ?? 0) / 2;
    const place = Math.max(wanted[at] as number, bottom + half);
    centre.set(name, place);
    bottom = place + half + ROW_GAP;
  }
  // Pushing down only would let a column sink: it is moved back by the mean of what it was pushed.
  const drift =
    members.reduce((sum, name, at) => sum + (centre.get(name) ?? 0) - (wanted[at] as number), 0) /
    Math.max(1, members.length);
  for (const name of members) centre.set(name, (centre.get(name) ?? 0) - drift);
}
