import { TensorError } from './tensor-error.ts';

const METADATA_PROPS = 14;

/**
 * The `metadata_props` of an ONNX model, read without loading it.
 *
 * @throws TensorError `tensor.model` when the bytes are no protobuf message
 */
export function readOnnxMetadata(bytes: Uint8Array, where = 'onnx'): Record<string, string> {
  const metadata: Record<string, string> = {};
  for (const { field, value } of fields(bytes, where)) {
    if (field !== METADATA_PROPS || typeof value === 'number') continue;
    const entry: Record<number, string> = {};
    for (const part of fields(value, where))
      if (typeof part.value !== 'number') entry[part.field] = new TextDecoder().decode(part.value);
    metadata[entry[1] ?? ''] = entry[2] ?? '';
  }
  return metadata;
}

/** Top-level fields of a protobuf message; a byte string is a view on `bytes`, numbers are passed over as 0. */
function* fields(bytes: Uint8Array, where: string): Generator<{ field: number; value: Uint8Array | number }> {
  let at = 0;
  const fail = () =>
    new TensorError({
      code: 'tensor.model',
      where: `${where}.model`,
      expected: 'an ONNX model',
      got: `${bytes.length} bytes that are not one (broken at byte ${at})`,
    });
  const varint = () => {
    let value = 0;
    for (let shift = 0; shift < 70; shift += 7) {
      if (at >= bytes.length) throw fail();
      const byte = bytes[at++];
      value += (byte & 127) * 2 ** shift;
      if (byte < 128) return value;
    }
    throw fail();
  };
  while (at < bytes.length) {
    const tag = varint();
    const field = Math.floor(tag / 8);
    const wire = tag % 8;
    if (field === 0) throw fail();
    if (wire === 0) {
      varint();
      yield { field, value: 0 };
    } else {
      const length = wire === 2 ? varint() : wire === 1 ? 8 : wire === 5 ? 4 : -1;
      if (length < 0 || at + length > bytes.length) throw fail();
      if (wire === 2) yield { field, value: bytes.subarray(at, at + length) };
      at += length;
    }
  }
}
