import { openModelFile } from './confined-model.ts';
import type { ExecutionOptions } from './execute/executable.ts';
import { Session } from './execute/session.ts';
import { lower } from './lower/lower.ts';
import { readOnnxMetadata } from './onnx-metadata.ts';
import type { OnnxValueInfo } from './onnx-proto.ts';
import { specsOf } from './program.ts';
import { flattenTensors } from './tensor-tree.ts';
import type { Tensor, TensorData, TensorTree } from './tensor.ts';
import { traceTrees, type ArrayTree, type Traced } from './trace.ts';

/**
 * Export a trained model as an ONNX file: the parameters become its constants (`params.<path>`), the inputs' and the
 * results' paths its named inputs and outputs.
 *
 * @param f        pure, `(params, inputs) => outputs`, both records with arrays; owns its arrays
 * @param params   trained parameters
 * @param inputs   example inputs: names, shapes and dtypes of the model's inputs
 * @param metadata kept in the model (`metadata_props`): ports, normalisation and whatever else; what is no text
 *   is kept as JSON. `loadOnnx` and `readOnnxMetadata` give it back as it is stored
 * @param options  `fuse`: one kernel for layer normalisation, softmax, GELU, attention and biases; the last bits change
 * @returns        the model's bytes; the same arguments give the same bytes
 */
export function exportOnnx<Params extends TensorTree, Inputs extends { readonly [name: string]: TensorTree }>(
  f: (params: Traced<Params>, inputs: Traced<Inputs>) => { readonly [name: string]: ArrayTree },
  params: Params,
  inputs: Inputs,
  metadata: ModelMetadata = {},
  options: { readonly fuse?: boolean } = {},
): Uint8Array {
  const weights = flattenTensors(params, 'export.params');
  const examples = flattenTensors(inputs, 'export.inputs');
  const specs = [specsOf(weights.leaves), specsOf(examples.leaves)];
  const traced = traceTrees(
    'export',
    f as unknown as (...args: ArrayTree[]) => ArrayTree,
    [weights.shape, examples.shape],
    specs,
  );
  const weightNames = weights.paths.map((path) => `params.${path}`);
  const constants = Object.fromEntries(weightNames.map((name, i) => [name, weights.leaves[i]]));
  return lower(
    { ...traced, inputNames: [...weightNames, ...examples.paths], outputNames: traced.outputPaths },
    constants,
    encodeMetadata(metadata),
    { fuse: options.fuse },
  ).bytes;
}

/** What a model says of itself. */
export interface ModelMetadata {
  /** What goes in and comes out, by name: unit, frame, encoding. */
  readonly ports?: Readonly<Record<string, string>>;
  /** Mean and deviation that inputs were divided by, by name. */
  readonly normalisation?: Readonly<
    Record<string, { readonly mean: readonly number[]; readonly deviation: readonly number[] }>
  >;
  readonly [key: string]: unknown;
}

function encodeMetadata(metadata: ModelMetadata): Record<string, string> {
  const entries = Object.entries(metadata).filter(([, value]) => value !== undefined);
  return Object.fromEntries(
    entries.map(([key, value]) => [key, typeof value === 'string' ? value : JSON.stringify(value)]),
  );
}

/** A loaded ONNX model. */
export interface OnnxProgram {
  readonly inputs: readonly OnnxValueInfo[];
  readonly outputs: readonly OnnxValueInfo[];
  readonly metadata: Readonly<Record<string, string>>;
  /** Run on named tensors; gives every output by name. Blocks the event loop. */
  run(feeds: Readonly<Record<string, Tensor<TensorData>>>): Promise<Record<string, Tensor<TensorData>>>;
  dispose(): Promise<void>;
}

/** Loads a model of this name on an engine: Node's own, or a browser's. */
export type LoadNetwork = (bytes: Uint8Array, name: string) => Promise<Pick<OnnxProgram, 'run' | 'dispose'>>;

/**
 * Load an ONNX model, exported here or elsewhere, on ONNX Runtime's CPU engine.
 *
 * @throws TensorError `tensor.model` when the bytes are no ONNX model, `tensor.session` when ONNX Runtime refuses it
 */
export async function loadOnnx(
  bytes: Uint8Array,
  options: Omit<ExecutionOptions, 'executor' | 'compute'> & { readonly name?: string } = {},
): Promise<OnnxProgram> {
  const where = options.name ?? 'onnx';
  return programOf(await Session.create(where, bytes, options), readOnnxMetadata(bytes, where));
}

/**
 * As `loadOnnx`, of a file. A model larger than a protobuf message may be keeps its values in files beside it: they
 * must be plain files of its own folder.
 *
 * @throws TensorError as `loadOnnx`
 */
export async function loadOnnxFile(
  path: string,
  options: Omit<ExecutionOptions, 'executor' | 'compute'> & { readonly name?: string } = {},
): Promise<OnnxProgram> {
  const where = options.name ?? 'onnx';
  const model = openModelFile(path, where);
  const metadata = model instanceof Uint8Array ? readOnnxMetadata(model, where) : {};
  return programOf(await Session.create(where, model, options), metadata);
}

function programOf(session: Session, metadata: OnnxProgram['metadata']): OnnxProgram {
  return {
    inputs: session.inputs,
    outputs: session.outputs,
    metadata,
    run: async (feeds) => (await session.run(feeds)).results,
    dispose: () => session.dispose(),
  };
}
