import type { Audio } from './audio.ts';
import { MediaError } from './media-error.ts';

const PCM = 1;
const FLOAT = 3;
const EXTENSIBLE = 0xfffe;

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
  readonly kind: 'pcm' | 'float';
  readonly channels: number;
  readonly sampleRate: number;
  readonly bits: number;
}

/**
 * A WAV of PCM 8, 16, 24, 32 or float 32, 64, plain or extensible, any rate, its channels averaged.
 *
 * @param name what messages call it
 * @throws MediaError when it is no such file, or its data chunk says more than there is
 */
export function decodeWav(bytes: Uint8Array, name = 'audio'): Audio {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const tag = (at: number): string => String.fromCharCode(...bytes.subarray(at, at + 4));
  let format: WavFormat | undefined;
  let rf64DataSize: number | undefined;
  for (let at = 12; at + 8 <= bytes.length;) {
    const kind = tag(at);
    const size = view.getUint32(at + 4, true);
    const body = at + 8;
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
      return readSamples(view, body, dataSize(size, rf64DataSize, bytes.length - body), format, name);
    }
    at = body + size + (size & 1);
  }
  throw new MediaError({
    code: 'media.audio-truncated',
    where: name,
    expected: 'a WAV with a data chunk',
    got: `${bytes.length} bytes without one`,
    remedy: 'copy the recording again',
  });
}

/** A recorder that writes into a pipe leaves 0 or 2^32-1 as the size: the data then goes on to the end. */
function dataSize(stated: number, rf64: number | undefined, there: number): number {
  if (stated === 0xffffffff) return rf64 ?? there;
  return stated;
}

function readFormat(view: DataView, at: number, size: number, name: string): WavFormat {
  let code = view.getUint16(at, true);
  const channels = view.getUint16(at + 2, true);
  const sampleRate = view.getUint32(at + 4, true);
  const bits = view.getUint16(at + 14, true);
  if (code === EXTENSIBLE && size >= 26 && at + 26 <= view.byteLength) code = view.getUint16(at + 24, true);
  const known = (code === PCM && [8, 16, 24, 32].includes(bits)) || (code === FLOAT && [32, 64].includes(bits));
  if (!known)
    throw new MediaError({
      code: 'media.audio-format',
      where: `${name}.format`,
      expected: 'WAV of PCM 8, 16, 24, 32 or float 32, 64 bit',
      got: `format ${code} with ${bits} bit`,
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
  return { kind: code === FLOAT ? 'float' : 'pcm', channels, sampleRate, bits };
}

function readSamples(view: DataView, at: number, size: number, format: WavFormat, name: string): Audio {
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
  for (let i = 0; i < count; i++) {
    // Starts with the first channel, not with 0: −0 stays −0.
    let sum = read(at + i * frame);
    for (let c = 1; c < channels; c++) sum += read(at + i * frame + c * width);
    samples[i] = sum / channels;
  }
  return { sampleRate, samples };
}

function sampleReader(view: DataView, { kind, bits }: WavFormat): (at: number) => number {
  if (kind === 'float') return bits === 32 ? (at) => view.getFloat32(at, true) : (at) => view.getFloat64(at, true);
  if (bits === 8) return (at) => (view.getUint8(at) - 128) / 128;
  if (bits === 16) return (at) => view.getInt16(at, true) / 32768;
  if (bits === 24) return (at) => (view.getUint16(at, true) + 65536 * view.getInt8(at + 2)) / 8388608;
  return (at) => view.getInt32(at, true) / 2147483648;
}
