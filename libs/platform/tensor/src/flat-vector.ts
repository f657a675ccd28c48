import { sizeOf, type Tensor, type TensorData } from './tensor.ts';

/** Tensors as one flat f32 vector [P], one after the other. */
export function joinVector(leaves: readonly Tensor<TensorData>[]): Float32Array<ArrayBuffer> {
  const joined = new Float32Array(leaves.reduce((sum, leaf) => sum + leaf.data.length, 0));
  let at = 0;
  for (const { data } of leaves) {
    joined.set(data, at);
    at += data.length;
  }
  return joined;
}

/** A flat vector [P] as the tensors it is made of (copies). */
export function sliceVector(vector: Float32Array, leaves: readonly Tensor<TensorData>[]): Tensor[] {
  let at = 0;
  return leaves.map(({ shape }) => {
    const size = sizeOf(shape);
    at += size;
    return { shape, data: vector.slice(at - size, at) };
  });
}
