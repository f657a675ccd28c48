import { planeOf, scalePlane, type Plane } from './plane.ts';

/** Rounds of relaxation at each size of the pyramid. */
const ROUNDS = 30;

/**
 * The smoothest surface through what is known: known values are pushed up a pyramid of halved sizes and pulled down
 * into the hole, then Laplace's equation is relaxed at each size (Gauss-Seidel).
 *
 * @param known above 0 where `plane` is known; where nothing is, all becomes 128
 */
export function fillSmoothly(plane: Plane, known: Plane): Plane {
  const { width, height } = plane;
  if (width <= 2 || height <= 2) {
    let sum = 0;
    let weight = 0;
    for (let i = 0; i < plane.data.length; i++) {
      sum += plane.data[i] * known.data[i];
      weight += known.data[i];
    }
    const mean = weight > 0 ? sum / weight : 128;
    return { width, height, data: plane.data.map((value, i) => (known.data[i] > 0 ? value : mean)) };
  }
  const half = { width: Math.ceil(width / 2), height: Math.ceil(height / 2) };
  const coarse = planeOf(half.width, half.height);
  const coarseKnown = planeOf(half.width, half.height);
  for (let y = 0; y < half.height; y++) {
    for (let x = 0; x < half.width; x++) {
      let sum = 0;
      let weight = 0;
      for (const [i, j] of [
        [0, 0],
        [1, 0],
        [0, 1],
        [1, 1],
      ] as const) {
        if (2 * x + i >= width || 2 * y + j >= height) continue;
        const at = (2 * y + j) * width + 2 * x + i;
        sum += plane.data[at] * known.data[at];
        weight += known.data[at];
      }
      coarse.data[y * half.width + x] = weight > 0 ? sum / weight : 0;
      coarseKnown.data[y * half.width + x] = weight > 0 ? 1 : 0;
    }
  }
  const below = scalePlane(fillSmoothly(coarse, coarseKnown), width, height);
  const data = plane.data.map((value, i) => (known.data[i] > 0 ? value : below.data[i]));
  relax(data, neighboursOfUnknown(known));
  return { width, height, data };
}

/** @param around of each pixel that is relaxed: its index and those of the four beside it */
function relax(data: Float32Array, around: Int32Array): void {
  for (let round = 0; round < ROUNDS; round++)
    for (let i = 0; i < around.length; i += 5)
      data[around[i]] = (data[around[i + 1]] + data[around[i + 2]] + data[around[i + 3]] + data[around[i + 4]]) / 4;
}

/** i32 [pixels that are not known, 5]: indices of the pixel and of left, right, up and down, mirrored at the edges. */
function neighboursOfUnknown({ width, height, data }: Plane): Int32Array {
  const around = new Int32Array(5 * data.reduce((count, value) => count + (value > 0 ? 0 : 1), 0));
  let to = 0;
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) {
      const at = y * width + x;
      if (data[at] > 0) continue;
      around[to++] = at;
      around[to++] = x > 0 ? at - 1 : at + 1;
      around[to++] = x < width - 1 ? at + 1 : at - 1;
      around[to++] = y > 0 ? at - width : at + width;
      around[to++] = y < height - 1 ? at + width : at - width;
    }
  return around;
}
