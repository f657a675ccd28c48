import { decodeSafetensors, encodeSafetensors } from '@soliloquy/tensor/safetensors';
import {
  arrayProblem,
  arraySchema,
  countProblem,
  indexProblem,
  positiveProblem,
  type Problem,
} from './array-schema.ts';
import { REGIONS } from './gaussians.ts';
import { artifactFile, parseValue } from './port-error.ts';
import type { PortType } from './port-type.ts';
import { metadataNumber, tensorReader } from './tensor-reader.ts';

/**
 * ΔG_t, the deformation field from the canonical Gaussians: per frame and Gaussian Δmean, Δrotation, Δlog-scale.
 * `dense` states it for every Gaussian; `particles` for P particles that carry the Gaussians by linear blending
 * (SC-GS), a few hundred times smaller. `evaluateDeformation` in methods/gaussian-cloud gives the Gaussians of a frame
 * for either.
 */
export type Deformation = DenseDeformation | ParticleDeformation;

interface DeformationBase {
  /** F */
  readonly frames: number;
  readonly fps: number;
  /** N of the canonical Gaussians that it deforms */
  readonly count: number;
}

export interface DenseDeformation extends DeformationBase {
  readonly kind: 'dense';
  /** f32 [F, N, 3] world, added to the means */
  readonly meanOffsets: Float32Array;
  /** f32 [F, N, 4] wxyz, unit, multiplied from the left onto the canonical quaternions */
  readonly rotations: Float32Array;
  /** f32 [F, N, 3] added to the log-scales */
  readonly logScaleOffsets: Float32Array;
}

/**
 * For Gaussian n with particles k of weights w (sum 1): mean' = mean + Σ w_k t_k; quat' = normalise(Σ w_k r_k) · quat;
 * logScale' = logScale + Σ w_k s_k (after SC-GS, Huang et al. 2024). The weights reproduce affine maps (Σ w_k p_k =
 * mean), so the translations alone rotate and stretch the whole; r and s turn and stretch each Gaussian.
 */
export interface ParticleDeformation extends DeformationBase {
  readonly kind: 'particles';
  /** P */
  readonly particles: number;
  /** f32 [P, 3] world, canonical positions p */
  readonly positions: Float32Array;
  /** u8 [P] index into REGIONS */
  readonly regions: Uint8Array;
  /** K, particles that carry one Gaussian */
  readonly neighbours: number;
  /** i32 [N, K] index of a particle; unused slots repeat the first with weight 0 */
  readonly indices: Int32Array;
  /** f32 [N, K] sum to 1; slightly negative beyond the outermost particles */
  readonly weights: Float32Array;
  /** f32 [F, P, 3] t, world */
  readonly translations: Float32Array;
  /** f32 [F, P, 4] r, wxyz unit */
  readonly rotations: Float32Array;
  /** f32 [F, P, 3] s, added to ln(scale) */
  readonly logScaleOffsets: Float32Array;
}

/** ΔG_t, dense or carried by particles; safetensors with kind and rate in the metadata. */
export const deformation: PortType<Deformation> = {
  id: 'deformation',
  title: 'Deformation',
  viewer: 'deformation',
  hue: 290,
  schema: arraySchema<Deformation>(
    (value) =>
      countProblem('frames', value.frames, 1) ??
      positiveProblem('fps', value.fps) ??
      countProblem('count', value.count, 1) ??
      (value.kind === 'dense' ? denseProblem(value) : particleProblem(value)),
  ),
  files: [
    {
      name: 'deformation.safetensors',
      what: 'F frames of N Gaussians, stated for each (`dense`) or by P particles of which K carry each (`particles`)',
      fields: {
        kind: 'metadata: `dense` or `particles`',
        frames: 'metadata: F',
        fps: 'metadata: frames a second',
        count: 'metadata: N',
        particles: 'metadata, particles: P',
        neighbours: 'metadata, particles: K',
        meanOffsets: 'dense: f32 [F, N, 3] world, added to the means',
        positions: 'particles: f32 [P, 3] world, at rest',
        regions: 'particles: u8 [P] as in `gaussians.safetensors`',
        indices: 'particles: i32 [N, K] which particles; unused slots repeat the first with weight 0',
        weights: 'particles: f32 [N, K] sum to 1',
        translations: 'particles: f32 [F, P, 3] world',
        rotations: 'f32 [F, N, 4] or [F, P, 4] wxyz, unit, from the left onto those at rest',
        logScaleOffsets: 'f32 [F, N, 3] or [F, P, 3] added to ln(scale)',
      },
    },
  ],
  encode: async (value) => ({
    'deformation.safetensors': value.kind === 'dense' ? encodeDense(value) : encodeParticles(value),
  }),
  async decode(files) {
    const { tensors, metadata } = decodeSafetensors(artifactFile(files, 'deformation.safetensors', 'deformation'));
    const { f32, i32, u8 } = tensorReader(tensors, 'deformation');
    const number = (name: string): number => metadataNumber(metadata, name, 'deformation');
    const base = { frames: number('frames'), fps: number('fps'), count: number('count') };
    if (metadata.kind === 'dense') {
      return parseValue(
        deformation.schema,
        {
          kind: 'dense',
          ...base,
          meanOffsets: f32('meanOffsets'),
          rotations: f32('rotations'),
          logScaleOffsets: f32('logScaleOffsets'),
        },
        'deformation',
      );
    }
    const particles = {
      kind: metadata.kind,
      ...base,
      particles: number('particles'),
      positions: f32('positions'),
      regions: u8('regions'),
      neighbours: number('neighbours'),
      indices: i32('indices'),
      weights: f32('weights'),
      translations: f32('translations'),
      rotations: f32('rotations'),
      logScaleOffsets: f32('logScaleOffsets'),
    };
    return parseValue(deformation.schema, particles, 'deformation');
  },
  preview: (value) => ({
    summary:
      `${value.frames} frames at ${value.fps} fps of ${value.count} ` +
      `Gaussians${value.kind === 'particles' ? `, carried by ${value.particles} particles` : ''}`,
    file: 'deformation.safetensors',
  }),
};

function denseProblem({
  frames,
  count,
  meanOffsets,
  rotations,
  logScaleOffsets,
}: DenseDeformation): Problem | undefined {
  return (
    arrayProblem('meanOffsets', meanOffsets, Float32Array, [frames, count, 3]) ??
    arrayProblem('rotations', rotations, Float32Array, [frames, count, 4]) ??
    arrayProblem('logScaleOffsets', logScaleOffsets, Float32Array, [frames, count, 3])
  );
}

function particleProblem(value: ParticleDeformation): Problem | undefined {
  if (value.kind !== 'particles')
    return { path: 'kind', message: `expected dense or particles, got ${String((value as Deformation).kind)}` };
  const { frames, count, particles, neighbours } = value;
  return (
    countProblem('particles', particles, 1) ??
    countProblem('neighbours', neighbours, 1) ??
    arrayProblem('positions', value.positions, Float32Array, [particles, 3]) ??
    arrayProblem('regions', value.regions, Uint8Array, [particles]) ??
    indexProblem('regions', value.regions, REGIONS.length) ??
    arrayProblem('indices', value.indices, Int32Array, [count, neighbours]) ??
    indexProblem('indices', value.indices, particles) ??
    arrayProblem('weights', value.weights, Float32Array, [count, neighbours]) ??
    weightProblem(value.weights, neighbours) ??
    arrayProblem('translations', value.translations, Float32Array, [frames, particles, 3]) ??
    arrayProblem('rotations', value.rotations, Float32Array, [frames, particles, 4]) ??
    arrayProblem('logScaleOffsets', value.logScaleOffsets, Float32Array, [frames, particles, 3])
  );
}

/** Each Gaussian's weights sum to 1, within what f32 rounding leaves. */
function weightProblem(weights: Float32Array, neighbours: number): Problem | undefined {
  for (let from = 0; from < weights.length; from += neighbours) {
    let sum = 0;
    for (let k = 0; k < neighbours; k++) sum += weights[from + k];
    if (Math.abs(sum - 1) > 1e-3)
      return {
        path: 'weights',
        message: `expected weights that sum to 1, got ${sum} for Gaussian ${from / neighbours}`,
      };
  }
  return undefined;
}

function encodeDense({ frames, fps, count, meanOffsets, rotations, logScaleOffsets }: DenseDeformation): Uint8Array {
  const tensors = {
    meanOffsets: { shape: [frames, count, 3], data: meanOffsets },
    rotations: { shape: [frames, count, 4], data: rotations },
    logScaleOffsets: { shape: [frames, count, 3], data: logScaleOffsets },
  };
  return encodeSafetensors(tensors, { kind: 'dense', frames: String(frames), fps: String(fps), count: String(count) });
}

function encodeParticles(value: ParticleDeformation): Uint8Array {
  const { frames, fps, count, particles, neighbours } = value;
  const tensors = {
    positions: { shape: [particles, 3], data: value.positions },
    regions: { shape: [particles], data: value.regions },
    indices: { shape: [count, neighbours], data: value.indices },
    weights: { shape: [count, neighbours], data: value.weights },
    translations: { shape: [frames, particles, 3], data: value.translations },
    rotations: { shape: [frames, particles, 4], data: value.rotations },
    logScaleOffsets: { shape: [frames, particles, 3], data: value.logScaleOffsets },
  };
  return encodeSafetensors(tensors, {
    kind: 'particles',
    frames: String(frames),
    fps: String(fps),
    count: String(count),
    particles: String(particles),
    neighbours: String(neighbours),
  });
}
