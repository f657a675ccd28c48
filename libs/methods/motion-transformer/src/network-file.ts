import { exportOnnx, loadOnnx, type Tensor } from '@soliloquy/tensor';
import { motionTransformer, type MotionTransformerParams, type MotionTransformerSize } from './motion-transformer.ts';

/** Mean and deviation of each column, f32 [width]. */
export interface Scale {
  readonly mean: Float32Array;
  readonly scale: Float32Array;
}

/** A trained transformer, and what its numbers were standardised by. */
export interface TrainedNetwork {
  readonly params: MotionTransformerParams;
  readonly size: MotionTransformerSize;
  /** T, that are made at once */
  readonly frames: number;
  /** of x: [latent] */
  readonly motion: Scale;
  /** of what is heard: [audio] */
  readonly audio: Scale;
}

/** What the network hears and sees of one window. */
export interface MotionWindow {
  /** f32 [T, latent] noisy x_t, standardised */
  readonly x: Float32Array;
  /** f32 [T, audio] standardised; zeros are the motion without a voice */
  readonly audio: Float32Array;
  /** noise step */
  readonly tau: number;
  /** number of the first frame */
  readonly start: number;
}

/** A network that cleans windows. */
export interface WindowNetwork {
  /** X_0 = F(X_τ | A, τ): f32 [T, latent] clean x_t, standardised */
  predict(window: MotionWindow): Promise<Float32Array>;
  dispose(): Promise<void>;
}

/** What the saved network takes and gives, as its metadata says it. */
const PORTS = {
  x: 'noisy x_t, f32 [1, T, latent], less mean and over deviation',
  audio: 'what is heard at each frame, f32 [1, T, audio], less mean and over deviation',
  tau: 'noise step, f32 [1]',
  start: 'number of the first frame, f32 [1]',
  clean: 'x_t without its noise, f32 [1, T, latent], less mean and over deviation',
};

/** The transformer for windows of T frames as ONNX, with its scales in the metadata. */
export function exportNetwork({ params, size, frames, motion, audio }: TrainedNetwork, kind: string): Uint8Array {
  const zeros = (...shape: number[]): Tensor => ({
    shape,
    data: new Float32Array(shape.reduce((product, axis) => product * axis, 1)),
  });
  return exportOnnx(
    (p, inputs) => ({ clean: motionTransformer(p, inputs, size) }),
    params,
    { x: zeros(1, frames, size.latent), audio: zeros(1, frames, size.audio), tau: zeros(1), start: zeros(1) },
    {
      kind,
      ports: PORTS,
      normalisation: {
        x: { mean: [...motion.mean], deviation: [...motion.scale] },
        audio: { mean: [...audio.mean], deviation: [...audio.scale] },
      },
    },
  );
}

/** Opens what `exportNetwork` made. */
export async function openNetwork(
  bytes: Uint8Array,
  size: { readonly frames: number; readonly latent: number; readonly audio: number },
  options: { readonly threads: number; readonly name: string },
): Promise<WindowNetwork> {
  const { frames, latent, audio: heard } = size;
  const network = await loadOnnx(bytes, options);
  return {
    async predict({ x, audio, tau, start }) {
      const { clean } = await network.run({
        x: { shape: [1, frames, latent], data: x },
        audio: { shape: [1, frames, heard], data: audio },
        tau: { shape: [1], data: Float32Array.of(tau) },
        start: { shape: [1], data: Float32Array.of(start) },
      });
      return clean.data as Float32Array;
    },
    dispose: () => network.dispose(),
  };
}
