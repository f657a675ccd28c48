import type { ParticleRig } from '@soliloquy/gaussian-cloud';
import type { LoadNetwork, Tensor, TensorData } from '@soliloquy/tensor';
import { decodeSafetensors } from '@soliloquy/tensor/safetensors';
import type { PackedAlignedSpace } from './aligned-space-port.ts';
import { audioWindows } from './audio-windows.ts';
import { createMotionLayout, restoreMotion, standardiseMotion, type MotionLayout } from './motion-layout.ts';
import { AUDIO_CONTEXT, CHUNK, LATENT_WIDTH } from './widths.ts';

/** A model of the aligned space, ready to use. */
export interface AlignedSpace {
  readonly rig: ParticleRig;
  /** E_X: translations f32 [F, P, 3] world -> x f32 [F, 192] */
  encode(translations: Float32Array): Promise<Float32Array>;
  /** x f32 [F, 192] -> translations f32 [F, P, 3] world */
  decode(latent: Float32Array): Promise<Float32Array>;
  /** speech features f32 [F, features] -> f32 [F, 64] unit length */
  embedAudio(features: Float32Array): Promise<Float32Array>;
  /** x f32 [F, 192] -> f32 [F, 64] unit length */
  embedMotion(latent: Float32Array): Promise<Float32Array>;
  dispose(): Promise<void>;
}

/** Inputs and outputs of the networks. */
const PORTS = {
  encoder: { input: 'tokens', output: 'latent' },
  decoder: { input: 'latent', output: 'tokens' },
  audio: { input: 'windows', output: 'embedding' },
  motion: { input: 'latent', output: 'embedding' },
} as const;
type Network = keyof typeof PORTS;

/**
 * A model of the aligned space on an engine of choice; its networks are loaded when they are first used. Needs nothing
 * of Node.
 *
 * @param model files and card, checked by its port
 */
export function openSpace(model: Pick<PackedAlignedSpace, 'files' | 'card'>, load: LoadNetwork): AlignedSpace {
  const { rig, layout } = readRig(model.files['rig.safetensors']);
  const { features } = model.card;
  const opened = new Map<Network, ReturnType<LoadNetwork>>();
  const run = async (network: Network, shape: readonly number[], rows: Float32Array): Promise<Float32Array> => {
    const name = `${network}.onnx` as const;
    let program = opened.get(network);
    if (program === undefined) opened.set(network, (program = load(model.files[name], name)));
    const loaded = await program;
    const { input, output } = PORTS[network];
    return runInChunks(async (data) => (await loaded.run({ [input]: data }))[output], shape, rows);
  };
  return {
    rig,
    encode: (translations) => run('encoder', [layout.tokens, 3], standardiseMotion(layout, translations)),
    decode: async (latent) => restoreMotion(layout, await run('decoder', [LATENT_WIDTH], latent)),
    embedAudio: (values) =>
      run('audio', [2 * AUDIO_CONTEXT + 1, features], audioWindows(values, values.length / features, features)),
    embedMotion: (latent) => run('motion', [LATENT_WIDTH], latent),
    dispose: async () => {
      for (const program of opened.values()) await (await program).dispose();
    },
  };
}

/** The rig, and its layout with the mean and scale of the clips that were learned. */
export function readRig(bytes: Uint8Array): { rig: ParticleRig; layout: MotionLayout } {
  const { positions, regions, indices, weights, mean, scale } = decodeSafetensors(bytes).tensors;
  const rig: ParticleRig = {
    particles: regions.shape[0],
    positions: positions.data as Float32Array,
    regions: regions.data as Uint8Array,
    neighbours: weights.shape[1],
    indices: indices.data as Int32Array,
    weights: weights.data as Float32Array,
  };
  const layout = createMotionLayout(rig.positions, rig.regions, []);
  return { rig, layout: { ...layout, mean: mean.data as Float32Array, scale: scale.data as Float32Array } };
}

/**
 * A network of one input and one output over any number of rows, `CHUNK` at a time; the last chunk is filled up with
 * zeros.
 *
 * @param shape of one row
 * @param rows  f32 [F, ...shape]
 * @returns     f32 [F, ...]
 */
async function runInChunks(
  network: (rows: Tensor) => Promise<Tensor<TensorData>>,
  shape: readonly number[],
  rows: Float32Array,
): Promise<Float32Array> {
  const width = shape.reduce((product, size) => product * size, 1);
  const count = rows.length / width;
  const parts: Float32Array[] = [];
  for (let row = 0; row < count; row += CHUNK) {
    const data = new Float32Array(CHUNK * width);
    data.set(rows.subarray(row * width, Math.min(count, row + CHUNK) * width));
    const result = (await network({ shape: [CHUNK, ...shape], data })).data as Float32Array;
    parts.push(result.subarray(0, (result.length / CHUNK) * Math.min(CHUNK, count - row)));
  }
  const out = new Float32Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    out.set(part, at);
    at += part.length;
  }
  return out;
}

/** How a space lays out the motion of its particles. */
export function layoutOf(model: Pick<PackedAlignedSpace, 'files'>): MotionLayout {
  return readRig(model.files['rig.safetensors']).layout;
}
