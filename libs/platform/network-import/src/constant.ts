/** Numbers of a network as they are stored; `Uint16Array` holds the bits of f16. */
export type ConstantData = Float32Array | Uint16Array | Int32Array | Int8Array | Uint8Array;

/** A constant of a network, row-major. */
export interface Constant {
  readonly shape: readonly number[];
  readonly data: ConstantData;
}

export function sizeOf(shape: readonly number[]): number {
  return shape.reduce((size, n) => size * n, 1);
}

/** The values as f32; those of f16 are exact. */
export function floatsOf({ data }: Constant): Float32Array {
  if (data instanceof Float32Array) return data;
  return data instanceof Uint16Array
    ? Float32Array.from(new Float16Array(data.buffer, data.byteOffset, data.length))
    : Float32Array.from(data);
}

/**
 * Axes in another order, as NumPy's `transpose`: axis `i` of the result is axis `order[i]` of the constant.
 *
 * @returns values of the same type, in the new order
 */
export function transposed({ shape, data }: Constant, order: readonly number[]): Constant {
  const made = order.map((axis) => shape[axis]);
  // Axes of one element move nothing: weights of a 1 x 1 convolution keep their order.
  const moved = order.filter((axis) => shape[axis] !== 1);
  if (moved.every((axis, i) => i === 0 || axis > moved[i - 1])) return { shape: made, data };
  const strides = moved.map((axis) => sizeOf(shape.slice(axis + 1)));
  const sides = moved.map((axis) => shape[axis]);
  return { shape: made, data: gathered(data, sides, strides) };
}

/** The values at every place of a grid of `sides`, `strides` apart in `data`. */
function gathered<T extends ConstantData>(data: T, sides: readonly number[], strides: readonly number[]): T {
  const out = data.slice() as T;
  const last = sides.length - 1;
  const side = sides[last];
  const stride = strides[last];
  const index = sides.map(() => 0);
  let from = 0;
  for (let at = 0; at < out.length; at += side) {
    for (let i = 0; i < side; i++) out[at + i] = data[from + i * stride];
    for (let axis = last - 1; axis >= 0; axis--) {
      from += strides[axis];
      if (++index[axis] < sides[axis]) break;
      from -= sides[axis] * strides[axis];
      index[axis] = 0;
    }
  }
  return out;
}
