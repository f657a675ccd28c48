import { ImportError } from './import-error.ts';

/**
 * The bytes of a FlatBuffers file, every read of which is checked: an offset that leaves the file is a fault, never a
 * value from elsewhere (format: flatbuffers.dev, "FlatBuffers internals"; little-endian).
 */
export class FlatBytes {
  readonly bytes: Uint8Array;
  /** Of the file, for faults. */
  readonly where: string;
  /** What the file ought to be, for faults. */
  readonly expected: string;
  private readonly view: DataView;

  constructor(bytes: Uint8Array, where: string, expected: string) {
    // A Buffer's `slice` shares memory, where this one's copies.
    this.bytes = new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.where = where;
    this.expected = expected;
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  /** The fault of a file that is not what it ought to be. */
  malformed(got: string): ImportError {
    const { where, expected } = this;
    return new ImportError({ code: 'network.malformed', where, expected, got, remedy: 'install its package again' });
  }

  u8(at: number): number {
    return this.view.getUint8(this.checked(at, 1));
  }

  i8(at: number): number {
    return this.view.getInt8(this.checked(at, 1));
  }

  u16(at: number): number {
    return this.view.getUint16(this.checked(at, 2), true);
  }

  i32(at: number): number {
    return this.view.getInt32(this.checked(at, 4), true);
  }

  u32(at: number): number {
    return this.view.getUint32(this.checked(at, 4), true);
  }

  f32(at: number): number {
    return this.view.getFloat32(this.checked(at, 4), true);
  }

  /** A view of `count` bytes. */
  slice(at: number, count: number): Uint8Array {
    this.checked(at, count);
    return this.bytes.subarray(at, at + count);
  }

  private checked(at: number, size: number): number {
    if (at < 0 || at + size > this.bytes.length)
      throw this.malformed(`${this.bytes.length} bytes that point to ${size} bytes at ${at}`);
    return at;
  }
}

/** A vector of a table: where its elements begin, and how many there are. */
interface Span {
  readonly at: number;
  readonly count: number;
}

const NONE: Span = { at: 0, count: 0 };

/** A table of a FlatBuffers file. Fields are named by their number; a field that is absent has its default. */
export class FlatTable {
  readonly file: FlatBytes;
  private readonly at: number;
  private readonly vtable: number;
  private readonly vtableSize: number;

  constructor(file: FlatBytes, at: number) {
    this.file = file;
    this.at = at;
    this.vtable = at - file.i32(at);
    this.vtableSize = file.u16(this.vtable);
    const tableSize = file.u16(this.vtable + 2);
    file.slice(this.vtable, this.vtableSize);
    file.slice(at, tableSize);
    if (this.vtableSize < 4 || this.vtableSize % 2 !== 0 || tableSize < 4)
      throw file.malformed(`a table at ${at} of ${tableSize} bytes with a vtable of ${this.vtableSize} bytes`);
  }

  int(field: number, otherwise = 0): number {
    const at = this.field(field);
    return at === undefined ? otherwise : this.file.i32(at);
  }

  /** A byte: an enum or a flag. */
  byte(field: number, otherwise = 0): number {
    const at = this.field(field);
    return at === undefined ? otherwise : this.file.i8(at);
  }

  table(field: number): FlatTable | undefined {
    const at = this.field(field);
    return at === undefined ? undefined : new FlatTable(this.file, at + this.file.u32(at));
  }

  tables(field: number): FlatTable[] {
    return this.list(field, 4, (at) => new FlatTable(this.file, at + this.file.u32(at)));
  }

  ints(field: number): number[] {
    return this.list(field, 4, (at) => this.file.i32(at));
  }

  floats(field: number): number[] {
    return this.list(field, 4, (at) => this.file.f32(at));
  }

  /** i64; what a network counts fits a number. */
  longs(field: number): number[] {
    return this.list(field, 8, (at) => this.file.u32(at) + this.file.i32(at + 4) * 2 ** 32);
  }

  shorts(field: number): number[] {
    return this.list(field, 2, (at) => this.file.u16(at));
  }

  /** Empty where the field is absent. */
  bytes(field: number): Uint8Array {
    const { at, count } = this.span(field, 1);
    return this.file.slice(at, count);
  }

  text(field: number): string {
    return new TextDecoder().decode(this.bytes(field));
  }

  private list<T>(field: number, size: number, read: (at: number) => T): T[] {
    const { at, count } = this.span(field, size);
    return Array.from({ length: count }, (_, i) => read(at + i * size));
  }

  private span(field: number, size: number): Span {
    const at = this.field(field);
    if (at === undefined) return NONE;
    const start = at + this.file.u32(at);
    const count = this.file.u32(start);
    this.file.slice(start + 4, count * size);
    return { at: start + 4, count };
  }

  /** Where a field lies; undefined where it is absent. */
  private field(index: number): number | undefined {
    const entry = 4 + 2 * index;
    if (entry + 2 > this.vtableSize) return undefined;
    const offset = this.file.u16(this.vtable + entry);
    return offset === 0 ? undefined : this.at + offset;
  }
}
