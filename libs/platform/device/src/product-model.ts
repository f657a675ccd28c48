import { encodeOnnx } from '@soliloquy/tensor/onnx-proto';

const MATRIX = { dtype: 'float32', shape: [2, 2] } as const;

/**
 * The smallest model that is worth asking for: y = x x of f32 [2, 2], so that nothing has to be trained to ask a device
 * whether it works.
 */
export function productModel(): Uint8Array {
  return encodeOnnx({
    opset: 13,
    nodes: [{ op: 'MatMul', inputs: ['x', 'x'], outputs: ['y'], attributes: {} }],
    initializers: [],
    inputs: [{ name: 'x', ...MATRIX }],
    outputs: [{ name: 'y', ...MATRIX }],
    metadata: {},
  });
}
