export { convertTflite, tfliteOptionLists } from './tflite/convert-tflite.ts';
export { readTfjsWeights } from './tfjs/weights.ts';
export { keptNetwork, networkFolder } from './kept-network.ts';
export { readPackageFile } from './package-files.ts';
export { NetworkGraph } from './network-graph.ts';
export { transposed } from './constant.ts';
export { ImportError } from './import-error.ts';

export type { Constant } from './constant.ts';
export type { ImportErrorCode } from './import-error.ts';
export type { KnownPackage } from './package-files.ts';
export type { Conversion } from './kept-network.ts';
