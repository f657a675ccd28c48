import { crc32 } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { seededNormals, seededRandom } from '@soliloquy/random';
import { CODED_BITS, decodeId, encodeId, markIdOf } from '../src/mark-code.ts';

const ID = '9f86d081884c7d65';

/** The code by its polynomials, bit after bit over the whole message: another way than the register of the source. */
function codedByPolynomials(id: string): number[] {
  const check = crc32(id).toString(2).padStart(32, '0');
  const bits = [...BigInt(`0x${id}`).toString(2).padStart(64, '0'), ...check, ...'00000000'].map(Number);
  const taps = ['100110011', '101011101', '111011011', '111100101'].map((polynomial) => [...polynomial].map(Number));
  return bits.flatMap((_, at) =>
    taps.map((tap) => {
      const sum = tap.reduce((total, on, back) => total + on * (bits[at - (8 - back)] ?? 0), 0);
      return sum % 2 === 1 ? -1 : 1;
    }),
  );
}

describe('code of a mark', () => {
  it('is the convolutional code of its polynomials over the id and its CRC-32', () => {
    for (const id of [ID, '0000000000000000', 'ffffffffffffffff', '0123456789abcdef'])
      expect([...encodeId(id)]).toEqual(codedByPolynomials(id));
  });

  it('gives an id back of which an eighth of the bits is wrong, or that noise as strong covers', () => {
    const random = seededRandom(3);
    const flipped = Float64Array.from(encodeId(ID), (sign) => (random() < 0.125 ? -sign : sign));
    expect(decodeId(flipped)).toBe(ID);
    const noise = seededNormals(CODED_BITS, 5);
    expect(decodeId(Float64Array.from(encodeId(ID), (sign, i) => sign + noise[i]))).toBe(ID);
  });

  it('finds no id in noise', () => {
    for (let seed = 1; seed <= 40; seed++) expect(decodeId(seededNormals(CODED_BITS, seed))).toBeUndefined();
  });

  it('takes the first 64 bits of a digest, and refuses what is none', () => {
    expect(markIdOf(ID.repeat(4))).toBe(ID);
    expect(() => encodeId('9F86')).toThrow('watermark.id: expected 64 bits as 16 hexadecimal digits, got "9F86"');
  });
});
