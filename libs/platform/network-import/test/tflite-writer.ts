/** Writes `.tflite` files for tests: FlatBuffers whose tables come before what they point to. */

/** A field of a table. */
export type Field =
  | { readonly i8: number }
  | { readonly i32: number }
  | { readonly f32: number }
  | { readonly table: Table }
  | { readonly tables: readonly Table[] }
  | { readonly ints: readonly number[] }
  | { readonly floats: readonly number[] }
  | { readonly longs: readonly number[] }
  | { readonly bytes: Uint8Array };
/** Fields by their number in the schema. */
export type Table = Readonly<Record<number, Field | undefined>>;

const text = (value: string): Field => ({ bytes: new TextEncoder().encode(value) });

class Writer {
  bytes = new Uint8Array(1 << 20);
  length = 8;

  align(size: number, ahead = 0): void {
    while ((this.length + ahead) % size !== 0) this.length++;
  }

  view(): DataView {
    return new DataView(this.bytes.buffer);
  }

  /** @returns where the table lies */
  table(table: Table): number {
    const fields = Object.entries(table).flatMap(([id, field]) => (field ? [[Number(id), field] as const] : []));
    const count = Math.max(-1, ...fields.map(([id]) => id)) + 1;
    this.align(8);
    const vtable = this.length;
    this.length += 4 + 2 * count;
    this.align(8);
    const at = this.length;
    const view = this.view();
    view.setInt32(at, at - vtable, true);
    let offset = 4;
    const later: (() => void)[] = [];
    for (const [id, field] of fields) {
      view.setUint16(vtable + 4 + 2 * id, offset, true);
      const place = at + offset;
      offset += 4;
      if ('i8' in field) view.setInt8(place, field.i8);
      else if ('i32' in field) view.setInt32(place, field.i32, true);
      else if ('f32' in field) view.setFloat32(place, field.f32, true);
      else later.push(() => view.setUint32(place, this.reference(field) - place, true));
    }
    view.setUint16(vtable, 4 + 2 * count, true);
    view.setUint16(vtable + 2, offset, true);
    this.length = at + offset;
    for (const write of later) write();
    return at;
  }

  private reference(field: Exclude<Field, { i8: number } | { i32: number } | { f32: number }>): number {
    if ('table' in field) return this.table(field.table);
    if ('tables' in field) {
      const at = this.vector(field.tables.length, 4);
      field.tables.forEach((table, i) => {
        const place = at + 4 + 4 * i;
        this.view().setUint32(place, this.table(table) - place, true);
      });
      return at;
    }
    const data = bytesOf(field);
    const at = this.vector('bytes' in field ? data.length : data.length / ('longs' in field ? 8 : 4), 1, data.length);
    this.bytes.set(data, at + 4);
    return at;
  }

  /** Elements on a multiple of 16 bytes, as buffers want it. */
  private vector(count: number, size: number, bytes = count * size): number {
    this.align(16, 4);
    const at = this.length;
    this.view().setUint32(at, count, true);
    // A text ends with 0.
    this.length += 4 + bytes + 1;
    return at;
  }
}

function bytesOf(
  field:
    | { readonly ints: readonly number[] }
    | { readonly floats: readonly number[] }
    | { readonly longs: readonly number[] }
    | { readonly bytes: Uint8Array },
): Uint8Array {
  if ('bytes' in field) return field.bytes;
  if ('ints' in field) return new Uint8Array(Int32Array.from(field.ints).buffer);
  if ('floats' in field) return new Uint8Array(Float32Array.from(field.floats).buffer);
  return new Uint8Array(BigInt64Array.from(field.longs, BigInt).buffer);
}

/** A tensor of a network in the making. */
export interface TensorSpec {
  readonly shape: readonly number[];
  /** `TensorType`; 0 is f32, which it is unless said */
  readonly type?: number;
  /** Stored values of a constant. */
  readonly data?: ArrayBufferView;
  readonly quantization?: {
    readonly scales: readonly number[];
    readonly zeros: readonly number[];
    readonly axis: number;
  };
  /** `SparsityParameters` */
  readonly sparsity?: Table;
}

/** An operator of a network in the making. */
export interface OperatorSpec {
  readonly code: number;
  readonly version?: number;
  readonly custom?: string;
  readonly inputs: readonly number[];
  readonly outputs: readonly number[];
  /** Number of the options' type in the union, and their fields. */
  readonly options?: readonly [type: number, fields: Table];
  readonly customOptions?: Uint8Array;
}

export interface NetworkSpec {
  readonly tensors: readonly TensorSpec[];
  readonly operators: readonly OperatorSpec[];
  readonly inputs: readonly number[];
  readonly outputs: readonly number[];
}

/** The bytes of a `.tflite` file. */
export function writeTflite({ tensors, operators, inputs, outputs }: NetworkSpec): Uint8Array {
  const writer = new Writer();
  const buffers = tensors.map(({ data }): Table =>
    data ? { 0: { bytes: new Uint8Array(data.buffer, data.byteOffset, data.byteLength) } } : {},
  );
  const graph: Table = {
    0: { tables: tensors.map((tensor, i) => tensorTable(tensor, i)) },
    1: { ints: inputs },
    2: { ints: outputs },
    3: { tables: operators.map((operator, i) => operatorTable(operator, i)) },
  };
  const root = writer.table({
    0: { i32: 3 },
    1: { tables: operators.map(codeTable) },
    2: { tables: [graph] },
    // Buffer 0 is the empty one.
    4: { tables: [{}, ...buffers] },
  });
  writer.view().setUint32(0, root, true);
  writer.bytes.set(new TextEncoder().encode('TFL3'), 4);
  return writer.bytes.slice(0, writer.length + 16);
}

function codeTable({ code, custom, version = 1 }: OperatorSpec): Table {
  return {
    0: { i8: Math.min(code, 127) },
    ...(custom !== undefined && { 1: text(custom) }),
    2: { i32: version },
    3: { i32: code },
  };
}

function tensorTable({ shape, type = 0, quantization, sparsity }: TensorSpec, i: number): Table {
  return {
    0: { ints: shape },
    1: { i8: type },
    2: { i32: i + 1 },
    3: text(`tensor-${i}`),
    ...(quantization && {
      4: {
        table: {
          2: { floats: quantization.scales },
          3: { longs: quantization.zeros },
          6: { i32: quantization.axis },
        },
      },
    }),
    ...(sparsity && { 6: { table: sparsity } }),
  };
}

function operatorTable({ inputs, outputs, options, customOptions }: OperatorSpec, i: number): Table {
  return {
    0: { i32: i },
    1: { ints: inputs },
    2: { ints: outputs },
    ...(options && { 3: { i8: options[0] }, 4: { table: options[1] } }),
    ...(customOptions && { 5: { bytes: customOptions } }),
  };
}
