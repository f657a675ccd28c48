/** What a stream description is to say. */
export interface AvcRate {
  readonly fps: number;
  /** level_idc that the film needs at least (ITU-T H.264 Table A-1), e.g. 30 for level 3 */
  readonly level: number;
}

/**
 * Writes a frame rate and the level that goes with it into the stream description of an H.264 track: the encoder was
 * told another rate (see encode-h264), some players believe the stream before the file, and some decoders refuse or
 * stumble over more than the level says. Changes `num_units_in_tick` and `time_scale` of the sequence parameter sets
 * (ITU-T H.264 §7.3.2.1.1, §E.1.1), and `level_idc` of these and of the record where it is too low.
 *
 * @param avcC the decoder configuration record (ISO/IEC 14496-15 §5.3.3.1)
 * @returns    a changed copy; its times stay where a set has no timing
 */
export function setAvcRate(avcC: Uint8Array, { fps, level }: AvcRate): Uint8Array<ArrayBuffer> {
  const head = avcC.slice(0, 6);
  head[3] = Math.max(head[3], level);
  const parts: Uint8Array[] = [head];
  let at = 6;
  for (let count = avcC[5] & 31; count > 0; count--) {
    const length = (avcC[at] << 8) | avcC[at + 1];
    const set = setSpsRate(avcC.subarray(at + 2, at + 2 + length), { fps, level });
    parts.push(Uint8Array.of(set.length >> 8, set.length & 255), set);
    at += 2 + length;
  }
  parts.push(avcC.subarray(at));
  const out = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let to = 0;
  for (const part of parts) {
    out.set(part, to);
    to += part.length;
  }
  return out;
}

function setSpsRate(nal: Uint8Array, { fps, level }: AvcRate): Uint8Array {
  const bits = new Bits(unescape(nal));
  // NAL header, profile, constraints, level
  bits.bytes[3] = Math.max(bits.bytes[3], level);
  const at = timingPosition(bits);
  if (at !== undefined) {
    bits.write(at, 32, 1000);
    bits.write(at + 32, 32, Math.round(fps * 2000));
  }
  return escape(bits.bytes);
}

/** Bit position of num_units_in_tick, if there is any. */
function timingPosition(bits: Bits): number | undefined {
  bits.skip(8);
  const profile = bits.read(8);
  bits.skip(16);
  bits.golomb();
  if ([100, 110, 122, 244, 44, 83, 86, 118, 128].includes(profile)) {
    if (bits.golomb() === 3) bits.skip(1);
    bits.golomb();
    bits.golomb();
    bits.skip(1);
    if (bits.read(1) === 1) return undefined;
  }
  bits.golomb();
  const orderType = bits.golomb();
  if (orderType === 0) bits.golomb();
  if (orderType === 1) return undefined;
  bits.golomb();
  bits.skip(1);
  bits.golomb();
  bits.golomb();
  if (bits.read(1) === 0) bits.skip(1);
  bits.skip(1);
  if (bits.read(1) === 1) for (let side = 0; side < 4; side++) bits.golomb();
  if (bits.read(1) === 0) return undefined;
  if (bits.read(1) === 1 && bits.read(8) === 255) bits.skip(32);
  if (bits.read(1) === 1) bits.skip(1);
  if (bits.read(1) === 1) {
    bits.skip(4);
    if (bits.read(1) === 1) bits.skip(24);
  }
  if (bits.read(1) === 1) {
    bits.golomb();
    bits.golomb();
  }
  return bits.read(1) === 1 ? bits.position : undefined;
}

class Bits {
  readonly bytes: Uint8Array;
  position = 0;

  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
  }

  skip(count: number): void {
    this.position += count;
  }

  read(count: number): number {
    let value = 0;
    for (let i = 0; i < count; i++, this.position++)
      value = value * 2 + ((this.bytes[this.position >> 3] >> (7 - (this.position & 7))) & 1);
    return value;
  }

  /** Unsigned Exp-Golomb code. */
  golomb(): number {
    let zeros = 0;
    while (this.read(1) === 0 && zeros < 32) zeros += 1;
    return 2 ** zeros - 1 + this.read(zeros);
  }

  write(at: number, count: number, value: number): void {
    for (let i = 0; i < count; i++) {
      const bit = Math.floor(value / 2 ** (count - 1 - i)) % 2;
      const position = at + i;
      const mask = 128 >> (position & 7);
      this.bytes[position >> 3] = bit === 1 ? this.bytes[position >> 3] | mask : this.bytes[position >> 3] & ~mask;
    }
  }
}

/** Without the 3 that follows two zeros (§7.4.1.1). */
function unescape(nal: Uint8Array): Uint8Array {
  return Uint8Array.from([...nal].filter((byte, i) => !(byte === 3 && i >= 2 && nal[i - 1] === 0 && nal[i - 2] === 0)));
}

function escape(payload: Uint8Array): Uint8Array {
  const out: number[] = [];
  let zeros = 0;
  for (const byte of payload) {
    if (zeros === 2 && byte <= 3) {
      out.push(3);
      zeros = 0;
    }
    out.push(byte);
    zeros = byte === 0 ? zeros + 1 : 0;
  }
  return Uint8Array.from(out);
}
