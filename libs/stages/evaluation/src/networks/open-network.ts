import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { StageError, type StageContext } from '@soliloquy/stage';
import type { OnnxProgram, Tensor, TensorData } from '@soliloquy/tensor';
import type { EvaluationNetwork } from './network-names.ts';

/** A network that a published measure rests on. */
export interface OpenNetwork {
  /** What tells its weights from others: the first digits of the digest that its export wrote; absent where none is. */
  readonly weights?: string;
  /**
   * Runs it on its inputs, in its own order.
   *
   * @returns f32, its outputs in its order
   */
  run(...inputs: readonly Tensor<TensorData>[]): Promise<Float32Array[]>;
  dispose(): Promise<void>;
}

/** Digits of a digest that tell one from another. */
const SHOWN = 12;

/**
 * A file of a network that the task names.
 *
 * @throws StageError `model.layout` where it holds random weights or another network: no published figure is given then
 */
export async function openNetwork(
  name: EvaluationNetwork,
  file: string,
  ctx: Pick<StageContext, 'model' | 'threads'>,
): Promise<OpenNetwork> {
  const { loadOnnxFile, readOnnxMetadata } = await import('@soliloquy/tensor');
  const path = join(await ctx.model(name), file);
  const where = `${name}/${file}`;
  // Read here, since a program whose values lie in files beside it does not say it.
  const metadata = readOnnxMetadata(readFileSync(path), where);
  const { 'soliloquy.network': network = name, 'soliloquy.weights': weights = '' } = metadata;
  if (network !== name || weights.startsWith('random'))
    throw new StageError({
      code: 'model.layout',
      where: `model ${name}: ${file}`,
      expected: 'the published network',
      got: network === name ? weights.replace(':', ' weights, seed ') : network,
      remedy: 'make the file of the published weights',
    });
  const program = await loadOnnxFile(path, { threads: ctx.threads, name: where });
  return { ...opened(program), ...(weights !== '' && { weights: weights.replace('sha256:', '').slice(0, SHOWN) }) };
}

/** The same of any ONNX file, for tests: nothing is said of its weights. */
export async function openNetworkFile(path: string, threads: number): Promise<OpenNetwork> {
  const { loadOnnxFile } = await import('@soliloquy/tensor');
  return opened(await loadOnnxFile(path, { threads, name: 'network' }));
}

function opened(program: OnnxProgram): OpenNetwork {
  return {
    async run(...inputs) {
      const feeds = Object.fromEntries(program.inputs.map(({ name }, i) => [name, inputs[i]]));
      const made = await program.run(feeds);
      return program.outputs.map(({ name }) => made[name].data as Float32Array);
    },
    dispose: () => program.dispose(),
  };
}

/** What is said after a figure's text of the network that gave it. */
export function weightsText({ weights }: Pick<OpenNetwork, 'weights'>): string {
  return weights === undefined ? 'weights without a digest' : `weights ${weights}`;
}
