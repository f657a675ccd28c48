import { Fault } from '@soliloquy/fault';

/** Bits of the id that a mark carries. */
export const ID_BITS = 64;
/** Bits of the checksum behind it: what an unmarked picture decodes to passes one time in 2^32. */
const CHECK_BITS = 32;
/** Constraint length of the code: the encoder remembers 8 bits. */
const MEMORY = 8;
const STATES = 1 << MEMORY;
/** Generators of rate 1/4 and constraint length 9, octal 463 535 733 745, free distance 24 (Proakis, table 8.2-3). */
const GENERATORS = [0o463, 0o535, 0o733, 0o745];
/** Bits that go into the code: id, checksum, and zeros that bring the encoder back to where it began. */
const STEPS = ID_BITS + CHECK_BITS + MEMORY;
/** Bits that come out of it. */
export const CODED_BITS = STEPS * GENERATORS.length;

/** The coded bits that each register (state and new bit, 9 bits) gives, as signs ±1: i8 [512, 4]. */
const SIGNS = Int8Array.from({ length: 2 * STATES * GENERATORS.length }, (_, i) =>
  parity((i >> 2) & GENERATORS[i & 3]) === 1 ? -1 : 1,
);

/** The id of a film: the first 64 bits of the digest of all that made it. @param digest hexadecimal */
export function markIdOf(digest: string): string {
  return digest.slice(0, ID_BITS / 4);
}

/**
 * An id as the signs that are put into a picture: CRC-32 behind it, then a convolutional code.
 *
 * @param id 16 hexadecimal digits
 * @returns i8 [416], ±1
 * @throws Fault `watermark.bad-id`
 */
export function encodeId(id: string): Int8Array {
  if (!/^[0-9a-f]{16}$/.test(id))
    throw new Fault({
      code: 'watermark.bad-id',
      where: 'watermark.id',
      expected: `${ID_BITS} bits as 16 hexadecimal digits`,
      got: `"${id}"`,
      remedy: 'give the first 16 digits of a digest',
      audience: 'author',
    });
  const bits = [...bitsOf(BigInt(`0x${id}`), ID_BITS), ...bitsOf(BigInt(checksum(id)), CHECK_BITS)];
  const coded = new Int8Array(CODED_BITS);
  let state = 0;
  for (let step = 0; step < STEPS; step++) {
    const register = (state << 1) | (bits[step] ?? 0);
    coded.set(SIGNS.subarray(4 * register, 4 * register + 4), 4 * step);
    state = register & (STATES - 1);
  }
  return coded;
}

/**
 * The most likely id behind what was seen of its signs (Viterbi 1967, soft decisions).
 *
 * @param seen f64 [416], each positive where +1 is likelier, by how much
 * @returns 16 hexadecimal digits, or `undefined` where the checksum does not fit
 */
export function decodeId(seen: ArrayLike<number>): string | undefined {
  const cameFrom = new Uint8Array(STEPS * STATES);
  let scores = new Float64Array(STATES).fill(-Infinity);
  scores[0] = 0;
  for (let step = 0; step < STEPS; step++) {
    const next = new Float64Array(STATES).fill(-Infinity);
    const most = step < STEPS - MEMORY ? 1 : 0;
    for (let state = 0; state < STATES; state++) {
      if (scores[state] === -Infinity) continue;
      for (let bit = 0; bit <= most; bit++) {
        const register = (state << 1) | bit;
        let score = scores[state];
        for (let k = 0; k < 4; k++) score += SIGNS[4 * register + k] * seen[4 * step + k];
        const to = register & (STATES - 1);
        if (score <= next[to]) continue;
        next[to] = score;
        cameFrom[step * STATES + to] = state >> (MEMORY - 1);
      }
    }
    scores = next;
  }
  let state = 0;
  let bits = 0n;
  for (let step = STEPS - 1; step >= 0; step--) {
    const bit = state & 1;
    if (step < ID_BITS + CHECK_BITS) bits |= BigInt(bit) << BigInt(ID_BITS + CHECK_BITS - 1 - step);
    state = (state >> 1) | (cameFrom[step * STATES + state] << (MEMORY - 1));
  }
  const id = (bits >> BigInt(CHECK_BITS)).toString(16).padStart(16, '0');
  return Number(bits & 0xffff_ffffn) === checksum(id) ? id : undefined;
}

/** CRC-32 (ISO-HDLC) of the digits, in ASCII, so that the id of zeros has no checksum of zeros. */
function checksum(id: string): number {
  let crc = 0xffff_ffff;
  for (const char of id) {
    crc ^= char.charCodeAt(0);
    for (let k = 0; k < 8; k++) crc = (crc >>> 1) ^ ((crc & 1) === 1 ? 0xedb8_8320 : 0);
  }
  return (crc ^ 0xffff_ffff) >>> 0;
}

function bitsOf(value: bigint, count: number): number[] {
  return Array.from({ length: count }, (_, i) => Number((value >> BigInt(count - 1 - i)) & 1n));
}

function parity(value: number): number {
  let rest = value;
  let odd = 0;
  for (; rest !== 0; rest &= rest - 1) odd ^= 1;
  return odd;
}
