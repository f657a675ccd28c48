import { Fault } from '@soliloquy/fault';
import type { LoadNetwork } from '@soliloquy/tensor';
import { decodeSafetensors } from '@soliloquy/tensor/safetensors';
import type { PackedMotionModel } from './motion-port.ts';
import { openRefinement, REFINEMENT, type Refinement } from './opened-refinement.ts';
import { windowNetwork, type Scale, type WindowNetwork } from './window-network.ts';

/** How the person of the clips blinks: nothing that a voice says. */
export interface Blinks {
  /** f32 [frames, L, 3] world each: where the particles of the lids go beyond where they are while the eye is open */
  readonly examples: readonly Float32Array[];
  /** of an example */
  readonly frames: number;
  /** seconds from one to the next, on average */
  readonly interval: number;
}

/** The file of the blinks, which a model may hold. */
export const BLINKS = 'blinks.safetensors';

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
  /** Adds what the refinement makes of a clean window to face and hands; absent in models without one. */
  readonly refine?: Refinement['refine'];
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
 * Opens a model that `packMotionModel` made, or one like it from elsewhere that passed its port, on an engine of
 * choice. Needs nothing of Node.
 *
 * @throws Fault `motion-model.scales` when mean and deviation are not of one length, `motion-model.blinks` when its
 *   blinks are none
 */
export async function openMotion(
  model: Pick<PackedMotionModel, 'files' | 'card'>,
  load: LoadNetwork,
): Promise<MotionModel> {
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
  const network = await load(model.files['transformer.onnx'], 'motion');
  const size = { frames, latent, audio: heard };
  const refinement = REFINEMENT in model.files ? await openRefinement(model.files[REFINEMENT], load, size) : undefined;
  const windows = windowNetwork(network, size);
  return {
    frames,
    noiseSteps,
    latent,
    audio: heard,
    partVariance: tensors.partVariance.data as Float32Array,
    ...(blinks && { blinks }),
    ...windows,
    ...(refinement && { refine: refinement.refine }),
    async dispose() {
      await windows.dispose();
      await refinement?.dispose();
    },
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
