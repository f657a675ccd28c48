import { averagePool, conv2d, depthwiseConv2d, fullyConnected, maxPool } from './convolutions.ts';
import { add, densify, dequantize, hardSwish, logistic, multiply, prelu, relu } from './elementwise.ts';
import { landmarksToMatrix, transformLandmarks, transformTensor, transposeConvolution } from './mediapipe.ts';
import { CUSTOM, type TfliteOperator } from './model.ts';
import { concatenation, depthToSpace, mean, pad, reshape, resizeBilinear, stridedSlice } from './shapes.ts';
import type { Convert } from './step.ts';

/** An operator that can be converted. */
interface Known {
  readonly name: string;
  readonly convert: Convert;
}

/** By `BuiltinOperator` of TensorFlow Lite's schema: those that the networks of this project use. */
const BUILTIN: Readonly<Record<number, Known>> = {
  0: { name: 'ADD', convert: add },
  1: { name: 'AVERAGE_POOL_2D', convert: averagePool },
  2: { name: 'CONCATENATION', convert: concatenation },
  3: { name: 'CONV_2D', convert: conv2d },
  4: { name: 'DEPTHWISE_CONV_2D', convert: depthwiseConv2d },
  5: { name: 'DEPTH_TO_SPACE', convert: depthToSpace },
  6: { name: 'DEQUANTIZE', convert: dequantize },
  9: { name: 'FULLY_CONNECTED', convert: fullyConnected },
  14: { name: 'LOGISTIC', convert: logistic },
  17: { name: 'MAX_POOL_2D', convert: maxPool },
  18: { name: 'MUL', convert: multiply },
  19: { name: 'RELU', convert: relu },
  22: { name: 'RESHAPE', convert: reshape },
  23: { name: 'RESIZE_BILINEAR', convert: resizeBilinear },
  34: { name: 'PAD', convert: pad },
  40: { name: 'MEAN', convert: mean },
  45: { name: 'STRIDED_SLICE', convert: stridedSlice },
  54: { name: 'PRELU', convert: prelu },
  117: { name: 'HARD_SWISH', convert: hardSwish },
  124: { name: 'DENSIFY', convert: densify },
};

/** MediaPipe's own, by name. */
const CUSTOMS: ReadonlyMap<string, Convert> = new Map([
  ['Convolution2DTransposeBias', transposeConvolution],
  ['Landmarks2TransformMatrix', landmarksToMatrix],
  ['TransformTensorBilinear', transformTensor],
  ['TransformLandmarks', transformLandmarks],
]);

/** How an operator is called, and what converts it; undefined where nothing does. */
export function operatorOf({ code, custom }: TfliteOperator): { name: string; convert: Convert | undefined } {
  if (code === CUSTOM) return { name: custom, convert: CUSTOMS.get(custom) };
  return BUILTIN[code] ?? { name: `builtin ${code}`, convert: undefined };
}
