import { TensorError } from './tensor-error.ts';

/*
 * Protobuf's wire format, as far as ONNX's messages have it: no dependency, and no schema.
 * https://protobuf.dev/programming-guides/encoding/
 */

const VARINT = 0;
const FIXED_64 = 1;
const LENGTH_DELIMITED = 2;
const FIXED_32 = 5;
const TEXT = new TextEncoder();

/** One field of a message. */
export interface Field {
  readonly field: number;
  /** All of it, its tag too. */
  readonly whole: Uint8Array;
  /** Of a text or a message; undefined of a number. */
  readonly value?: Uint8Array;
}

/**
 * Top-level fields of a message, as views on `bytes`.
 *
 * @throws TensorError `tensor.model` when the bytes are no protobuf message
 */
export function* fields(bytes: Uint8Array, where: string): Generator<Field> {
  let at = 0;
  const fail = (): TensorError =>
    new TensorError({
      code: 'tensor.model',
      where: `${where}.model`,
      expected: 'an ONNX model',
      got: `${bytes.length} bytes that are not one (broken at byte ${at})`,
    });
  const varint = (): number => {
    let value = 0;
    for (let shift = 0; shift < 70; shift += 7) {
      if (at >= bytes.length) throw fail();
      const byte = bytes[at++] as number;
      value += (byte & 127) * 2 ** shift;
      if (byte < 128) return value;
    }
    throw fail();
  };
  const skip = (length: number): Uint8Array => {
    if (at + length > bytes.length) throw fail();
    return bytes.subarray(at, (at += length));
  };
  while (at < bytes.length) {
    const start = at;
    const tag = varint();
    const [field, wire] = [Math.floor(tag / 8), tag % 8];
    let value: Uint8Array | undefined;
    if (field === 0) throw fail();
    if (wire === VARINT) varint();
    else if (wire === LENGTH_DELIMITED) value = skip(varint());
    else if (wire === FIXED_64 || wire === FIXED_32) skip(wire === FIXED_64 ? 8 : 4);
    else throw fail();
    yield { field, whole: bytes.subarray(start, at), value };
  }
}

/** The values of one field of a message that are byte strings: texts and messages. */
export function* messages(bytes: Uint8Array, wanted: number, where: string): Generator<Uint8Array> {
  for (const { field, value } of fields(bytes, where)) if (field === wanted && value !== undefined) yield value;
}

/** A protobuf message under construction. Large byte strings are kept by reference until `finish`. */
export class Message {
  private parts: Uint8Array[] = [];
  private small: number[] = [];
  length = 0;

  varint(value: number): this {
    let rest = value < 0 ? (1n << 64n) + BigInt(value) : BigInt(value);
    while (rest > 127n) {
      this.small.push(Number(rest & 127n) | 128);
      this.length++;
      rest >>= 7n;
    }
    this.small.push(Number(rest));
    this.length++;
    return this;
  }

  int(field: number, value: number): this {
    return this.varint(field << 3).varint(value);
  }

  float(field: number, value: number): this {
    this.varint((field << 3) | FIXED_32);
    return this.raw(new Uint8Array(Float32Array.of(value).buffer));
  }

  bytes(field: number, value: Uint8Array): this {
    return this.varint((field << 3) | LENGTH_DELIMITED)
      .varint(value.length)
      .raw(value);
  }

  string(field: number, value: string): this {
    return this.bytes(field, TEXT.encode(value));
  }

  message(field: number, value: Message): this {
    this.varint((field << 3) | LENGTH_DELIMITED).varint(value.length);
    this.flush();
    value.flush();
    this.parts.push(...value.parts);
    this.length += value.length;
    return this;
  }

  /** What is encoded already. */
  raw(value: Uint8Array): this {
    this.flush();
    this.parts.push(value);
    this.length += value.length;
    return this;
  }

  private flush(): void {
    if (this.small.length === 0) return;
    this.parts.push(Uint8Array.from(this.small));
    this.small = [];
  }

  finish(): Uint8Array {
    this.flush();
    const out = new Uint8Array(this.length);
    let at = 0;
    for (const part of this.parts) {
      out.set(part, at);
      at += part.length;
    }
    return out;
  }
}

/** The numbers of a packed field, each below 2^53. */
export function varints(bytes: Uint8Array): number[] {
  const numbers: number[] = [];
  let [value, scale] = [0, 1];
  for (const byte of bytes) {
    value += (byte & 127) * scale;
    scale *= 128;
    if (byte >= 128) continue;
    numbers.push(value);
    [value, scale] = [0, 1];
  }
  return numbers;
}
