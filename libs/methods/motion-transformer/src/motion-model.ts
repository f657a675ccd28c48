import { Fault } from '@soliloquy/fault';
import { decodeSafetensors, encodeSafetensors } from '@soliloquy/tensor/safetensors';
import type { PackedMotionModel } from './motion-port.ts';
import { exportNetwork, openNetwork, type Scale, type TrainedNetwork, type WindowNetwork } from './network-file.ts';

/** How the person of the clips blinks: nothing that a voice says. */
export interface Blinks {
  /** f32 [frames, L, 3] world each: where the particles of the lids go beyond where they are while the eye is open */
  readonly examples: readonly Float32Array[];
  /** of an example */
  readonly frames: number;
  /** seconds from one to the next, on average */
  readonly interval: number;
}

/** What training leaves behind. */
export interface MotionModelContents extends TrainedNetwork {
  /** of the cosine schedule */
  readonly noiseSteps: number;
  /** f32 [parts] world², variance over time of each part's particles in the clips */
  readonly partVariance: Float32Array;
  /** Absent where the clips have none. */
  readonly blinks?: Blinks;
  /** What else is known of it, e.g. `losses`. */
  readonly card: Readonly<Record<string, unknown>>;
}

/** The file of the blinks, which a model may hold. */
const BLINKS = 'blinks.safetensors';

function packBlinks({ examples, frames, interval }: Blinks): Uint8Array {
  const size = examples[0].length;
  const data = new Float32Array(examples.length * size);
  examples.forEach((example, i) => data.set(example, i * size));
  return encodeSafetensors({
    examples: { shape: [examples.length, frames, size / (frames * 3), 3], data },
    interval: { shape: [1], data: Float32Array.of(interval) },
  });
}

/** @throws Fault `motion-model.blinks` when it is none that `packBlinks` made */
function readBlinks(bytes: Uint8Array): Blinks {
  const { examples, interval } = decodeSafetensors(bytes).tensors;
  const shape = examples?.shape ?? [];
  if (shape.length !== 4 || shape.includes(0) || !(interval?.data[0] > 0))
    throw new Fault({
      code: 'motion-model.blinks',
      where: `model<motion>.files.${BLINKS}`,
      expected: 'examples f32 [B, frames, L, 3] and an interval above 0 s',
      got: `examples [${shape.join(', ')}], interval ${interval?.data[0]}`,
      remedy: 'save the blinks of one training',
    });
  const [count, frames, lids] = shape;
  const size = frames * lids * 3;
  const data = examples.data as Float32Array;
  return {
    examples: Array.from({ length: count }, (_, i) => data.slice(i * size, (i + 1) * size)),
    frames,
    interval: Number(interval.data[0]),
  };
}

/** The model as an artifact: the transformer as ONNX, and its scales as safetensors. */
export function packMotionModel(contents: MotionModelContents): PackedMotionModel {
  const { size, frames, noiseSteps, motion, audio, partVariance, blinks, card } = contents;
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
    },
    card: { frames, noiseSteps, ...size, ...card },
  };
}

/** A motion diffusion model, ready to use. */
export interface MotionModel extends WindowNetwork {
  /** T, that are made at once */
  readonly frames: number;
  /** of the cosine schedule */
  readonly noiseSteps: number;
  /** width of x_t */
  readonly latent: number;
  /** width of a frame's audio condition */
  readonly audio: number;
  /** f32 [parts] world², variance over time of each part's particles in the clips */
  readonly partVariance: Float32Array;
  /** Absent in models of clips without blinks, and in those from before blinks were kept. */
  readonly blinks?: Blinks;
  /**
   * The audio condition f32 [F, audio] less mean and over deviation.
   *
   * @throws Fault `motion-model.audio-width` for a condition of another width
   */
  standardiseAudio(condition: Float32Array, frames: number): Float32Array;
  /** Standardised x_t f32 [F, latent] as the aligned space knows it. */
  restoreLatent(x: Float32Array): Float32Array;
}

/**
 * Opens a model that `packMotionModel` made, or one like it from elsewhere that passed its port.
 *
 * @throws Fault `motion-model.scales` when mean and deviation are not of one length, `motion-model.blinks` when its
 *   blinks are none
 */
export async function openMotionModel(model: PackedMotionModel, threads: number): Promise<MotionModel> {
  const { tensors } = decodeSafetensors(model.files['scales.safetensors']);
  const [motion, audio] = (['motion', 'audio'] as const).map((name): Scale => {
    const [mean, scale] = [tensors[`${name}Mean`], tensors[`${name}Scale`]].map(({ data }) => data as Float32Array);
    if (mean.length !== scale.length)
      throw new Fault({
        code: 'motion-model.scales',
        where: `model<motion>.files.scales.safetensors.${name}Scale`,
        expected: `f32 [${mean.length}], as many as ${name}Mean`,
        got: `f32 [${scale.length}]`,
        remedy: 'save the scales of one training',
      });
    return { mean, scale };
  });
  const [latent, heard] = [motion.mean.length, audio.mean.length];
  const { frames, noiseSteps } = model.card;
  const blinks = BLINKS in model.files ? readBlinks(model.files[BLINKS]) : undefined;
  const size = { frames, latent, audio: heard };
  const network = await openNetwork(model.files['transformer.onnx'], size, { threads, name: 'motion' });
  return {
    frames,
    noiseSteps,
    latent,
    audio: heard,
    partVariance: tensors.partVariance.data as Float32Array,
    ...(blinks && { blinks }),
    ...network,
    standardiseAudio(condition, count) {
      if (condition.length !== count * heard)
        throw new Fault({
          code: 'motion-model.audio-width',
          where: 'model<motion>.audio',
          expected: `a condition of ${heard} numbers per frame, as in its training`,
          got: String(condition.length / count),
          remedy: 'train the model with the speech features and the aligned space of now',
        });
      return condition.map((value, i) => (value - audio.mean[i % heard]) / audio.scale[i % heard]);
    },
    restoreLatent: (x) => x.map((value, i) => value * motion.scale[i % latent] + motion.mean[i % latent]),
  };
}
