import { numpy as np } from '@jax-js/jax';
import type { Rng } from '../random.ts';
import type { Traced } from '../trace.ts';
import { initLinear, linear, type LinearParams } from './linear.ts';

/** A projection of the condition to scale and shift. */
export type FilmParams = { project: LinearParams };

/** Feature-wise linear modulation that starts out as the identity. */
export function initFilm(rng: Rng, dims: { condition: number; width: number }): FilmParams {
  return { project: initLinear(rng.fork('project'), { inputs: dims.condition, outputs: 2 * dims.width, gain: 0 }) };
}

/**
 * x (1 + scale) + shift, both linear in the condition (FiLM, Perez et al. 2018).
 *
 * @param x         f32 [..., T, width]
 * @param condition f32 [..., condition], one for all T (or [..., T, condition], one for each)
 */
export function film(params: Traced<FilmParams>, x: np.Array, condition: np.Array): np.Array {
  const [scale, shift] = np.split(perToken(linear(params.project, condition), x.shape.length), 2, -1);
  return modulate(x, scale, shift);
}

/** x (1 + scale) + shift; consumes all three. */
export function modulate(x: np.Array, scale: np.Array, shift: np.Array): np.Array {
  return x.mul(scale.add(1)).add(shift);
}

/** [..., C] to [..., 1, C] where it is one axis short of `rank`. */
export function perToken(condition: np.Array, rank: number): np.Array {
  return condition.shape.length === rank ? condition : np.expandDims(condition, -2);
}
