import { FlatBytes } from '../flat-table.ts';
import { NetworkGraph } from '../network-graph.ts';
import { readFlexMap } from './flex-map.ts';
import { readTflite } from './model.ts';
import { operatorOf } from './operators.ts';
import { Step } from './step.ts';

/**
 * Converts a network of TensorFlow Lite to ONNX, operator by operator: floats, with weights in f32, f16, sparse, or
 * integers that are dequantised. Inputs and outputs keep their names and shapes, channels last. Weights in f16 stay so,
 * behind a Cast.
 *
 * @param bytes   a `.tflite` file
 * @param where   names it in faults
 * @param options outputs that are wanted, all unless said: what only others need is left out; metadata of the model
 * @returns       the model's bytes; the same file gives the same bytes
 * @throws ImportError `network.malformed` where the file is no such network or lies about its parts,
 *   `network.operator` for an operator without meaning here, named with its place
 */
export function convertTflite(
  bytes: Uint8Array,
  where: string,
  options: { readonly outputs?: readonly string[]; readonly metadata?: Readonly<Record<string, string>> } = {},
): Uint8Array {
  const model = readTflite(bytes, where);
  const graph = new NetworkGraph();
  const nameOf = (index: number): string => model.tensors[index].name;
  model.tensors.forEach(({ constant }, index) => {
    if (constant !== undefined) graph.setConstant(String(index), constant());
  });
  for (const index of model.inputs) {
    const { type, shape } = model.tensors[index];
    if (type !== 'f32') throw model.file.malformed(`a network whose input ${nameOf(index)} is ${type}`);
    graph.input(String(index), nameOf(index), shape);
  }
  for (const operator of model.operators) {
    const { name, convert } = operatorOf(operator);
    const step = new Step(graph, model, operator, name);
    if (convert === undefined) throw step.refuse('an operator that it does not know');
    convert(step);
  }
  const wanted = options.outputs ?? model.outputs.map(nameOf);
  for (const name of wanted) {
    const index = model.outputs.find((output) => nameOf(output) === name);
    if (index === undefined) throw model.file.malformed(`a network without the output ${name}`);
    graph.output(String(index), name, model.tensors[index].shape);
  }
  return graph.encode(options.metadata);
}

/**
 * A list of integers that custom operators of a network have as an option, in the order of the operators: e.g. which
 * points of a face mesh an attention network refines.
 *
 * @throws ImportError `network.malformed`
 */
export function tfliteOptionLists(
  bytes: Uint8Array,
  { where, custom, option }: { readonly where: string; readonly custom: string; readonly option: string },
): (readonly number[])[] {
  const model = readTflite(bytes, where);
  return model.operators
    .filter((operator) => operator.custom === custom)
    .map(({ customOptions }) => {
      const value = readFlexMap(new FlatBytes(customOptions, where, 'the options of an operator'))[option];
      if (!Array.isArray(value)) throw model.file.malformed(`${custom} without ${option}`);
      return value as readonly number[];
    });
}
