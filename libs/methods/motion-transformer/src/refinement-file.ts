import { exportOnnx, type Tensor } from '@soliloquy/tensor';
import { refinementTransformer, type RefinementParams, type RefinementSize } from './refinement-transformer.ts';

/** A refinement that was trained. */
export interface TrainedRefinement {
  readonly params: RefinementParams;
  readonly size: RefinementSize;
}

const PORTS = {
  x: 'x_t without its noise, f32 [1, T, latent], less mean and over deviation',
  audio: 'what is heard at each frame, f32 [1, T, audio], less mean and over deviation',
  start: 'number of the first frame in the sequence, f32 [1]',
  refined: 'what is added to the last numbers of x, f32 [1, T, refined]',
};

/** A refinement for windows of T frames as ONNX. */
export function exportRefinement({ params, size }: TrainedRefinement, frames: number): Uint8Array {
  const zeros = (...shape: number[]): Tensor => ({
    shape,
    data: new Float32Array(shape.reduce((product, axis) => product * axis, 1)),
  });
  return exportOnnx(
    (p, inputs) => ({ refined: refinementTransformer(p, inputs, size) }),
    params,
    { x: zeros(1, frames, size.latent), audio: zeros(1, frames, size.audio), start: zeros(1) },
    { kind: 'motion-refinement', ports: PORTS },
  );
}
