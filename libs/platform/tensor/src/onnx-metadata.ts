import { fields, messages } from './protobuf.ts';
import { TensorError } from './tensor-error.ts';

/** Fields of ONNX's protobuf messages: ModelProto, GraphProto, and the names of TensorProto and ValueInfoProto. */
const METADATA_PROPS = 14;
const GRAPH = 7;
const INITIALIZER = { field: 5, name: 8 };
const INPUT = { field: 11, name: 1 };
const OUTPUT = { field: 12, name: 1 };

/**
 * The `metadata_props` of an ONNX model, read without loading it.
 *
 * @throws TensorError `tensor.model` when the bytes are no protobuf message
 */
export function readOnnxMetadata(bytes: Uint8Array, where = 'onnx'): Record<string, string> {
  const metadata: Record<string, string> = Object.create(null);
  for (const { field, value } of fields(bytes, where)) {
    if (field !== METADATA_PROPS || value === undefined) continue;
    const entry: Record<number, string> = {};
    for (const part of fields(value, where))
      if (part.value !== undefined) entry[part.field] = new TextDecoder().decode(part.value);
    metadata[entry[1] ?? ''] = entry[2] ?? '';
  }
  return metadata;
}

/**
 * Names of a model's inputs and outputs, in their order, read without loading it. Constants that old models list among
 * the inputs are left out.
 *
 * @throws TensorError `tensor.model` when the bytes are no protobuf message
 */
export function readOnnxPorts(bytes: Uint8Array, where = 'onnx'): { inputs: string[]; outputs: string[] } {
  const graphs = [...messages(bytes, GRAPH, where)];
  const named = ({ field, name }: { field: number; name: number }): string[] =>
    graphs.flatMap((graph) =>
      [...messages(graph, field, where)].map((part) => {
        const [text] = messages(part, name, where);
        return new TextDecoder().decode(text);
      }),
    );
  const constants = new Set(named(INITIALIZER));
  return { inputs: named(INPUT).filter((name) => !constants.has(name)), outputs: named(OUTPUT) };
}

/** Field numbers of the messages within a message of each kind, and which kind they are of. */
const WITHIN: Readonly<Record<Kind, Readonly<Record<number, Kind>>>> = {
  model: { 7: 'graph', 20: 'training', 25: 'function' },
  training: { 1: 'graph', 2: 'graph' },
  function: { 7: 'node', 11: 'attribute' },
  graph: { 1: 'node', 5: 'tensor', 15: 'sparse' },
  node: { 5: 'attribute' },
  attribute: { 5: 'tensor', 6: 'graph', 10: 'tensor', 11: 'graph', 22: 'sparse', 23: 'sparse' },
  sparse: { 1: 'tensor', 2: 'tensor' },
  tensor: {},
};
type Kind = 'model' | 'training' | 'function' | 'graph' | 'node' | 'attribute' | 'sparse' | 'tensor';
/** TensorProto.external_data: the file that holds a tensor's values, which the engine would open. */
const EXTERNAL_DATA = 13;
/** Graphs within graphs; networks have two or three. */
const DEEPEST = 64;

/**
 * A model holds all of its values: one that names files for them makes the engine read what a stranger chose.
 *
 * @throws TensorError `tensor.model`
 */
export function refuseExternalData(bytes: Uint8Array, where = 'onnx'): void {
  for (const _entry of entriesWithin(bytes, { kind: 'model', depth: 0, where }))
    throw selfContained(where, 'one with external data');
}

/**
 * The files that a model names for its values, as it spells them; several times where several values name one.
 *
 * @throws TensorError `tensor.model` when the bytes are no protobuf message, or its graphs are nested too deep
 */
export function* externalFiles(bytes: Uint8Array, where = 'onnx'): Generator<string> {
  for (const entry of entriesWithin(bytes, { kind: 'model', depth: 0, where })) {
    const [key, text] = [1, 2].map((each) => new TextDecoder().decode([...messages(entry, each, where)][0]));
    if (!NO_FILE.has(key as string)) yield text as string;
  }
}

/** Entries of external data that name no file. */
const NO_FILE: ReadonlySet<string> = new Set(['offset', 'length', 'checksum']);

/** Every entry of external data, wherever in the model it stands. */
function* entriesWithin(
  message: Uint8Array,
  { kind, depth, where }: { readonly kind: Kind; readonly depth: number; readonly where: string },
): Generator<Uint8Array> {
  for (const { field, value } of fields(message, where)) {
    if (value === undefined) continue;
    if (depth >= DEEPEST) throw selfContained(where, `graphs nested deeper than ${DEEPEST} messages`);
    if (kind === 'tensor' && field === EXTERNAL_DATA) yield value;
    const within = Object.hasOwn(WITHIN[kind], field) ? WITHIN[kind][field] : undefined;
    if (within !== undefined) yield* entriesWithin(value, { kind: within, depth: depth + 1, where });
  }
}

function selfContained(where: string, got: string): TensorError {
  return new TensorError({
    code: 'tensor.model',
    where: `${where}.model`,
    expected: 'an ONNX model that holds its values itself',
    got,
    remedy: 'save it as one file',
  });
}
