import { numpy as np } from '@jax-js/jax';
import type { Rng } from '../random.ts';
import { TensorError } from '../tensor-error.ts';
import { tensor, type Tensor } from '../tensor.ts';
import type { Traced } from '../trace.ts';

/** For each scale six planes f32 [height · width, features], with the sizes that go with them. */
export type HexPlaneParams = { scales: { planes: Tensor[] }[] };

/**
 * Sizes of the planes: cells along each axis of space and along time at the coarsest scale; finer scales multiply those
 * of space.
 */
export interface HexPlaneSize {
  /** of a feature vector of one scale */
  readonly features: number;
  readonly space: number;
  readonly time: number;
  /** multipliers of `space`, e.g. [1, 2, 4, 8] */
  readonly scales: readonly number[];
}

/** Axes of each plane: x 0, y 1, z 2, t 3. Those of space first. */
const PLANES = [
  [0, 1],
  [0, 2],
  [1, 2],
  [0, 3],
  [1, 3],
  [2, 3],
] as const;

/** Planes of space start uniform in [0.1, 0.5], planes of time at 1: the field starts out still (K-Planes). */
export function initHexPlane(rng: Rng, size: HexPlaneSize): HexPlaneParams {
  return {
    scales: size.scales.map((scale, s) => ({
      planes: PLANES.map(([a, b], p) => {
        const count = cells(size, scale, a) * cells(size, scale, b);
        const shape = [count, size.features];
        if (b === 3) return tensor(shape, new Float32Array(count * size.features).fill(1));
        return tensor(
          shape,
          rng
            .fork(`scale${s} plane${p}`)
            .uniform(shape)
            .data.map((u) => 0.1 + 0.4 * u),
        );
      }),
    })),
  };
}

/**
 * Features of points in space and time: the product over six planes of their bilinear samples, scales side by side
 * (HexPlane, Cao and Johnson 2023; K-Planes, Fridovich-Keil et al. 2023; 4D Gaussian splatting, Wu et al. 2024).
 *
 * @param at   f32 [N, 3] in [0, 1]; beyond, the border goes on
 * @param time f32 [N] in [0, 1]
 * @returns    f32 [N, scales · features]
 */
export function hexPlane(params: Traced<HexPlaneParams>, at: np.Array, time: np.Array, size: HexPlaneSize): np.Array {
  checkScales(params, size);
  const [count] = at.shape;
  const axes = [...np.split(at, 3, 1).map((axis) => axis.reshape([count])), time];
  const features = size.scales.map((scale, s) => {
    const nodes = axes.map((axis, d) => neighbours(axis.ref, cells(size, scale, d)));
    const samples = PLANES.map(([a, b], p) =>
      sample(params.scales[s].planes[p].ref, nodes[a], nodes[b], cells(size, scale, b)),
    );
    for (const { low, high, part } of nodes) for (const array of [low, high, part]) array.dispose();
    return samples.reduce((x, y) => x.mul(y));
  });
  for (const axis of axes) axis.dispose();
  return features.length === 1 ? features[0] : np.concatenate(features, 1);
}

/**
 * The same field for every point at every time. Planes of space are sampled once for all times, and planes of time at
 * the few times that there are: a fraction of the work of `hexPlane` over all pairs.
 *
 * @param at    f32 [P, 3] in [0, 1]; beyond, the border goes on
 * @param times f32 [B] in [0, 1]
 * @returns     f32 [P, B, scales · features]
 */
export function hexPlaneFrames(
  params: Traced<HexPlaneParams>,
  at: np.Array,
  times: np.Array,
  size: HexPlaneSize,
): np.Array {
  checkScales(params, size);
  const [count] = at.shape;
  const axes = [...np.split(at, 3, 1).map((axis) => axis.reshape([count])), times];
  const features = size.scales.map((scale, s) => {
    const nodes = axes.slice(0, 3).map((axis) => neighbours(axis.ref, cells(size, scale, 0)));
    const hats = axes.map((axis, d) => hat(axis.ref, cells(size, scale, d)));
    const samples = PLANES.map(([a, b], p) => {
      const plane = params.scales[s].planes[p].ref;
      if (b !== 3) return np.expandDims(sample(plane, nodes[a], nodes[b], cells(size, scale, b)), 1);
      const now = np.einsum(
        'bt,stf->sbf',
        hats[3].ref,
        plane.reshape([cells(size, scale, a), size.time, size.features]),
      );
      return np.einsum('ps,sbf->pbf', hats[a].ref, now);
    });
    for (const array of [...hats, ...nodes.flatMap(({ low, high, part }) => [low, high, part])]) array.dispose();
    const still = samples.slice(0, 3).reduce((x, y) => x.mul(y));
    return samples
      .slice(3)
      .reduce((x, y) => x.mul(y))
      .mul(still);
  });
  for (const axis of axes) axis.dispose();
  return features.length === 1 ? features[0] : np.concatenate(features, 2);
}

/**
 * How rough the planes are: the mean square of second differences along time, and of first differences in space
 * (K-Planes).
 *
 * @returns two scalars
 */
export function hexPlaneRoughness(
  params: Traced<HexPlaneParams>,
  size: HexPlaneSize,
): { space: np.Array; time: np.Array } {
  const space: np.Array[] = [];
  const time: np.Array[] = [];
  size.scales.forEach((scale, s) =>
    PLANES.forEach(([a, b], p) => {
      const plane = params.scales[s].planes[p].ref.reshape([
        cells(size, scale, a),
        cells(size, scale, b),
        size.features,
      ]);
      const down = plane.ref.slice([1]).sub(plane.ref.slice([0, -1]));
      const right = plane.ref.slice([], [1]).sub(plane.slice([], [0, -1]));
      space.push(np.square(down).mean());
      if (b !== 3) space.push(np.square(right).mean());
      else time.push(np.square(right.ref.slice([], [1]).sub(right.slice([], [0, -1]))).mean());
    }),
  );
  const mean = (values: np.Array[]) => values.reduce((x, y) => x.add(y)).mul(1 / values.length);
  return { space: mean(space), time: mean(time) };
}

function checkScales(params: Traced<HexPlaneParams>, size: HexPlaneSize): void {
  if (params.scales.length !== size.scales.length)
    throw new TensorError({
      code: 'tensor.options',
      where: 'hexplane.scales',
      expected: `${params.scales.length} as the parameters have`,
      got: `${size.scales.length}`,
    });
}

function cells(size: HexPlaneSize, scale: number, axis: number): number {
  return axis === 3 ? size.time : size.space * scale;
}

interface Neighbours {
  /** i32 [N] node at or before the point */
  readonly low: np.Array;
  /** i32 [N] node after it */
  readonly high: np.Array;
  /** f32 [N, 1] how far the point is from one to the other */
  readonly part: np.Array;
}

function neighbours(axis: np.Array, count: number): Neighbours {
  const scaled = np.clip(axis.mul(count - 1), 0, count - 1);
  const floor = np.floor(scaled.ref);
  const low = floor.ref.astype(np.int32);
  return { high: np.minimum(low.ref.add(1), count - 1), low, part: np.expandDims(scaled.sub(floor), 1) };
}

/** How much each of `count` nodes weighs in a linear interpolation at each place: f32 [N, count]. */
function hat(axis: np.Array, count: number): np.Array {
  const scaled = np.expandDims(np.clip(axis.mul(count - 1), 0, count - 1), 1);
  return np.maximum(np.subtract(1, np.abs(scaled.sub(np.arange(count).astype(np.float32)))), 0);
}

/**
 * Bilinear sample of a plane [rows · columns, features]: its four corners are fetched at once, as one fetch costs more
 * than what it fetches.
 */
function sample(plane: np.Array, rows: Neighbours, columns: Neighbours, width: number): np.Array {
  const node = (row: np.Array, column: np.Array) => row.ref.mul(width).add(column.ref);
  const before = (part: np.Array) => np.subtract(1, part.ref);
  const nodes = [
    node(rows.low, columns.low),
    node(rows.low, columns.high),
    node(rows.high, columns.low),
    node(rows.high, columns.high),
  ];
  const shares = [
    before(rows.part).mul(before(columns.part)),
    before(rows.part).mul(columns.part.ref),
    rows.part.ref.mul(before(columns.part)),
    rows.part.ref.mul(columns.part.ref),
  ];
  return np.take(plane, np.stack(nodes), 0).mul(np.stack(shares)).sum(0);
}
