import type { OnnxGraph, OnnxNode } from '../onnx-proto.ts';
import { foldConstants } from './fold-constants.ts';
import { node, rewriteGraph, type GraphMatch, type Replacement } from './graph-match.ts';

/**
 * Where the parts of an operator stand that ONNX Runtime has one kernel for, that operator. Values that something else
 * reads, as the backward half of a training step does, stay as they are. The last bits of results change.
 */
export function fuse(graph: OnnxGraph): OnnxGraph {
  return [fuseBias, fuseSoftmax, fuseGelu, fuseLayerNormalization, fuseNormAffine, fuseAttention].reduce(
    (current, pass) => rewriteGraph(current, pass),
    foldConstants(graph),
  );
}

/** Gemm, Reshape to […, n], Add of [n]: the bias into the Gemm. */
export function fuseBias(add: OnnxNode, match: GraphMatch): Replacement | undefined {
  if (add.op !== 'Add') return undefined;
  for (const [product, bias] of match.eitherWay(add)) {
    const reshape = match.only(product, 'Reshape');
    const gemm = match.only(reshape === undefined ? product : reshape.inputs[0], 'Gemm');
    if (gemm === undefined || gemm.inputs.length !== 2 || match.shapeOf(bias)?.length !== 1) continue;
    // Without a reshape the bias stands for the columns already.
    const width = reshape === undefined ? undefined : match.shapeOf(reshape.outputs[0])?.at(-1);
    if (reshape !== undefined && width !== match.shapeOf(bias)?.[0]) continue;
    if (reshape === undefined) return { nodes: [{ ...gemm, inputs: [...gemm.inputs, bias], outputs: add.outputs }] };
    const biased = `${add.outputs[0]}/biased`;
    return {
      nodes: [
        { ...gemm, inputs: [...gemm.inputs, bias], outputs: [biased] },
        { ...reshape, inputs: [biased, reshape.inputs[1]], outputs: add.outputs },
      ],
    };
  }
  return undefined;
}

/** exp(x - max x) / Σ exp(x - max x) along one axis. */
export function fuseSoftmax(mul: OnnxNode, match: GraphMatch): Replacement | undefined {
  if (mul.op !== 'Mul') return undefined;
  for (const [exponential, inverse] of match.eitherWay(mul)) {
    const reciprocal = match.only(through(match, inverse), 'Reciprocal');
    const sum = match.only(reciprocal?.inputs[0], 'ReduceSum');
    const exp = match.made(exponential, 'Exp');
    if (sum === undefined || exp === undefined || sum.inputs[0] !== exponential || match.readersOf(exponential) !== 2)
      continue;
    const difference = match.only(exp.inputs[0], 'Sub');
    const most = match.only(through(match, difference?.inputs[1]), 'ReduceMax');
    const axes = match.ints(sum.inputs[1]);
    if (
      difference === undefined ||
      most === undefined ||
      most.inputs[0] !== difference.inputs[0] ||
      axes?.length !== 1 ||
      match.ints(most.inputs[1])?.[0] !== axes[0]
    )
      continue;
    return { nodes: [node('Softmax', [difference.inputs[0]], mul.outputs[0], { axis: axes[0] })] };
  }
  return undefined;
}

/** x/2 (1 + erf(x/√2)). */
export function fuseGelu(add: OnnxNode, match: GraphMatch): Replacement | undefined {
  if (add.op !== 'Add') return undefined;
  for (const [product, half] of match.eitherWay(add)) {
    const halved = match.made(half, 'Mul');
    const times = match.only(product, 'Mul');
    if (halved === undefined || times === undefined || match.readersOf(half) !== 2) continue;
    const error = match.eitherWay(times).find(([a]) => a === half)?.[1];
    const scaled = match.only(match.only(error, 'Erf')?.inputs[0], 'Mul');
    const [x, factor] = scaled?.inputs ?? [];
    if (
      x !== halved.inputs[0] ||
      match.number(halved.inputs[1]) !== 0.5 ||
      match.number(factor) !== Math.fround(Math.SQRT1_2)
    )
      continue;
    return { nodes: [node('Gelu', [x], add.outputs[0])], opset: 20 };
  }
  return undefined;
}

/** (x - mean) / √(variance + ε) along the last axis; gain 1. */
export function fuseLayerNormalization(mul: OnnxNode, match: GraphMatch): Replacement | undefined {
  if (mul.op !== 'Mul') return undefined;
  for (const [centred, inverse] of match.eitherWay(mul)) {
    const root = match.only(match.only(through(match, inverse), 'Reciprocal')?.inputs[0], 'Sqrt');
    const stabilised = match.only(root?.inputs[0], 'Add');
    const epsilon = match.number(stabilised?.inputs[1]);
    const variance = match.only(stabilised?.inputs[0], 'Mul');
    const squares = match.only(variance?.inputs[0], 'ReduceSum');
    const square = match.only(squares?.inputs[0], 'Mul');
    const difference = match.made(centred, 'Sub');
    const mean = match.only(through(match, difference?.inputs[1]), 'Mul');
    const sum = match.only(mean?.inputs[0], 'ReduceSum');
    if (
      epsilon === undefined ||
      square === undefined ||
      difference === undefined ||
      sum === undefined ||
      variance === undefined ||
      mean === undefined
    )
      continue;
    // Read by the square, twice, and here.
    if (
      square.inputs.some((name) => name !== centred) ||
      sum.inputs[0] !== difference.inputs[0] ||
      match.readersOf(centred) !== 3
    )
      continue;
    const share = match.number(mean.inputs[1]);
    const axes = match.ints(sum.inputs[1]);
    const rank = match.shapeOf(difference.inputs[1])?.length;
    if (
      share === undefined ||
      share !== match.number(variance.inputs[1]) ||
      axes?.length !== 1 ||
      match.ints(squares?.inputs[1])?.[0] !== axes[0] ||
      rank !== axes[0] + 1
    )
      continue;
    const width = Math.round(1 / share);
    const gain = `ones ${width}`;
    const constants = [
      {
        name: gain,
        dtype: 'float32' as const,
        shape: [width],
        bytes: new Uint8Array(new Float32Array(width).fill(1).buffer),
      },
    ];
    return {
      nodes: [
        node('LayerNormalization', [difference.inputs[0], gain], mul.outputs[0], {
          axis: -1,
          epsilon: { float: epsilon },
        }),
      ],
      constants,
    };
  }
  return undefined;
}

/** Gain and bias [n] behind a normalisation without them. */
export function fuseNormAffine(add: OnnxNode, match: GraphMatch): Replacement | undefined {
  if (add.op !== 'Add') return undefined;
  for (const [scaled, bias] of match.eitherWay(add)) {
    for (const [normal, gain] of match.eitherWay(match.only(scaled, 'Mul'))) {
      const norm = match.only(normal, 'LayerNormalization');
      if (norm === undefined || norm.inputs.length !== 2 || !norm.inputs[1].startsWith('ones ')) continue;
      if (match.shapeOf(gain)?.length !== 1 || match.shapeOf(bias)?.length !== 1) continue;
      return { nodes: [{ ...norm, inputs: [norm.inputs[0], gain, bias], outputs: add.outputs }] };
    }
  }
  return undefined;
}

/** softmax(Q Kᵀ s + bias) V over [batch, heads, T, d]. */
export function fuseAttention(product: OnnxNode, match: GraphMatch): Replacement | undefined {
  if (product.op !== 'MatMul') return undefined;
  const softmax = match.only(product.inputs[0], 'Softmax');
  if (softmax === undefined || softmax.attributes.axis !== 3) return undefined;
  const masked = match.only(softmax.inputs[0], 'Add');
  for (const [scores, bias] of masked === undefined
    ? [[softmax.inputs[0], undefined] as const]
    : match.eitherWay(masked)) {
    const scaled = match.only(scores, 'Mul');
    const scale = match.number(scaled?.inputs[1]);
    const dots = match.only(scaled?.inputs[0], 'MatMul');
    const turned = match.only(dots?.inputs[1], 'Transpose');
    if (
      scale === undefined ||
      dots === undefined ||
      turned === undefined ||
      String(turned.attributes.perm) !== '0,1,3,2'
    )
      continue;
    if (bias !== undefined && (match.shapeOf(bias)?.length ?? 0) < 2) continue;
    const inputs = [dots.inputs[0], turned.inputs[0], product.inputs[1], ...(bias === undefined ? [] : [bias])];
    return { nodes: [node('Attention', inputs, product.outputs[0], { scale: { float: scale } })], opset: 23 };
  }
  return undefined;
}

/** What a reshape that only puts an axis of size 1 back was made of. */
function through(match: GraphMatch, name: string | undefined): string | undefined {
  return match.only(name, 'Reshape')?.inputs[0] ?? name;
}
