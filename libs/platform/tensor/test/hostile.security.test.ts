import { describe, expect, test } from 'vitest';
import { readOnnxMetadata, refuseExternalData } from '../src/onnx-metadata.ts';
import { decodeSafetensors } from '../src/safetensors.ts';

const FORM = /^[^\n]+: expected [^\n]+, got [^\n]+/;

function safetensors(header: string, data = 0, length = header.length): Uint8Array {
  const bytes = new Uint8Array(8 + header.length + data);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(length), true);
  bytes.set(new TextEncoder().encode(header), 8);
  return bytes;
}

describe('a safetensors file', () => {
  const entry = (begin: number): string => `{"dtype":"U8","shape":[1],"data_offsets":[${begin},${begin + 1}]}`;
  test('with a name twice, however it is written, is refused', () => {
    for (const twice of ['"w"', '"\\u0077"', '"w" '])
      expect(() => decodeSafetensors(safetensors(`{"w":${entry(0)},${twice}:${entry(0)}}`, 1))).toThrow(
        /^safetensors\.header: expected each name once, got "w" twice/,
      );
    expect(Object.keys(decodeSafetensors(safetensors(`{"w":${entry(0)},"}{w":${entry(1)}}`, 2)).tensors)).toHaveLength(
      2,
    );
  });
  test('with names of Object.prototype holds them and no others', () => {
    const { tensors } = decodeSafetensors(safetensors(`{"__proto__":${entry(0)},"constructor":${entry(1)}}`, 2));
    expect(Object.keys(tensors).sort()).toEqual(['__proto__', 'constructor']);
    expect(tensors.toString).toBeUndefined();
  });
  test('that lies about its header or its entries is refused in one line', () => {
    const lies = [
      safetensors('{}', 0, 2 ** 40),
      safetensors('{}', 0, 99_999_999),
      safetensors('{"a":{}}'),
      safetensors('{"a":{"dtype":"F32"}}'),
      safetensors('{"a":{"dtype":"F32","shape":[1],"data_offsets":[0]}}'),
      safetensors(`{"a":{"dtype":"F32","shape":[${'9,'.repeat(5000)}9],"data_offsets":[0,4]}}`, 4),
      safetensors('{"a":{"dtype":"F32","shape":[9007199254740991,9007199254740991],"data_offsets":[0,4]}}', 4),
      safetensors('{"a":{"dtype":["F32"],"shape":[1],"data_offsets":[0,4]}}', 4),
    ];
    for (const lie of lies) {
      expect(() => decodeSafetensors(lie)).toThrow(expect.objectContaining({ code: 'tensor.safetensors' }));
      const message = ((): string => {
        try {
          decodeSafetensors(lie);
        } catch (error) {
          return (error as Error).message;
        }
        return '';
      })();
      expect(message).toMatch(FORM);
      expect(message).not.toContain('undefined');
    }
  });
});

describe('an ONNX model', () => {
  const message = (field: number, value: Uint8Array | string): Uint8Array => {
    const bytes = typeof value === 'string' ? new TextEncoder().encode(value) : value;
    const varint = (n: number): number[] => (n < 128 ? [n] : [(n & 127) | 128, ...varint(n >>> 7)]);
    return Uint8Array.from([...varint(field * 8 + 2), ...varint(bytes.length), ...bytes]);
  };
  const tensor = message(13, Uint8Array.from([...message(1, 'location'), ...message(2, '/etc/passwd')]));
  test.each([
    ['an initializer', message(7, message(5, tensor))],
    ['a constant', message(7, message(1, message(5, message(5, tensor))))],
    ['a branch', message(7, message(1, message(5, message(6, message(5, tensor)))))],
    ['a sparse initializer', message(7, message(15, message(1, tensor)))],
    ['a function', message(25, message(7, message(5, message(5, tensor))))],
  ])('whose values lie in another file is refused: in %s', (_where, model) => {
    expect(() => refuseExternalData(model)).toThrow(/expected an ONNX model that holds its values itself, got/);
  });
  test('with its values in it is not', () => {
    refuseExternalData(message(7, message(5, message(8, 'weights'))));
  });
  test('has its metadata by name and no others', () => {
    const metadata = readOnnxMetadata(message(14, Uint8Array.from([...message(1, '__proto__'), ...message(2, 'x')])));
    expect(Object.entries(metadata)).toEqual([['__proto__', 'x']]);
  });
});
