/** A JPEG whose markers follow one another, and what had to be done for it. */
export interface RepairedJpeg {
  /** the same array where nothing was wrong */
  readonly bytes: Uint8Array;
  /** The end marker was missing: whether all rows are there is for the decoder to say. */
  readonly unended: boolean;
  /** Its rows come again and again, each time finer. */
  readonly progressive: boolean;
}

const SOS = 0xda;
const EOI = 0xd9;
/** Start of a frame of progressive scans, Huffman or arithmetic, differential or not. */
const PROGRESSIVE = [0xc2, 0xc6, 0xca, 0xce];

/**
 * A JPEG without the stray bytes that some programs leave between its segments, and with an end marker where it has
 * none (T.81 §B.1.1). What is compressed is left as it is.
 */
export function repairJpeg(bytes: Uint8Array): RepairedJpeg {
  const parts: Uint8Array[] = [bytes.subarray(0, 2)];
  let at = 2;
  let stray = false;
  let progressive = false;
  while (at < bytes.length) {
    const marker = nextMarker(bytes, at);
    stray ||= marker > at;
    if (marker + 1 >= bytes.length) break;
    const code = bytes[marker + 1];
    progressive ||= PROGRESSIVE.includes(code);
    if (code === EOI)
      return { bytes: stray ? joined([...parts, bytes.subarray(marker)]) : bytes, unended: false, progressive };
    // Restarts and TEM stand alone; all others say how long they are.
    const alone = (code >= 0xd0 && code <= 0xd8) || code === 0x01;
    let end = marker + 2 + (alone ? 0 : (bytes[marker + 2] << 8) | bytes[marker + 3]);
    if (Number.isNaN(end) || end > bytes.length) return { bytes, unended: false, progressive };
    if (code === SOS) end = endOfScan(bytes, end);
    parts.push(bytes.subarray(marker, end));
    at = end;
  }
  return { bytes: joined([...parts, Uint8Array.of(0xff, EOI)]), unended: true, progressive };
}

/** Where the next marker is: FF and neither 0 nor another FF, which only fills. */
function nextMarker(bytes: Uint8Array, from: number): number {
  for (let at = bytes.indexOf(0xff, from); at >= 0; at = bytes.indexOf(0xff, at + 1))
    if (at + 1 >= bytes.length || (bytes[at + 1] !== 0 && bytes[at + 1] !== 0xff)) return at;
  return bytes.length;
}

/** Compressed data has a 0 behind each FF of its own, and restarts among it. */
function endOfScan(bytes: Uint8Array, from: number): number {
  let at = nextMarker(bytes, from);
  while (at + 1 < bytes.length && bytes[at + 1] >= 0xd0 && bytes[at + 1] <= 0xd7) at = nextMarker(bytes, at + 2);
  return at;
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
