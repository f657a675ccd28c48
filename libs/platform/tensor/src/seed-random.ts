import { fields, Message, messages } from './protobuf.ts';

/** Operators that draw: without a seed each run of them draws anew. */
const DRAWING: ReadonlySet<string> = new Set([
  'RandomNormal',
  'RandomNormalLike',
  'RandomUniform',
  'RandomUniformLike',
  'Multinomial',
  'Bernoulli',
]);
/** Fields of ModelProto, GraphProto, NodeProto and AttributeProto. */
const GRAPH = 7;
const NODE = 1;
const OPERATOR = 4;
const ATTRIBUTE = 5;
const SUBGRAPH = 6;
const NAME = 1;
/** Seeds are f32 in ONNX: whole numbers below this are exact. */
const SEEDS = 2 ** 24;
/** Between the seeds of two operators of one model. */
const STRIDE = 7919;

/**
 * A model whose drawing operators are seeded, so that it gives the same for the same seed: each gets a seed of its own,
 * in the place of what it may have.
 *
 * @param seed  0 … 2^32-1
 * @returns     the model's bytes, the same where nothing in it draws
 * @throws TensorError `tensor.model` when the bytes are no protobuf message
 */
export function seedRandom(bytes: Uint8Array, seed: number, where = 'onnx'): Uint8Array {
  let drawn = 0;
  const graph = (message: Uint8Array): Uint8Array =>
    rewrite(message, where, (field, value) => (field === NODE ? node(value) : value)).finish();
  const attribute = (message: Uint8Array): Uint8Array =>
    rewrite(message, where, (field, value) => (field === SUBGRAPH ? graph(value) : value)).finish();
  const node = (message: Uint8Array): Uint8Array => {
    const draws = DRAWING.has(textOf(message, OPERATOR, where));
    const rest = rewrite(message, where, (field, value) => {
      if (field !== ATTRIBUTE) return value;
      return draws && textOf(value, NAME, where) === 'seed' ? undefined : attribute(value);
    });
    if (draws) rest.message(ATTRIBUTE, seedAttribute((seed + STRIDE * drawn++) % SEEDS));
    return rest.finish();
  };
  return rewrite(bytes, where, (field, value) => (field === GRAPH ? graph(value) : value)).finish();
}

/** `seed: own` as an attribute: name (1), f (2), type (20) FLOAT. */
function seedAttribute(own: number): Message {
  return new Message().string(NAME, 'seed').float(2, own).int(20, 1);
}

type Change = (field: number, value: Uint8Array) => Uint8Array | undefined;

/** A message with its byte strings changed; `undefined` leaves one out. */
function rewrite(message: Uint8Array, where: string, change: Change): Message {
  const written = new Message();
  for (const { field, whole, value } of fields(message, where)) {
    const changed = value && change(field, value);
    if (changed === value) written.raw(whole);
    else if (changed !== undefined) written.bytes(field, changed);
  }
  return written;
}

function textOf(message: Uint8Array, wanted: number, where: string): string {
  const [text] = messages(message, wanted, where);
  return new TextDecoder().decode(text);
}
