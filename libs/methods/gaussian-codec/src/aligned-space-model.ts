import type { ParticleRig } from '@soliloquy/gaussian-cloud';
import { exportOnnx, loadOnnx, type OnnxProgram } from '@soliloquy/tensor';
import { decodeSafetensors, encodeSafetensors } from '@soliloquy/tensor/safetensors';
import type { PackedAlignedSpace } from './aligned-space-port.ts';
import { audioWindows, embedAudio, embedMotion, type AlignedSpaceParams } from './aligned-space.ts';
import { decodeMotion, encodeMotion, type MotionCodecParams } from './motion-codec.ts';
import { createMotionLayout, restoreMotion, standardiseMotion, type MotionLayout } from './motion-layout.ts';
import { AUDIO_CONTEXT, CHUNK, EMBEDDING_WIDTH, LATENT_WIDTH } from './widths.ts';

/** What training leaves behind. */
export interface AlignedSpaceContents {
  readonly rig: ParticleRig;
  readonly layout: MotionLayout;
  readonly codec: MotionCodecParams;
  readonly space: AlignedSpaceParams;
  /** heads of the Perceivers */
  readonly heads: number;
  /** width of the speech features */
  readonly features: number;
  readonly card: Readonly<Record<string, unknown>>;
}

/** The model as an artifact: four ONNX networks, and the rig with the standardisation as safetensors. */
export function packAlignedSpace({
  rig,
  layout,
  codec,
  space,
  heads,
  features,
  card,
}: AlignedSpaceContents): PackedAlignedSpace {
  const tokens = { tokens: { shape: [CHUNK, layout.tokens, 3], data: new Float32Array(CHUNK * layout.tokens * 3) } };
  const latent = { latent: { shape: [CHUNK, LATENT_WIDTH], data: new Float32Array(CHUNK * LATENT_WIDTH) } };
  const context = 2 * AUDIO_CONTEXT + 1;
  const windows = {
    windows: { shape: [CHUNK, context, features], data: new Float32Array(CHUNK * context * features) },
  };
  const ports: Readonly<Record<string, string>> = {
    tokens: `motion of ${layout.tokens} tokens, f32 [frames, tokens, 3] world, less mean and over deviation`,
    latent: `x_t, f32 [frames, ${LATENT_WIDTH}] of about unit scale`,
    windows: `speech features of ${context} frames around each, f32 [frames, ${context}, ${features}]`,
    embedding: `f32 [frames, ${EMBEDDING_WIDTH}] of unit length`,
  };
  const about = (...names: string[]) => ({
    kind: 'aligned-space',
    ports: Object.fromEntries(names.map((name) => [name, ports[name]])),
  });
  // A token's axes have one deviation.
  const normalisation = {
    tokens: { mean: [...layout.mean], deviation: Array.from(layout.mean, (_, i) => layout.scale[Math.floor(i / 3)]) },
  };
  const P = rig.particles;
  const N = rig.indices.length / rig.neighbours;
  return {
    kind: 'aligned-space',
    files: {
      'encoder.onnx': exportOnnx(
        (p, { tokens }) => ({ latent: encodeMotion(p, tokens, layout, heads) }),
        codec,
        tokens,
        { ...about('tokens', 'latent'), normalisation },
      ),
      'decoder.onnx': exportOnnx((p, { latent }) => ({ tokens: decodeMotion(p, latent, layout) }), codec, latent, {
        ...about('latent', 'tokens'),
        normalisation,
      }),
      'audio.onnx': exportOnnx(
        (p, { windows }) => ({ embedding: embedAudio(p, windows, heads) }),
        space,
        windows,
        about('windows', 'embedding'),
      ),
      'motion.onnx': exportOnnx(
        (p, { latent }) => ({ embedding: embedMotion(p, latent) }),
        space,
        latent,
        about('latent', 'embedding'),
      ),
      'rig.safetensors': encodeSafetensors({
        positions: { shape: [P, 3], data: rig.positions },
        regions: { shape: [P], data: rig.regions },
        indices: { shape: [N, rig.neighbours], data: rig.indices },
        weights: { shape: [N, rig.neighbours], data: rig.weights },
        mean: { shape: [layout.tokens, 3], data: layout.mean },
        scale: { shape: [layout.tokens], data: layout.scale },
      }),
    },
    card: {
      ...card,
      features,
      chunk: CHUNK,
      latent: LATENT_WIDTH,
      embedding: EMBEDDING_WIDTH,
      audioContext: AUDIO_CONTEXT,
    },
  };
}

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

/** Opens a model of the aligned space; its networks are loaded when they are first used. */
export async function openAlignedSpace(model: PackedAlignedSpace, threads: number): Promise<AlignedSpace> {
  const { rig, layout } = readRig(model.files['rig.safetensors']);
  const { features } = model.card;
  const opened = new Map<string, OnnxProgram>();
  const run = async (network: Network, shape: readonly number[], rows: Float32Array): Promise<Float32Array> => {
    const name = `${network}.onnx` as const;
    let program = opened.get(name);
    if (!program) opened.set(name, (program = await loadOnnx(model.files[name], { threads, name })));
    return runInChunks(program, shape, rows);
  };
  return {
    rig,
    encode: (translations) => run('encoder', [layout.tokens, 3], standardiseMotion(layout, translations)),
    decode: async (latent) => restoreMotion(layout, await run('decoder', [LATENT_WIDTH], latent)),
    embedAudio: (values) =>
      run('audio', [2 * AUDIO_CONTEXT + 1, features], audioWindows(values, values.length / features, features)),
    embedMotion: (latent) => run('motion', [LATENT_WIDTH], latent),
    dispose: async () => {
      for (const program of opened.values()) await program.dispose();
    },
  };
}

type Network = 'encoder' | 'decoder' | 'audio' | 'motion';

/** The rig, and its layout with the mean and scale of the clips that were learned. */
function readRig(bytes: Uint8Array): { rig: ParticleRig; layout: MotionLayout } {
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
async function runInChunks(program: OnnxProgram, shape: readonly number[], rows: Float32Array): Promise<Float32Array> {
  const [input, output] = [program.inputs[0].name, program.outputs[0].name];
  const width = shape.reduce((product, size) => product * size, 1);
  const count = rows.length / width;
  const parts: Float32Array[] = [];
  for (let row = 0; row < count; row += CHUNK) {
    const data = new Float32Array(CHUNK * width);
    data.set(rows.subarray(row * width, Math.min(count, row + CHUNK) * width));
    const result = (await program.run({ [input]: { shape: [CHUNK, ...shape], data } }))[output].data as Float32Array;
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
