import type { ParticleRig } from '@soliloquy/gaussian-cloud';
import { exportOnnx, loadOnnx } from '@soliloquy/tensor';
import { encodeSafetensors } from '@soliloquy/tensor/safetensors';
import type { PackedAlignedSpace } from './aligned-space-port.ts';
import { embedAudio, embedMotion, type AlignedSpaceParams } from './aligned-space.ts';
import { decodeMotion, encodeMotion, type MotionCodecParams } from './motion-codec.ts';
import type { MotionLayout } from './motion-layout.ts';
import { openSpace, type AlignedSpace } from './opened-space.ts';
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

/** Opens a model of the aligned space; its networks are loaded when they are first used. */
export async function openAlignedSpace(model: PackedAlignedSpace, threads: number): Promise<AlignedSpace> {
  return openSpace(model, (bytes, name) => loadOnnx(bytes, { threads, name }));
}
