export { bytesOf, GraphBuilder } from './lower/graph-builder.ts';
export { encodeOnnx, ONNX_DTYPES } from './onnx-proto.ts';

export type { OnnxAttribute, OnnxDtype, OnnxGraph, OnnxNode, OnnxValueInfo } from './onnx-proto.ts';
