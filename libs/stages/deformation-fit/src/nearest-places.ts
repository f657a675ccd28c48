/** The nearest of one cloud for each point of another, with how much each counts. */
export interface NearestPlaces {
  /** i32 [N, K] into the cloud */
  readonly indices: Int32Array;
  /** f32 [N, K]; each row sums up to 1 */
  readonly weights: Float32Array;
  /** f32 [N] to the nearest, world */
  readonly distances: Float32Array;
  readonly neighbours: number;
}

/** What a distance of 0 would divide by, world² */
const NEAR = 1e-8;

/**
 * For each point the nearest of a cloud, weighted by one over the square of their distance (Shepard 1968). Exact: the
 * cloud is sorted along y, and looked at up and down from the point until y alone is too far.
 *
 * @param points f32 [N, 3]
 * @param cloud  f32 [M, 3], M at least `neighbours`
 */
export function nearestPlaces(points: Float32Array, cloud: Float32Array, neighbours: number): NearestPlaces {
  const order = Int32Array.from({ length: cloud.length / 3 }, (_, i) => i);
  order.sort((a, b) => cloud[3 * a + 1] - cloud[3 * b + 1] || a - b);
  const heights = Float32Array.from(order, (i) => cloud[3 * i + 1]);
  const count = points.length / 3;
  const indices = new Int32Array(count * neighbours);
  const weights = new Float32Array(count * neighbours);
  const distances = new Float32Array(count);
  const found = { at: new Int32Array(neighbours), squares: new Float64Array(neighbours) };
  for (let n = 0; n < count; n++) {
    const point = points.subarray(3 * n, 3 * n + 3);
    found.squares.fill(Infinity);
    const middle = firstNotBelow(heights, point[1]);
    for (const step of [1, -1])
      for (let i = step > 0 ? middle : middle - 1; i >= 0 && i < order.length; i += step) {
        if ((heights[i] - point[1]) ** 2 > found.squares[neighbours - 1]) break;
        keep(found, order[i], squareBetween(point, cloud, order[i]));
      }
    let sum = 0;
    for (let k = 0; k < neighbours; k++) sum += 1 / (found.squares[k] + NEAR);
    for (let k = 0; k < neighbours; k++) {
      indices[n * neighbours + k] = found.at[k];
      weights[n * neighbours + k] = 1 / (found.squares[k] + NEAR) / sum;
    }
    distances[n] = Math.sqrt(found.squares[0]);
  }
  return { indices, weights, distances, neighbours };
}

/** What each point gets of values [M, 3] of the cloud: f32 [N, 3]. */
export function weightedOf({ indices, weights, neighbours }: NearestPlaces, values: Float32Array): Float32Array {
  const out = new Float32Array((indices.length / neighbours) * 3);
  for (let i = 0; i < indices.length; i++)
    for (let c = 0; c < 3; c++) out[3 * Math.floor(i / neighbours) + c] += weights[i] * values[3 * indices[i] + c];
  return out;
}

/** Puts a candidate in its place among the nearest, nearest first; of equals the lower index goes first. */
function keep(found: { readonly at: Int32Array; readonly squares: Float64Array }, index: number, square: number): void {
  const { at, squares } = found;
  let slot = squares.length - 1;
  const isNearer = (k: number): boolean => square < squares[k] || (square === squares[k] && index < at[k]);
  if (!isNearer(slot)) return;
  for (; slot > 0 && isNearer(slot - 1); slot--) {
    squares[slot] = squares[slot - 1];
    at[slot] = at[slot - 1];
  }
  squares[slot] = square;
  at[slot] = index;
}

function squareBetween(point: Float32Array, cloud: Float32Array, index: number): number {
  let sum = 0;
  for (let c = 0; c < 3; c++) sum += (point[c] - cloud[3 * index + c]) ** 2;
  return sum;
}

function firstNotBelow(sorted: Float32Array, value: number): number {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (sorted[middle] < value) low = middle + 1;
    else high = middle;
  }
  return low;
}
