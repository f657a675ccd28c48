import type { FlatBytes } from '../flat-table.ts';

/** FlexBuffers types that the options of MediaPipe's operators use, with how an element is read. */
const INT = 1;
const UINT = 2;
const FLOAT = 3;
const INDIRECT_INT = 6;
const INDIRECT_FLOAT = 8;
const MAP = 9;
const VECTOR = 10;
const VECTOR_INT = 11;
const VECTOR_UINT = 12;

/** Where an element lies, how wide it is (bytes), and its type. */
interface Element {
  readonly at: number;
  readonly width: number;
  readonly type: number;
}

/**
 * Reads a FlexBuffers map of numbers and lists of integers: the options of a custom operator (flatbuffers.dev,
 * "FlexBuffers internals").
 *
 * @throws ImportError `network.malformed` where it is none
 */
export function readFlexMap(file: FlatBytes): Readonly<Record<string, number | readonly number[]>> {
  const end = file.bytes.length;
  const rootWidth = file.u8(end - 1);
  const packed = file.u8(end - 2);
  if (packed >> 2 !== MAP) throw file.malformed('options that are no map');
  const at = behind(file, end - 2 - rootWidth, rootWidth);
  const width = 1 << (packed & 3);
  const count = unsigned(file, at - width, width);
  const keys = behind(file, at - 3 * width, width);
  const keyWidth = unsigned(file, at - 2 * width, width);
  file.slice(at, count * (width + 1));
  return Object.fromEntries(
    Array.from({ length: count }, (_, i) => {
      const type = file.u8(at + count * width + i);
      const element = { at: at + i * width, width, type };
      return [keyAt(file, behind(file, keys + i * keyWidth, keyWidth)), valueOf(file, element)];
    }),
  );
}

function valueOf(file: FlatBytes, { at, width, type }: Element): number | readonly number[] {
  const kind = type >> 2;
  const inner = 1 << (type & 3);
  if (kind === INT) return signed(file, at, width);
  if (kind === UINT) return unsigned(file, at, width);
  if (kind === FLOAT) return real(file, at, width);
  if (kind === INDIRECT_INT) return signed(file, behind(file, at, width), inner);
  if (kind === INDIRECT_FLOAT) return real(file, behind(file, at, width), inner);
  if (kind !== VECTOR && kind !== VECTOR_INT && kind !== VECTOR_UINT)
    throw file.malformed(`options with a value of FlexBuffers type ${kind}`);
  const first = behind(file, at, width);
  const count = unsigned(file, first - inner, inner);
  file.slice(first, count * inner);
  const read = kind === VECTOR_UINT ? unsigned : signed;
  return Array.from({ length: count }, (_, i) => read(file, first + i * inner, inner));
}

/** Offsets are counted backwards from where they stand. */
function behind(file: FlatBytes, at: number, width: number): number {
  return at - unsigned(file, at, width);
}

function unsigned(file: FlatBytes, at: number, width: number): number {
  if (width === 1) return file.u8(at);
  if (width === 2) return file.u16(at);
  if (width === 4) return file.u32(at);
  throw file.malformed(`options with numbers of ${width} bytes`);
}

function signed(file: FlatBytes, at: number, width: number): number {
  const bits = 8 * width;
  const value = unsigned(file, at, width);
  return value >= 2 ** (bits - 1) ? value - 2 ** bits : value;
}

function real(file: FlatBytes, at: number, width: number): number {
  if (width === 4) return file.f32(at);
  throw file.malformed(`options with a fraction of ${width} bytes`);
}

function keyAt(file: FlatBytes, at: number): string {
  let end = at;
  while (file.u8(end) !== 0) end++;
  return new TextDecoder().decode(file.slice(at, end - at));
}
