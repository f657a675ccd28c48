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

/** An MP3 without what stands before its first frame, and what its information frame says, if it has one. */
export interface Mp3 {
  readonly bytes: Uint8Array;
  readonly info: Mp3Info | undefined;
}

/**
 * Finds the first frame of an MP3 behind what recorders and taggers leave before it: ID3v2 tags, several of them,
 * zeros, the end of a cut frame. A frame counts where another follows it.
 *
 * @returns undefined where it is no MP3
 */
export function findMp3(bytes: Uint8Array): Mp3 | undefined {
  let start = afterTags(bytes);
  while (bytes[start] === 0) start += 1;
  start = afterTags(bytes, start);
  if (OTHERS.test(latin(bytes, start, start + 12)) || isAdts(bytes, start)) return undefined;
  const most = Math.min(bytes.length, start + LONGEST_LEAD);
  // One frame alone counts at the very start only.
  const alone = frameLength(bytes, start) ?? 0;
  if (start + alone < bytes.length || alone === 0) while (start < most && !twoFrames(bytes, start)) start += 1;
  if (start >= most) return undefined;
  // A frame with Fraunhofer's table instead of sound (VBRI) is silence to a decoder.
  if (latin(bytes, start + 36, start + 40) === 'VBRI') start += frameLength(bytes, start) ?? 0;
  return { bytes: bytes.subarray(start), info: readMp3Info(bytes.subarray(start)) };
}

/** Bytes behind tags and zeros in which the first frame is looked for: more than the longest frame. */
const LONGEST_LEAD = 65536;
/** How files begin that may hold anything, a run of bytes that looks like MP3 too. */
const OTHERS = /^(RIFF|RIFX|RF64|OggS|fLaC|\x1aE\xdf\xa3|....(ftyp|moov|mdat|styp|wide|free|skip))/s;

/** Where what follows ID3v2 tags begins (id3.org, 2.4 §3.1, §3.4: a footer repeats the header). */
function afterTags(bytes: Uint8Array, from = 0): number {
  let at = from;
  while (latin(bytes, at, at + 3) === 'ID3' && at + 10 <= bytes.length) {
    const size = [6, 7, 8, 9].reduce((sum, i) => sum * 128 + (bytes[at + i] & 127), 0);
    at += 10 + size + ((bytes[at + 5] & 0x10) !== 0 ? 10 : 0);
  }
  return at;
}

/** A sync word of AAC (layer bits 00), which is one of MP3 but for that. */
function isAdts(bytes: Uint8Array, at: number): boolean {
  return bytes[at] === 0xff && (bytes[at + 1] & 0xf6) === 0xf0;
}

/** A frame of layer III, and one like it behind it. */
function twoFrames(bytes: Uint8Array, at: number): boolean {
  const length = frameLength(bytes, at);
  if (length === undefined) return false;
  return frameLength(bytes, at + length) !== undefined && alike(bytes, at, at + length);
}

/** Two frames of one stream have one version, layer and sample rate. */
function alike(bytes: Uint8Array, a: number, b: number): boolean {
  return (bytes[a + 1] & 0xfe) === (bytes[b + 1] & 0xfe) && (bytes[a + 2] & 0x0c) === (bytes[b + 2] & 0x0c);
}

/** kbit/s of layer III by index, of MPEG-1 and of the others (ISO/IEC 11172-3 §2.4.2.3, 13818-3). */
const KILOBITS = [
  [32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320],
  [8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160],
] as const;
const RATES = [44_100, 48_000, 32_000] as const;

/** Bytes of the frame of layer III whose header is at `at`; undefined where there is none. */
function frameLength(bytes: Uint8Array, at: number): number | undefined {
  if (bytes[at] !== 0xff || (bytes[at + 1] & 0xe6) !== 0xe2) return undefined;
  const version = (bytes[at + 1] >> 3) & 3;
  const kilobits = KILOBITS[version === 3 ? 0 : 1][(bytes[at + 2] >> 4) - 1];
  const rate = RATES[(bytes[at + 2] >> 2) & 3];
  if (version === 1 || kilobits === undefined || rate === undefined) return undefined;
  const [samples, divisor] = version === 3 ? [1152, 1] : [576, version === 2 ? 2 : 4];
  return Math.floor((samples * 125 * kilobits * divisor) / rate) + ((bytes[at + 2] >> 1) & 1);
}

function latin(bytes: Uint8Array, from: number, to: number): string {
  return String.fromCharCode(...bytes.subarray(from, to));
}

/**
 * Reads the Xing/Info frame with its LAME extension (gabriel.mp3-tech.org/mp3infotag.html), the first frame of most
 * MP3s.
 *
 * @param bytes from the first frame on
 * @returns undefined when the file has none
 */
function readMp3Info(bytes: Uint8Array): Mp3Info | undefined {
  if (bytes.length < 64) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const mpeg1 = ((bytes[1] >> 3) & 3) === 3;
  const single = bytes[3] >> 6 === 3;
  const tag = 4 + (mpeg1 ? (single ? 17 : 32) : single ? 9 : 17);
  const name = latin(bytes, tag, tag + 4);
  if (name !== 'Xing' && name !== 'Info') return undefined;
  const flags = view.getUint32(tag + 4);
  let at = tag + 8 + ((flags & 1) !== 0 ? 4 : 0);
  const expectedBytes = (flags & 2) !== 0 && at + 4 <= bytes.length ? view.getUint32(at) : undefined;
  at += ((flags & 2) !== 0 ? 4 : 0) + ((flags & 4) !== 0 ? 100 : 0) + ((flags & 8) !== 0 ? 4 : 0);
  const lame = at + 24 <= bytes.length && /^(LAME|L3\.|Lav[cf])/.test(latin(bytes, at, at + 4));
  const delay = lame ? (bytes[at + 21] << 4) | (bytes[at + 22] >> 4) : 0;
  const padding = lame ? ((bytes[at + 22] & 15) << 8) | bytes[at + 23] : 0;
  return {
    ...(expectedBytes && { expectedBytes }),
    bytes: bytes.length,
    startPadding: lame ? delay + DECODER_DELAY : 0,
    endPadding: lame ? Math.max(0, padding - DECODER_DELAY) : 0,
  };
}
