import { exportOnnx, loadOnnx, type Tensor } from '@soliloquy/tensor';
import { encodeSafetensors } from '@soliloquy/tensor/safetensors';
import type { PackedMotionModel } from './motion-port.ts';
import { motionTransformer, type MotionTransformerParams, type MotionTransformerSize } from './motion-transformer.ts';
import { BLINKS, openMotion, type Blinks, type MotionModel, type Scale } from './opened-motion.ts';

/** What training leaves behind. */
export interface MotionModelContents {
  readonly params: MotionTransformerParams;
  readonly size: MotionTransformerSize;
  /** T, that are made at once */
  readonly frames: number;
  /** of the cosine schedule */
  readonly noiseSteps: number;
  /** of x_t: [latent] */
  readonly motion: Scale;
  /** of the audio condition: [audio] */
  readonly audio: Scale;
  /** f32 [parts] world², variance over time of each part's particles in the clips */
  readonly partVariance: Float32Array;
  /** Absent where the clips have none. */
  readonly blinks?: Blinks;
  /** What else is known of it, e.g. `losses`. */
  readonly card: Readonly<Record<string, unknown>>;
}

/** What the saved network takes and gives, as its metadata says it. */
const PORTS = {
  x: 'noisy x_t, f32 [1, T, latent], less mean and over deviation',
  audio: 'what is heard at each frame, f32 [1, T, audio], less mean and over deviation',
  tau: 'noise step, f32 [1]',
  start: 'number of the first frame, f32 [1]',
  clean: 'x_t without its noise, f32 [1, T, latent], less mean and over deviation',
};

function packBlinks({ examples, frames, interval }: Blinks): Uint8Array {
  const size = examples[0].length;
  const data = new Float32Array(examples.length * size);
  examples.forEach((example, i) => data.set(example, i * size));
  return encodeSafetensors({
    examples: { shape: [examples.length, frames, size / (frames * 3), 3], data },
    interval: { shape: [1], data: Float32Array.of(interval) },
  });
}

/** The model as an artifact: the transformer as ONNX, and its scales as safetensors. */
export function packMotionModel(contents: MotionModelContents): PackedMotionModel {
  const { params, size, frames, noiseSteps, motion, audio, partVariance, blinks, card } = contents;
  const zeros = (...shape: number[]): Tensor => ({
    shape,
    data: new Float32Array(shape.reduce((product, axis) => product * axis, 1)),
  });
  const vector = (data: Float32Array) => ({ shape: [data.length], data });
  return {
    kind: 'motion',
    files: {
      'transformer.onnx': exportOnnx(
        (p, inputs) => ({ clean: motionTransformer(p, inputs, size) }),
        params,
        { x: zeros(1, frames, size.latent), audio: zeros(1, frames, size.audio), tau: zeros(1), start: zeros(1) },
        {
          kind: 'motion',
          ports: PORTS,
          normalisation: {
            x: { mean: [...motion.mean], deviation: [...motion.scale] },
            audio: { mean: [...audio.mean], deviation: [...audio.scale] },
          },
        },
      ),
      'scales.safetensors': encodeSafetensors({
        motionMean: vector(motion.mean),
        motionScale: vector(motion.scale),
        partVariance: vector(partVariance),
        audioMean: vector(audio.mean),
        audioScale: vector(audio.scale),
      }),
      ...(blinks && { [BLINKS]: packBlinks(blinks) }),
    },
    card: { frames, noiseSteps, ...size, ...card },
  };
}

/**
 * Opens a model that `packMotionModel` made, or one like it from elsewhere that passed its port.
 *
 * @throws Fault as `openMotion`
 */
export async function openMotionModel(model: PackedMotionModel, threads: number): Promise<MotionModel> {
  return openMotion(model, (bytes, name) => loadOnnx(bytes, { threads, name }));
}
