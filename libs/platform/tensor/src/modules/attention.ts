import { nn, numpy as np } from '@jax-js/jax';
import type { Rng } from '../random.ts';
import { TensorError } from '../tensor-error.ts';
import type { Traced } from '../trace.ts';
import { initLinear, linear, type LinearParams } from './linear.ts';
import { rotate } from './positions.ts';

/** Projections of self-attention: queries, keys and values in one matrix. */
export type SelfAttentionParams = { qkv: LinearParams; out: LinearParams };

/** Projections of cross-attention. */
export type CrossAttentionParams = { query: LinearParams; keyValue: LinearParams; out: LinearParams };

/**
 * Number of heads, and what is added to the scores: f32, broadcast to [..., heads, queries, keys], borrowed; -1e9 hides
 * a key.
 */
export interface AttentionOptions {
  readonly heads: number;
  readonly bias?: np.Array;
  /**
   * Turn queries and keys with their positions (`rotate`): attention then knows distances. `true`, or the longest
   * wavelength over 2π.
   */
  readonly rotary?: boolean | number;
}

export function initSelfAttention(rng: Rng, dims: { width: number }): SelfAttentionParams {
  const { width } = dims;
  return {
    qkv: initLinear(rng.fork('qkv'), { inputs: width, outputs: 3 * width }),
    out: initLinear(rng.fork('out'), { inputs: width, outputs: width }),
  };
}

/**
 * Multi-head self-attention (Vaswani et al. 2017).
 *
 * @param x f32 [..., T, width]
 * @returns f32 [..., T, width]
 */
export function selfAttention(params: Traced<SelfAttentionParams>, x: np.Array, options: AttentionOptions): np.Array {
  const [query, key, value] = np.split(linear(params.qkv, x), 3, -1);
  return linear(params.out, attend(query, key, value, options));
}

/**
 * @param dims.width   of the queries and of the result
 * @param dims.context width of what is attended to
 */
export function initCrossAttention(rng: Rng, dims: { width: number; context: number }): CrossAttentionParams {
  const { width, context } = dims;
  return {
    query: initLinear(rng.fork('query'), { inputs: width, outputs: width }),
    keyValue: initLinear(rng.fork('keyValue'), { inputs: context, outputs: 2 * width }),
    out: initLinear(rng.fork('out'), { inputs: width, outputs: width }),
  };
}

/**
 * Multi-head attention of one sequence over another.
 *
 * @param x       f32 [..., Q, width]; leading axes broadcast against the context's
 * @param context f32 [..., K, context]
 * @returns       f32 [..., Q, width]
 */
export function crossAttention(
  params: Traced<CrossAttentionParams>,
  x: np.Array,
  context: np.Array,
  options: AttentionOptions,
): np.Array {
  const query = linear(params.query, x);
  const [key, value] = np.split(linear(params.keyValue, context), 2, -1);
  return linear(params.out, attend(query, key, value, options));
}

/** softmax(Q Kᵀ / √d + bias) V for each head; [..., T, width] in and out. */
function attend(
  query: np.Array,
  key: np.Array,
  value: np.Array,
  { heads, bias, rotary = false }: AttentionOptions,
): np.Array {
  const width = query.shape[query.shape.length - 1];
  if (width % heads !== 0)
    throw new TensorError({
      code: 'tensor.options',
      where: 'attention.heads',
      expected: `a divisor of the width ${width}`,
      got: `${heads}`,
    });
  const turned = (x: np.Array) => (rotary === false ? x : rotate(x, rotary === true ? undefined : rotary));
  const q = turned(splitHeads(query, heads));
  const k = turned(splitHeads(key, heads));
  const v = splitHeads(value, heads);
  let scores = np.matmul(q, np.matrixTranspose(k)).mul(1 / Math.sqrt(width / heads));
  if (bias !== undefined) scores = scores.add(bias.ref);
  const mixed = np.matmul(nn.softmax(scores, -1), v);
  const lead = mixed.shape.slice(0, -3);
  return np.swapaxes(mixed, -2, -3).reshape([...lead, query.shape[query.shape.length - 2], width]);
}

/** [..., T, width] to [..., heads, T, width / heads]. */
function splitHeads(x: np.Array, heads: number): np.Array {
  const lead = x.shape.slice(0, -1);
  const width = x.shape[x.shape.length - 1];
  return np.swapaxes(x.reshape([...lead, heads, width / heads]), -2, -3);
}
