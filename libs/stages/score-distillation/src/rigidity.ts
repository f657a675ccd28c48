import type { ParticleNeighbours } from '@soliloquy/gaussian-cloud';

/**
 * Distance preservation over neighbours, the as-rigid-as-possible term of sparse control points (Luiten et al. 2024,
 * Huang et al. 2024): mean over frames of Σ_e s_e (|e'| / |e| − 1)² / Σ_e s_e, e a spring at rest and e' moved.
 *
 * @param positions    f32 [P, 3] world
 * @param translations f32 [F, P, 3] world
 * @returns            its value and its gradient f32 [F, P, 3]
 */
export function rigidity(
  positions: Float32Array,
  { from, to, stiffness }: ParticleNeighbours,
  translations: Float32Array,
): { readonly value: number; readonly gradient: Float32Array } {
  const size = positions.length;
  const frames = translations.length / size;
  const gradient = new Float32Array(translations.length);
  const total = stiffness.reduce((sum, s) => sum + s, 0) * frames;
  let value = 0;
  const [rest, now] = [new Float64Array(3), new Float64Array(3)];
  for (let f = 0; f < frames; f++)
    for (let e = 0; e < from.length; e++) {
      const [a, b] = [3 * from[e], 3 * to[e]];
      for (let axis = 0; axis < 3; axis++) {
        rest[axis] = positions[b + axis] - positions[a + axis];
        now[axis] = rest[axis] + translations[f * size + b + axis] - translations[f * size + a + axis];
      }
      const [before, after] = [Math.hypot(...rest), Math.hypot(...now)];
      if (before === 0 || after === 0) continue;
      const strain = after / before - 1;
      value += (stiffness[e] * strain ** 2) / total;
      const slope = (2 * stiffness[e] * strain) / (total * before * after);
      for (let axis = 0; axis < 3; axis++) {
        gradient[f * size + b + axis] += slope * now[axis];
        gradient[f * size + a + axis] -= slope * now[axis];
      }
    }
  return { value, gradient };
}
