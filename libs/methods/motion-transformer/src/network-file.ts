import { exportOnnx, loadOnnx, type Tensor } from '@soliloquy/tensor';
import { motionTransformer, type MotionTransformerParams, type MotionTransformerSize } from './motion-transformer.ts';
import { windowNetwork, type Scale, type WindowNetwork, type WindowSize } from './window-network.ts';

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
  size: WindowSize,
  options: { readonly threads: number; readonly name: string },
): Promise<WindowNetwork> {
  return windowNetwork(await loadOnnx(bytes, options), size);
}
