/**
 * Farthest-point sampling (Gonzalez 1985): each next point is the one farthest from all chosen so far. Starts at the
 * point nearest to the centroid, so the choice depends on nothing but the points.
 *
 * @param points     f32 [N, 3]
 * @param candidates i32 [M] indices into points
 * @param count      how many; at most M are given
 * @returns          i32 [min(count, M)] indices into points
 */
export function farthestPointSampling(points: Float32Array, candidates: Int32Array, count: number): Int32Array {
  const size = Math.min(count, candidates.length);
  const chosen = new Int32Array(size);
  if (size === 0) return chosen;
  const center = [0, 0, 0];
  for (const index of candidates)
    for (let axis = 0; axis < 3; axis++) center[axis] += points[index * 3 + axis] / candidates.length;
  const squared = (index: number, x: number, y: number, z: number): number =>
    (points[index * 3] - x) ** 2 + (points[index * 3 + 1] - y) ** 2 + (points[index * 3 + 2] - z) ** 2;
  let next = candidates[0];
  for (const index of candidates)
    if (squared(index, center[0], center[1], center[2]) < squared(next, center[0], center[1], center[2])) next = index;
  const distance = new Float64Array(candidates.length).fill(Infinity);
  for (let k = 0; k < size; k++) {
    chosen[k] = next;
    const [x, y, z] = points.subarray(next * 3, next * 3 + 3);
    let farthest = -1;
    for (let m = 0; m < candidates.length; m++) {
      // A chosen point is out, so that points that coincide are each chosen once.
      distance[m] = candidates[m] === chosen[k] ? -1 : Math.min(distance[m], squared(candidates[m], x, y, z));
      if (distance[m] > farthest) {
        farthest = distance[m];
        next = candidates[m];
      }
    }
  }
  return chosen;
}
