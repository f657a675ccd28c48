import { ONNX_DTYPES, type OnnxGraph, type OnnxNode } from '../onnx-proto.ts';
import { node, rewriteGraph } from './graph-match.ts';

/** Element types of 16 bits that products can be computed in. */
export type HalfType = 'float16' | 'bfloat16';

const PRODUCTS: ReadonlySet<string> = new Set(['Gemm', 'MatMul', 'Conv']);

/**
 * Matrix products and convolutions in 16 bits, everything else in f32 (mixed precision, Micikevicius et al. 2018):
 * sums, exponentials, the optimiser and the weights themselves keep their bits, so that a small update is not lost. An
 * operand that several products read is rounded once.
 */
export function halfProducts(graph: OnnxGraph, type: HalfType): OnnxGraph {
  const rounded = new Set<string>();
  return rewriteGraph(graph, (product) => {
    if (!PRODUCTS.has(product.op)) return undefined;
    const casts: OnnxNode[] = [];
    const inputs = product.inputs.map((name) => {
      const half = `${name}/${type}`;
      if (!rounded.has(name)) casts.push(node('Cast', [name], half, { to: ONNX_DTYPES[type] }));
      rounded.add(name);
      return half;
    });
    const [output] = product.outputs;
    const narrow = `${output}/${type}/product`;
    return {
      nodes: [
        ...casts,
        { ...product, inputs, outputs: [narrow] },
        node('Cast', [narrow], output, { to: ONNX_DTYPES.float32 }),
      ],
    };
  });
}
