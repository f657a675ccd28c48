import type { Audio } from './audio.ts';
import { ChannelSums, opposedNotice } from './channel-sums.ts';
import { G711 } from './g711.ts';
import { MediaError } from './media-error.ts';

const PCM = 1;
const FLOAT = 3;
const ALAW = 6;
const MULAW = 7;
const EXTENSIBLE = 0xfffe;

/** Codes of sound in a WAV that is not decoded here (RFC 2361). */
const OTHER_FORMATS: Readonly<Record<number, string>> = {
  2: 'Microsoft ADPCM',
  0x11: 'IMA ADPCM',
  0x14: 'G.723 ADPCM',
  0x16: 'G.723.1',
  0x31: 'GSM 6.10',
  0x40: 'G.721 ADPCM',
  0x45: 'G.726 ADPCM',
  0x50: 'MPEG layer 1 or 2',
  0x55: 'MP3',
  0x64: 'G.726 ADPCM',
  0x65: 'G.722 ADPCM',
  0xff: 'AAC',
  0x160: 'Windows Media Audio',
  0x161: 'Windows Media Audio',
  0x162: 'Windows Media Audio',
  0x200: 'Creative ADPCM',
  0xf1ac: 'FLAC',
};

/**
 * A size from here on is nothing that was counted: programs that write before they know (into a pipe, or until they are
 * killed) leave 2^31 − 4096, 2^31 − 1, 2^31 or 2^32 − 1, some of them less the header.
 */
const UNCOUNTED = 0x7fff0000;

/**
 * Sound as WAV, 32-bit float mono: lossless, since artifacts travel between stages. Same sound, same bytes.
 */
export function encodeWav(audio: Audio): Uint8Array {
  const { samples, sampleRate } = audio;
  const bytes = new Uint8Array(58 + samples.length * 4);
  const view = new DataView(bytes.buffer);
  const tag = (at: number, text: string): void => bytes.set(new TextEncoder().encode(text), at);
  tag(0, 'RIFF');
  view.setUint32(4, bytes.length - 8, true);
  tag(8, 'WAVEfmt ');
  view.setUint32(16, 18, true);
  view.setUint16(20, FLOAT, true);
  view.setUint16(22, 1, true);
  view.setUint32(24, sampleRate, true);
  view.setUint32(28, sampleRate * 4, true);
  view.setUint16(32, 4, true);
  view.setUint16(34, 32, true);
  tag(38, 'fact');
  view.setUint32(42, 4, true);
  view.setUint32(46, samples.length, true);
  tag(50, 'data');
  view.setUint32(54, samples.length * 4, true);
  for (let i = 0; i < samples.length; i++) view.setFloat32(58 + 4 * i, samples[i], true);
  return bytes;
}

/** True for a RIFF or RF64 file of sound. */
export function isWav(bytes: Uint8Array): boolean {
  const text = (from: number): string => String.fromCharCode(...bytes.subarray(from, from + 4));
  return (text(0) === 'RIFF' || text(0) === 'RF64') && (bytes.length < 12 || text(8) === 'WAVE');
}

interface WavFormat {
  readonly kind: 'pcm' | 'float' | 'alaw' | 'mulaw';
  readonly channels: number;
  readonly sampleRate: number;
  readonly bits: number;
}

/**
 * A WAV of PCM 8, 16, 24, 32, float 32, 64, A-law or µ-law, plain or extensible, any rate, its channels averaged, or
 * the loudest alone where they cancel one another.
 *
 * @param name what messages call it
 * @throws MediaError when it is no such file, or its data chunk says more than there is
 */
export function decodeWav(bytes: Uint8Array, name = 'audio', notice: (message: string) => void = () => {}): Audio {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let format: WavFormat | undefined;
  let rf64DataSize: number | undefined;
  for (const { kind, body, size } of chunksOf(view)) {
    if (kind === 'ds64' && body + 16 <= bytes.length) rf64DataSize = Number(view.getBigUint64(body + 8, true));
    if (kind === 'fmt ' && body + 16 <= bytes.length) format = readFormat(view, body, size, name);
    if (kind === 'data') {
      if (!format)
        throw new MediaError({
          code: 'media.audio-format',
          where: name,
          expected: 'a fmt chunk before the data of a WAV',
          got: 'none',
          remedy: 'save it again',
        });
      return readSamples(view, { at: body, size: dataSize(view, body, size, rf64DataSize) }, format, { name, notice });
    }
  }
  throw new MediaError({
    code: 'media.audio-truncated',
    where: name,
    expected: 'a WAV with a data chunk',
    got: `${bytes.length} bytes without one`,
    remedy: 'copy the recording again',
  });
}

interface WavChunk {
  readonly kind: string;
  readonly body: number;
  /** as stated, bytes */
  readonly size: number;
}

/** Chunks from `at` on, as long as their heads are in the file. */
function* chunksOf(view: DataView, from = 12): Generator<WavChunk> {
  for (let at = from; at + 8 <= view.byteLength;) {
    const kind = String.fromCharCode(...[0, 1, 2, 3].map((i) => view.getUint8(at + i)));
    const size = view.getUint32(at + 4, true);
    yield { kind, body: at + 8, size };
    at += 8 + size + (size & 1);
  }
}

/** Bytes of sound: as stated, or to the end of the file where what is stated was never counted. */
function dataSize(view: DataView, body: number, stated: number, rf64: number | undefined): number {
  const there = view.byteLength - body;
  const size = stated === 0xffffffff ? (rf64 ?? stated) : stated;
  if (size === 0) return chunksFollow(view, body) ? 0 : there;
  return size >= UNCOUNTED && size > there ? there : size;
}

/** Whether what follows data of no bytes is chunks to the end of the file, and not the sound. */
function chunksFollow(view: DataView, from: number): boolean {
  let end = from;
  for (const { kind, body, size } of chunksOf(view, from)) {
    if (!/^[\x20-\x7e]{4}$/.test(kind)) return false;
    end = body + size;
  }
  return end === view.byteLength || end + 1 === view.byteLength;
}

function readFormat(view: DataView, at: number, size: number, name: string): WavFormat {
  let code = view.getUint16(at, true);
  const channels = view.getUint16(at + 2, true);
  const sampleRate = view.getUint32(at + 4, true);
  const bits = view.getUint16(at + 14, true);
  if (code === EXTENSIBLE && size >= 26 && at + 26 <= view.byteLength) code = view.getUint16(at + 24, true);
  const telephone = code === ALAW ? 'alaw' : code === MULAW ? 'mulaw' : undefined;
  const known =
    (code === PCM && [8, 16, 24, 32].includes(bits)) ||
    (code === FLOAT && [32, 64].includes(bits)) ||
    (telephone !== undefined && bits === 8);
  if (!known)
    throw new MediaError({
      code: 'media.audio-format',
      where: `${name}.format`,
      expected: 'WAV of PCM 8, 16, 24, 32, float 32, 64, A-law or µ-law',
      got: `${OTHER_FORMATS[code] ?? `format ${code}`} with ${bits} bit`,
      remedy: 'save it as 16-bit PCM',
    });
  if (channels < 1 || channels > 64)
    throw new MediaError({
      code: 'media.audio-format',
      where: `${name}.channels`,
      expected: '1 to 64',
      got: `${channels}`,
      remedy: 'save it as mono or stereo',
    });
  if (sampleRate < 1000 || sampleRate > 768_000)
    throw new MediaError({
      code: 'media.audio-format',
      where: `${name}.sampleRate`,
      expected: '1000 to 768000 Hz',
      got: `${sampleRate}`,
      remedy: 'save it at 48000 Hz',
    });
  return { kind: telephone ?? (code === FLOAT ? 'float' : 'pcm'), channels, sampleRate, bits };
}

function readSamples(
  view: DataView,
  { at, size }: { readonly at: number; readonly size: number },
  format: WavFormat,
  { name, notice }: { readonly name: string; readonly notice: (message: string) => void },
): Audio {
  const there = view.byteLength - at;
  const { channels, bits, sampleRate } = format;
  const width = bits / 8;
  const frame = width * channels;
  if (size > there) {
    const seconds = (bytes: number): string => (bytes / frame / sampleRate).toFixed(2);
    throw new MediaError({
      code: 'media.audio-truncated',
      where: `${name}.data`,
      expected: `${size} bytes (${seconds(size)} s)`,
      got: `${there} (${seconds(there)} s), ${size - there} bytes missing`,
      remedy: 'copy the recording again',
    });
  }
  const read = sampleReader(view, format);
  const count = Math.floor(size / frame);
  const samples = new Float32Array(count);
  const sums = channels > 1 ? new ChannelSums(channels, sampleRate) : undefined;
  for (let i = 0; i < count; i++) {
    // Starts with the first channel, not with 0: −0 stays −0.
    let sum = read(at + i * frame);
    sums?.add(0, sum);
    for (let c = 1; c < channels; c++) {
      const value = read(at + i * frame + c * width);
      sums?.add(c, value);
      sum += value;
    }
    samples[i] = sum / channels;
    sums?.add(channels, samples[i]);
  }
  const only = sums?.opposed();
  if (only !== undefined) {
    notice(opposedNotice(name, only));
    for (let i = 0; i < count; i++) samples[i] = read(at + i * frame + only * width);
  }
  return { sampleRate, samples };
}

function sampleReader(view: DataView, { kind, bits }: WavFormat): (at: number) => number {
  if (kind === 'alaw' || kind === 'mulaw') return (at) => G711[kind](view.getUint8(at));
  if (kind === 'float') return bits === 32 ? (at) => view.getFloat32(at, true) : (at) => view.getFloat64(at, true);
  if (bits === 8) return (at) => (view.getUint8(at) - 128) / 128;
  if (bits === 16) return (at) => view.getInt16(at, true) / 32768;
  if (bits === 24) return (at) => (view.getUint16(at, true) + 65536 * view.getInt8(at + 2)) / 8388608;
  return (at) => view.getInt32(at, true) / 2147483648;
}
