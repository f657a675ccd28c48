/**
 * One byte of telephone sound as −1 … 1 (ITU-T G.711; 13 bits of A-law, 14 of µ-law, both scaled to 16): sign, three
 * bits of exponent, four of mantissa.
 */
export const G711 = { alaw, mulaw } as const;

/** Every second bit is inverted; 1 is positive. */
function alaw(byte: number): number {
  const code = byte ^ 0x55;
  const exponent = (code >> 4) & 7;
  const mantissa = ((code & 15) << 4) + 8;
  const size = exponent === 0 ? mantissa : (mantissa + 256) << (exponent - 1);
  return ((code & 0x80) !== 0 ? size : -size) / 32768;
}

/** All bits are inverted; then 1 is negative. The curve is shifted by 33 steps of 4. */
function mulaw(byte: number): number {
  const code = ~byte & 0xff;
  const size = ((((code & 15) << 3) + 132) << ((code >> 4) & 7)) - 132;
  return ((code & 0x80) !== 0 ? 0 - size : size) / 32768;
}
