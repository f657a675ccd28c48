import { z } from 'zod';
import { Fault } from '@soliloquy/fault';
import { createRng, TensorError, unflattenPaths } from '@soliloquy/tensor';
import { onnxParams } from '@soliloquy/tensor/onnx-weights';
import { decodeSafetensors } from '@soliloquy/tensor/safetensors';
import type { PackedMotionModel } from './motion-port.ts';
import { initMotionTransformer, type MotionTransformerSize } from './motion-transformer.ts';
import type { TrainedNetwork } from './network-file.ts';

const count = z.int().min(1).max(1_000_000);
const SIZE = z.object({
  latent: count,
  audio: count,
  width: count,
  layers: count,
  heads: count,
  reach: count,
}) satisfies z.ZodType<MotionTransformerSize>;

/**
 * What a motion model learned, to go on learning from: the inverse of `packMotionModel` as far as the network goes.
 *
 * @throws Fault `motion-model.foreign` for a model of another hand: its card says no size of the network, or its
 *   parameters are not those of a `motionTransformer` of that size
 */
export function trainedNetwork({ files, card }: Pick<PackedMotionModel, 'files' | 'card'>): TrainedNetwork {
  const size = SIZE.safeParse(card);
  if (!size.success) throw foreign('card', 'latent, audio, width, layers, heads and reach of its network', 'no such');
  const { tensors } = decodeSafetensors(files['scales.safetensors']);
  const scale = (name: 'motion' | 'audio') => ({
    mean: tensors[`${name}Mean`].data as Float32Array,
    scale: tensors[`${name}Scale`].data as Float32Array,
  });
  const template = initMotionTransformer(createRng('template'), size.data);
  try {
    const params = unflattenPaths(onnxParams(files['transformer.onnx'], 'motion'), template);
    return { params, size: size.data, frames: card.frames, motion: scale('motion'), audio: scale('audio') };
  } catch (error) {
    if (!(error instanceof TensorError)) throw error;
    throw foreign('files.transformer.onnx', 'the parameters of a motion transformer of its card', error.message);
  }
}

function foreign(where: string, expected: string, got: string): Fault {
  return new Fault({
    code: 'motion-model.foreign',
    where: `model<motion>.${where}`,
    expected,
    got,
    remedy: 'connect a model of motion-training',
  });
}
