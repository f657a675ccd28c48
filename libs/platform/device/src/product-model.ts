/**
 * The smallest model that is worth asking for: y = x x of f32 [2, 2]. Protobuf by hand (onnx.proto3), so that nothing
 * has to be loaded or trained to ask a device whether it works.
 */
export function productModel(): Uint8Array {
  const node = message(bytes(1, 'x'), bytes(1, 'x'), bytes(2, 'y'), bytes(4, 'MatMul'));
  const graph = message(bytes(1, node), bytes(2, 'product'), bytes(11, tensor('x')), bytes(12, tensor('y')));
  return message(number(1, 8), bytes(7, graph), bytes(8, message(bytes(1, ''), number(2, 13))));
}

const FLOAT = 1;

/** ValueInfoProto of an f32 [2, 2]. */
function tensor(name: string): Uint8Array {
  const size = bytes(1, number(1, 2));
  const shape = message(size, size);
  return message(bytes(1, name), bytes(2, bytes(1, message(number(1, FLOAT), bytes(2, shape)))));
}

/** A varint field; every number here is below 128. */
function number(field: number, value: number): Uint8Array {
  return Uint8Array.of(field << 3, value);
}

/** A length-delimited field; every length here is below 128. */
function bytes(field: number, content: Uint8Array | string): Uint8Array {
  const body = typeof content === 'string' ? new TextEncoder().encode(content) : content;
  return Uint8Array.of((field << 3) | 2, body.length, ...body);
}

function message(...fields: Uint8Array[]): Uint8Array {
  return Uint8Array.from(fields.flatMap((field) => [...field]));
}
