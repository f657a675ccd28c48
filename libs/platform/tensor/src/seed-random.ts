import { TensorError } from './tensor-error.ts';

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
  const model = (message: Uint8Array): Uint8Array =>
    rewrite(message, where, (field, value) => (field === GRAPH ? graph(value) : value));
  const graph = (message: Uint8Array): Uint8Array =>
    rewrite(message, where, (field, value) => (field === NODE ? node(value) : value));
  const attribute = (message: Uint8Array): Uint8Array =>
    rewrite(message, where, (field, value) => (field === SUBGRAPH ? graph(value) : value));
  const node = (message: Uint8Array): Uint8Array => {
    const draws = DRAWING.has(textOf(message, OPERATOR, where));
    const rest = rewrite(message, where, (field, value) => {
      if (field !== ATTRIBUTE) return value;
      return draws && textOf(value, NAME, where) === 'seed' ? undefined : attribute(value);
    });
    if (!draws) return rest;
    const own = (seed + STRIDE * drawn++) % SEEDS;
    return concat([rest, ...lengthDelimited(ATTRIBUTE, seedAttribute(own))]);
  };
  return model(bytes);
}

/** `seed: own` as an attribute: name (1), type FLOAT (20 = 1), f (2). */
function seedAttribute(own: number): Uint8Array {
  const float = new Uint8Array(Float32Array.of(own).buffer);
  const name = new TextEncoder().encode('seed');
  return Uint8Array.from([NAME * 8 + 2, name.length, ...name, 2 * 8 + 5, ...float, 0xa0, 0x01, 1]);
}

type Change = (field: number, value: Uint8Array) => Uint8Array | undefined;

/** A message with its byte strings changed; `undefined` leaves one out. */
function rewrite(message: Uint8Array, where: string, change: Change): Uint8Array {
  const parts: Uint8Array[] = [];
  for (const { field, start, end, value } of parse(message, where)) {
    const whole = message.subarray(start, end);
    if (value === undefined) {
      parts.push(whole);
      continue;
    }
    const changed = change(field, value);
    if (changed === value) parts.push(whole);
    else if (changed !== undefined) parts.push(...lengthDelimited(field, changed));
  }
  return concat(parts);
}

function textOf(message: Uint8Array, wanted: number, where: string): string {
  for (const { field, value } of parse(message, where))
    if (field === wanted && value !== undefined) return new TextDecoder().decode(value);
  return '';
}

interface Part {
  readonly field: number;
  readonly start: number;
  readonly end: number;
  /** Of a byte string. */
  readonly value?: Uint8Array;
}

function* parse(message: Uint8Array, where: string): Generator<Part> {
  let at = 0;
  const varint = (): number => {
    let value = 0;
    for (let shift = 0; shift < 70 && at < message.length; shift += 7) {
      const byte = message[at++] as number;
      value += (byte & 127) * 2 ** shift;
      if (byte < 128) return value;
    }
    throw broken(where, message.length, at);
  };
  while (at < message.length) {
    const start = at;
    const tag = varint();
    const [field, wire] = [Math.floor(tag / 8), tag % 8];
    if (wire === 0) varint();
    else if (wire === 2) {
      const length = varint();
      const from = at;
      at += length;
      if (at > message.length) throw broken(where, message.length, from);
      yield { field, start, end: at, value: message.subarray(from, at) };
      continue;
    } else if (wire === 1 || wire === 5) at += wire === 1 ? 8 : 4;
    else throw broken(where, message.length, start);
    yield { field, start, end: at };
  }
}

function lengthDelimited(field: number, value: Uint8Array): Uint8Array[] {
  const head: number[] = [];
  for (let rest of [field * 8 + 2, value.length]) {
    for (; rest > 127; rest = Math.floor(rest / 128)) head.push((rest % 128) | 128);
    head.push(rest);
  }
  return [Uint8Array.from(head), value];
}

function concat(parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

function broken(where: string, length: number, at: number): TensorError {
  const got = `${length} bytes that are not one (broken at byte ${at})`;
  return new TensorError({ code: 'tensor.model', where: `${where}.model`, expected: 'an ONNX model', got });
}
