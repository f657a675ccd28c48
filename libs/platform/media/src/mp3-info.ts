/**
 * What an MP3's information frame says: the file's own length, and the silence that encoder and decoder put around the
 * sound.
 */
export interface Mp3Info {
  /** bytes from the information frame to the last; absent where it does not say */
  readonly expectedBytes?: number;
  /** bytes that are there from the information frame on */
  readonly bytes: number;
  /** samples before the sound, the decoder's own 529 among them */
  readonly startPadding: number;
  /** samples after the sound */
  readonly endPadding: number;
}

/** Samples by which every MP3 decoder is late (LAME tag specification). */
const DECODER_DELAY = 529;

/**
 * Reads the Xing/Info frame with its LAME extension (gabriel.mp3-tech.org/mp3infotag.html), the first frame of most
 * MP3s.
 *
 * @returns undefined when the file has none
 */
export function readMp3Info(bytes: Uint8Array): Mp3Info | undefined {
  const start = frameStart(bytes);
  if (start === undefined || start + 64 > bytes.length) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const mpeg1 = ((bytes[start + 1] >> 3) & 3) === 3;
  const single = bytes[start + 3] >> 6 === 3;
  const tag = start + 4 + (mpeg1 ? (single ? 17 : 32) : single ? 9 : 17);
  const name = String.fromCharCode(...bytes.subarray(tag, tag + 4));
  if (name !== 'Xing' && name !== 'Info') return undefined;
  const flags = view.getUint32(tag + 4);
  let at = tag + 8 + ((flags & 1) !== 0 ? 4 : 0);
  const expectedBytes = (flags & 2) !== 0 && at + 4 <= bytes.length ? view.getUint32(at) : undefined;
  at += ((flags & 2) !== 0 ? 4 : 0) + ((flags & 4) !== 0 ? 100 : 0) + ((flags & 8) !== 0 ? 4 : 0);
  const lame = at + 24 <= bytes.length && /^(LAME|Lav[cf])/.test(String.fromCharCode(...bytes.subarray(at, at + 4)));
  const delay = lame ? (bytes[at + 21] << 4) | (bytes[at + 22] >> 4) : 0;
  const padding = lame ? ((bytes[at + 22] & 15) << 8) | bytes[at + 23] : 0;
  return {
    ...(expectedBytes && { expectedBytes }),
    bytes: bytes.length - start,
    startPadding: lame ? delay + DECODER_DELAY : 0,
    endPadding: lame ? Math.max(0, padding - DECODER_DELAY) : 0,
  };
}

/** Where the first frame is, after an ID3v2 tag. */
function frameStart(bytes: Uint8Array): number | undefined {
  let at = 0;
  if (String.fromCharCode(...bytes.subarray(0, 3)) === 'ID3' && bytes.length > 10) {
    at = 10 + ((bytes[6] & 127) << 21) + ((bytes[7] & 127) << 14) + ((bytes[8] & 127) << 7) + (bytes[9] & 127);
  }
  return bytes[at] === 0xff && (bytes[at + 1] & 0xe6) === 0xe2 ? at : undefined;
}
