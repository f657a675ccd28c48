import { loadOnnx } from '@soliloquy/tensor';
import { encodeSafetensors } from '@soliloquy/tensor/safetensors';
import type { PackedMotionModel } from './motion-port.ts';
import { exportNetwork, type TrainedNetwork } from './network-file.ts';
import { BLINKS, openMotion, type Blinks, type MotionModel } from './opened-motion.ts';
import { REFINEMENT } from './opened-refinement.ts';
import { exportRefinement, type TrainedRefinement } from './refinement-file.ts';

/** What training leaves behind. */
export interface MotionModelContents extends TrainedNetwork {
  /** of the cosine schedule */
  readonly noiseSteps: number;
  /** f32 [parts] world², variance over time of each part's particles in the clips */
  readonly partVariance: Float32Array;
  /** Absent where the clips have none. */
  readonly blinks?: Blinks;
  /** Absent where there is none. */
  readonly refinement?: TrainedRefinement;
  /** What else is known of it, e.g. `losses`. */
  readonly card: Readonly<Record<string, unknown>>;
}

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
  const { size, frames, noiseSteps, motion, audio, partVariance, blinks, refinement, card } = contents;
  const vector = (data: Float32Array) => ({ shape: [data.length], data });
  return {
    kind: 'motion',
    files: {
      'transformer.onnx': exportNetwork(contents, 'motion'),
      'scales.safetensors': encodeSafetensors({
        motionMean: vector(motion.mean),
        motionScale: vector(motion.scale),
        partVariance: vector(partVariance),
        audioMean: vector(audio.mean),
        audioScale: vector(audio.scale),
      }),
      ...(blinks && { [BLINKS]: packBlinks(blinks) }),
      ...(refinement && { [REFINEMENT]: exportRefinement(refinement, frames) }),
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
