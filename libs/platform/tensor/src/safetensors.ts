import { Fault } from '@soliloquy/fault';
/**
 * The safetensors container (huggingface.co/docs/safetensors): u64 header length, JSON header, one block of data.
 * No engine is imported here: port codecs load this file at start-up.
 */

/** Element types that are read and written. */
export type SafetensorsDtype = 'F32' | 'F16' | 'I32' | 'U32' | 'I64' | 'U8' | 'BOOL';

/** Arrays by element type. F16 is kept as its raw bits in u16; BOOL is 0 or 1 in bytes. */
export type SafetensorsData = Float32Array | Uint16Array | Int32Array | Uint32Array | BigInt64Array | Uint8Array;

/**
 * A named array of a file.
 *
 * @property dtype left out, it follows from the array: f32 F32, u16 F16, i32 I32, u32 U32, i64 I64, u8 U8; say BOOL for
 *   bool
 */
export interface SafetensorsTensor {
  readonly shape: readonly number[];
  readonly data: SafetensorsData;
  readonly dtype?: SafetensorsDtype;
}

/** What a file holds. */
export interface Safetensors {
  readonly tensors: Record<string, Required<SafetensorsTensor>>;
  readonly metadata: Record<string, string>;
}

/** Why a file was refused. */
export class SafetensorsError extends Fault<'tensor.safetensors'> {
  override readonly name = 'SafetensorsError';
}

type ArrayClass = { new (buffer: ArrayBuffer): SafetensorsData; readonly BYTES_PER_ELEMENT: number };

const ARRAYS: Readonly<Record<SafetensorsDtype, ArrayClass>> = {
  F32: Float32Array,
  F16: Uint16Array,
  I32: Int32Array,
  U32: Uint32Array,
  I64: BigInt64Array,
  U8: Uint8Array,
  BOOL: Uint8Array,
};

/** The header may not be larger than this, as in the reference implementation. */
const MAX_HEADER = 100_000_000;

/**
 * Write tensors. Canonical: names are sorted, data follows in that order without gaps, so that the same values give the
 * same bytes.
 *
 * @throws SafetensorsError when a shape does not fit its data or a dtype its array
 */
export function encodeSafetensors(
  tensors: Readonly<Record<string, SafetensorsTensor>>,
  metadata: Readonly<Record<string, string>> = {},
): Uint8Array {
  const names = Object.keys(tensors).sort();
  const header: Record<string, unknown> = {};
  const metadataKeys = Object.keys(metadata).sort();
  if (metadataKeys.length > 0)
    header.__metadata__ = Object.fromEntries(metadataKeys.map((key) => [key, metadata[key]]));
  let size = 0;
  for (const name of names) {
    if (name === '__metadata__')
      throw new SafetensorsError({
        code: 'tensor.safetensors',
        where: 'safetensors.name',
        expected: 'a name of a tensor',
        got: '__metadata__, which the format keeps for itself',
        remedy: 'rename it',
      });
    const { shape, data } = tensors[name];
    const dtype = tensors[name].dtype ?? dtypeOfArray(name, data);
    if (!(data instanceof ARRAYS[dtype])) {
      throw new SafetensorsError({
        code: 'tensor.safetensors',
        where: `safetensors.${name}`,
        expected: `${ARRAYS[dtype].name} for ${dtype}`,
        got: (data as object).constructor.name,
      });
    }
    const count = elementCount(name, shape);
    if (count !== data.length)
      throw new SafetensorsError({
        code: 'tensor.safetensors',
        where: `safetensors.${name}`,
        expected: `${count} elements for [${shape.join(', ')}]`,
        got: `${data.length}`,
      });
    header[name] = { dtype, shape, data_offsets: [size, size + data.byteLength] };
    size += data.byteLength;
  }
  const json = new TextEncoder().encode(JSON.stringify(header));
  // Data starts at a multiple of 8, padded with spaces, so that readers can map arrays in place.
  const headerLength = Math.ceil(json.length / 8) * 8;
  const bytes = new Uint8Array(8 + headerLength + size);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(headerLength), true);
  bytes.set(json, 8);
  bytes.fill(0x20, 8 + json.length, 8 + headerLength);
  let at = 8 + headerLength;
  for (const name of names) {
    const { data } = tensors[name];
    bytes.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), at);
    at += data.byteLength;
  }
  return bytes;
}

/**
 * Read a file. Arrays are copies.
 *
 * @throws SafetensorsError when the header is no JSON record, an entry is malformed, an offset is out of bounds, or the
 *         entries overlap, leave gaps or do not fill the file
 */
export function decodeSafetensors(bytes: Uint8Array): Safetensors {
  if (bytes.length < 8)
    throw new SafetensorsError({
      code: 'tensor.safetensors',
      where: 'safetensors.header',
      expected: 'at least 8 bytes',
      got: `${bytes.length}`,
      remedy: 'the file is truncated',
    });
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const declared = view.getBigUint64(0, true);
  if (declared > BigInt(MAX_HEADER))
    throw new SafetensorsError({
      code: 'tensor.safetensors',
      where: 'safetensors.header',
      expected: `at most ${MAX_HEADER} bytes`,
      got: `${declared}`,
      remedy: 'this is no safetensors file',
    });
  const headerLength = Number(declared);
  if (8 + headerLength > bytes.length) {
    throw new SafetensorsError({
      code: 'tensor.safetensors',
      where: 'safetensors.header',
      expected: `${headerLength} bytes`,
      got: `${bytes.length - 8}`,
      remedy: 'the file is truncated',
    });
  }
  const header = parseHeader(bytes.subarray(8, 8 + headerLength));
  const start = 8 + headerLength;
  const size = bytes.length - start;
  const metadata = readMetadata(header.__metadata__);
  const entries = Object.entries(header)
    .filter(([name]) => name !== '__metadata__')
    .map(([name, value]) => readEntry(name, value, size))
    .sort((a, b) => a.begin - b.begin || a.end - b.end);

  let at = 0;
  for (const { name, begin, end } of entries) {
    if (begin !== at)
      throw new SafetensorsError({
        code: 'tensor.safetensors',
        where: `safetensors.${name}`,
        expected: `data at byte ${at}`,
        got: `${begin}`,
        remedy: `entries ${begin < at ? 'overlap' : 'leave a gap'}`,
      });
    at = end;
  }
  if (at !== size)
    throw new SafetensorsError({
      code: 'tensor.safetensors',
      where: 'safetensors.data',
      expected: `${at} bytes`,
      got: `${size}`,
      remedy: `the file is ${size < at ? 'truncated' : 'too long'}`,
    });

  const tensors: Record<string, Required<SafetensorsTensor>> = Object.create(null);
  for (const { name, dtype, shape, begin, end } of [...entries].sort((a, b) => (a.name < b.name ? -1 : 1))) {
    // A Node Buffer's own slice would be a view of the whole pool.
    const own = Uint8Array.prototype.slice.call(bytes, start + begin, start + end);
    tensors[name] = { dtype, shape, data: new ARRAYS[dtype](own.buffer) };
  }
  return { tensors, metadata };
}

/** f32 values as the raw bits of F16 (round to nearest even). */
export function toFloat16Bits(values: Float32Array): Uint16Array {
  return new Uint16Array(Float16Array.from(values).buffer);
}

/** The raw bits of F16 as f32 values. */
export function fromFloat16Bits(bits: Uint16Array): Float32Array {
  return Float32Array.from(new Float16Array(bits.slice().buffer));
}

interface Entry {
  readonly name: string;
  readonly dtype: SafetensorsDtype;
  readonly shape: number[];
  readonly begin: number;
  readonly end: number;
}

function parseHeader(bytes: Uint8Array): Record<string, unknown> {
  let header: unknown;
  let json: string;
  try {
    json = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    header = JSON.parse(json);
  } catch (error) {
    throw new SafetensorsError(
      {
        code: 'tensor.safetensors',
        where: 'safetensors.header',
        expected: 'JSON',
        got: 'something else',
        remedy: 'this is no safetensors file',
      },
      {
        cause: error,
      },
    );
  }
  if (!isRecord(header))
    throw new SafetensorsError({
      code: 'tensor.safetensors',
      where: 'safetensors.header',
      expected: 'a JSON record',
      got: 'another value',
    });
  const doubled = doubledName(json);
  if (doubled !== undefined)
    throw new SafetensorsError({
      code: 'tensor.safetensors',
      where: 'safetensors.header',
      expected: 'each name once',
      got: `${inShort(doubled)} twice`,
      remedy: 'write the file again',
    });
  return header;
}

/**
 * A name that the header states twice: of the two `JSON.parse` keeps the last in silence, others the first, so that one
 * file would hold other values for other readers.
 */
function doubledName(json: string): string | undefined {
  const seen = new Set<string>();
  let depth = 0;
  for (const [token] of json.matchAll(/"(?:[^"\\]|\\.)*"(?=\s*(:?))|[{}[\]]/gs)) {
    if (token === '{' || token === '[') depth += 1;
    else if (token === '}' || token === ']') depth -= 1;
    else if (depth === 1) {
      const name = JSON.parse(token) as string;
      if (seen.has(name)) return name;
      seen.add(name);
    }
  }
  return undefined;
}

function readMetadata(value: unknown): Record<string, string> {
  if (value === undefined) return {};
  if (!isRecord(value))
    throw new SafetensorsError({
      code: 'tensor.safetensors',
      where: 'safetensors.__metadata__',
      expected: 'a record of strings',
      got: 'another value',
    });
  const metadata: Record<string, string> = Object.create(null);
  for (const [key, text] of Object.entries(value)) {
    if (typeof text !== 'string')
      throw new SafetensorsError({
        code: 'tensor.safetensors',
        where: `safetensors.__metadata__.${key}`,
        expected: 'a string',
        got: typeof text,
      });
    metadata[key] = text;
  }
  return metadata;
}

function readEntry(name: string, value: unknown, size: number): Entry {
  if (!isRecord(value))
    throw new SafetensorsError({
      code: 'tensor.safetensors',
      where: `safetensors.${name}`,
      expected: 'a record with dtype, shape and data_offsets',
      got: 'another value',
    });
  const { shape, data_offsets: offsets } = value;
  const dtype = (Object.keys(ARRAYS) as SafetensorsDtype[]).find((known) => known === value.dtype);
  if (dtype === undefined)
    throw new SafetensorsError({
      code: 'tensor.safetensors',
      where: `safetensors.${name}.dtype`,
      expected: `one of ${Object.keys(ARRAYS).join(', ')}`,
      got: inShort(value.dtype),
    });
  if (!isNaturals(shape))
    throw new SafetensorsError({
      code: 'tensor.safetensors',
      where: `safetensors.${name}.shape`,
      expected: 'a list of non-negative integers',
      got: inShort(shape),
    });
  if (!isNaturals(offsets) || offsets.length !== 2 || offsets[0] > offsets[1]) {
    throw new SafetensorsError({
      code: 'tensor.safetensors',
      where: `safetensors.${name}.data_offsets`,
      expected: '[begin, end]',
      got: inShort(offsets),
    });
  }
  const [begin, end] = offsets;
  if (end > size)
    throw new SafetensorsError({
      code: 'tensor.safetensors',
      where: `safetensors.${name}.data_offsets`,
      expected: `an end of at most ${size}`,
      got: `${end}`,
      remedy: 'the file is truncated',
    });
  const needed = elementCount(name, shape) * ARRAYS[dtype].BYTES_PER_ELEMENT;
  if (end - begin !== needed)
    throw new SafetensorsError({
      code: 'tensor.safetensors',
      where: `safetensors.${name}.data_offsets`,
      expected: `${needed} bytes for ${dtype} [${shape.join(', ')}]`,
      got: `${end - begin}`,
    });
  return { name, dtype, shape, begin, end };
}

function elementCount(name: string, shape: readonly number[]): number {
  const count = shape.reduce((product, n) => product * n, 1);
  if (!Number.isSafeInteger(count))
    throw new SafetensorsError({
      code: 'tensor.safetensors',
      where: `safetensors.${name}.shape`,
      expected: 'fewer elements than 2^53',
      got: `[${shape.join(', ')}]`,
    });
  return count;
}

function dtypeOfArray(name: string, data: SafetensorsData): SafetensorsDtype {
  const found = (['F32', 'F16', 'I32', 'U32', 'I64', 'U8'] as const).find((dtype) => data instanceof ARRAYS[dtype]);
  if (found === undefined)
    throw new SafetensorsError({
      code: 'tensor.safetensors',
      where: `safetensors.${name}`,
      expected: 'f32, u16 (F16 bits), i32, u32, i64 or u8',
      got: (data as object).constructor.name,
    });
  return found;
}

/** A value of the header in one line, cut: it may have been written to be long. */
function inShort(value: unknown): string {
  const text = isNested(value) ? 'a nested value' : (JSON.stringify(value) ?? 'nothing');
  return text.length > 60 ? `${text.slice(0, 57)}...` : text;
}

/** Holds values that hold others: how deep is the file's to say, and to write it down takes a stack as deep. */
function isNested(value: unknown): boolean {
  const holds = (part: unknown): part is object => typeof part === 'object' && part !== null;
  return holds(value) && Object.values(value).some((part) => holds(part) && Object.values(part).some(holds));
}

function isNaturals(value: unknown): value is number[] {
  return Array.isArray(value) && value.every((n) => Number.isSafeInteger(n) && n >= 0);
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
