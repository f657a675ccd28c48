import { SH_0 } from '../layout.ts';
import type { GaussianArrays } from '../scene.ts';
import { SH_REST_COUNTS } from '../spherical-harmonics.ts';
import { SplatError } from '../splat-error.ts';
import { checkGaussians, restOf } from '../validate.ts';
import { logitOfByte, opacityByte } from './splat-file.ts';

const MAGIC = 0x5053474e;
const HEADER = 16;
const HEADER_4 = 32;
/** f_dc = (byte / 255 - 0.5) / COLOR_SCALE */
const COLOR_SCALE = 0.15;
const MOST_GAUSSIANS = 1 << 26;
/**
 * Coordinates in the file are right, up, back; ours are right, down, forward: y and z change sign, and with them every
 * harmonic that is odd in them.
 */
const HARMONIC_SIGNS = [-1, -1, 1, -1, 1, 1, -1, 1, -1, 1, -1, -1, 1, -1, 1] as const;
/** Bits that are kept of a harmonic of degree 1, and of higher ones; the rest compresses away. */
const HARMONIC_BITS = [5, 4] as const;

/** Which streams a file has, in order, and their bytes a Gaussian. */
const streamsOf = (rest: number, version: number): readonly number[] => [9, 1, 3, 3, version >= 3 ? 4 : 3, 3 * rest];

const toByte = (value: number): number => Math.max(0, Math.min(255, Math.round(value)));

function fail(what: string, expected: string, got: string | number): never {
  throw new SplatError({
    code: 'splat.input',
    where: `decodeSpz.${what}`,
    expected,
    got: `${got}`,
    remedy: 'write it again as .spz or .ply',
  });
}

/**
 * Through a compression stream, up to as many bytes as the first of them say are needed: a small file may inflate a
 * thousandfold.
 */
async function through(
  bytes: Uint8Array,
  stream: CompressionStream | DecompressionStream,
  needed: (start: Uint8Array) => number = () => Infinity,
): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  const source = new Blob([bytes as Uint8Array<ArrayBuffer>])
    .stream()
    .pipeThrough(stream as ReadableWritablePair<Uint8Array<ArrayBuffer>, Uint8Array<ArrayBuffer>>);
  for (const reader = source.getReader(); ;) {
    const { done, value } = await reader.read();
    if (done) break;
    length += value.length;
    chunks.push(value);
    const most = needed(chunks[0] as Uint8Array);
    if (length <= most) continue;
    await reader.cancel();
    break;
  }
  const all = new Uint8Array(length);
  let at = 0;
  for (const chunk of chunks) {
    all.set(chunk, at);
    at += chunk.length;
  }
  return all;
}

/**
 * The `.spz` of Niantic, version 3: gzip over a header of 16 bytes and the attributes one after another: positions in
 * fixed point of 24 bits (as fine as their range allows, at most 12 bits behind the point), opacities, colours and
 * scales as bytes, quaternions by their smallest three components, harmonics in 8 bits of which 5 (degree 1) and 4 are
 * used. Opens in public viewers.
 *
 * @throws SplatError `splat.input`
 */
export async function encodeSpz(gaussians: GaussianArrays): Promise<Uint8Array> {
  const count = checkGaussians('encodeSpz', gaussians);
  const rest = restOf(gaussians);
  const reach = gaussians.means.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  const fraction = Math.min(12, Math.floor(Math.log2((2 ** 23 - 1) / Math.max(reach, 1e-9))));
  if (!(fraction >= 0))
    throw new SplatError({
      code: 'splat.input',
      where: 'encodeSpz.means',
      expected: 'positions below 2^23',
      got: `${reach}`,
      remedy: 'scale the scene, or write a .ply',
    });
  const bytes = new Uint8Array(HEADER + count * streamsOf(rest, 3).reduce((sum, width) => sum + width, 0));
  const view = new DataView(bytes.buffer);
  view.setUint32(0, MAGIC, true);
  view.setUint32(4, 3, true);
  view.setUint32(8, count, true);
  bytes[12] = SH_REST_COUNTS.indexOf(rest as (typeof SH_REST_COUNTS)[number]);
  bytes[13] = fraction;
  let at = HEADER;
  for (let i = 0; i < 3 * count; i++, at += 3) {
    const fixed = Math.round((i % 3 === 0 ? 1 : -1) * gaussians.means[i] * 2 ** fraction);
    view.setUint16(at, fixed & 0xffff, true);
    bytes[at + 2] = (fixed >> 16) & 0xff;
  }
  for (let g = 0; g < count; g++) bytes[at++] = opacityByte(gaussians.opacityLogits[g]);
  for (let i = 0; i < 3 * count; i++)
    bytes[at++] = toByte((((gaussians.colors[i] - 0.5) / SH_0) * COLOR_SCALE + 0.5) * 255);
  for (let i = 0; i < 3 * count; i++) bytes[at++] = toByte((gaussians.logScales[i] + 10) * 16);
  for (let g = 0; g < count; g++, at += 4)
    view.setUint32(at, packQuat(gaussians.quats.subarray(4 * g, 4 * g + 4)), true);
  for (let i = 0; i < 3 * rest * count; i++) {
    const k = Math.floor(i / 3) % rest;
    const step = 2 ** (8 - HARMONIC_BITS[k < 3 ? 0 : 1]);
    bytes[at++] = toByte(step * Math.round((HARMONIC_SIGNS[k] * (gaussians.shRest?.[i] ?? 0) * 128 + 128) / step));
  }
  return through(bytes, new CompressionStream('gzip'));
}

/**
 * Gaussians of a `.spz` of version 2, 3 (gzip) or 4 (zstd, in Node). Harmonics of degree 4 are left out.
 *
 * @throws SplatError `splat.input` for what is no such file, or ends too early
 */
export async function decodeSpz(file: Uint8Array): Promise<GaussianArrays> {
  const { bytes, version, count, degree, fraction } = await unpack(file);
  const kept = SH_REST_COUNTS[Math.min(3, degree)];
  const stored = (degree + 1) ** 2 - 1;
  const widths = streamsOf(stored, version);
  const needed = count * widths.reduce((sum, width) => sum + width, 0);
  if (bytes.length < needed) fail('length', `${needed} bytes for ${count} Gaussians`, bytes.length);
  const starts = widths.map((_, i) => count * widths.slice(0, i).reduce((sum, width) => sum + width, 0));
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const [positions, opacities, colors, scales, rotations, harmonics] = starts;
  const gaussians = {
    means: Float32Array.from({ length: 3 * count }, (_, i) => {
      const at = positions + 3 * i;
      return ((i % 3 === 0 ? 1 : -1) * (view.getUint16(at, true) | (view.getInt8(at + 2) << 16))) / 2 ** fraction;
    }),
    quats: new Float32Array(4 * count),
    logScales: Float32Array.from({ length: 3 * count }, (_, i) => bytes[scales + i] / 16 - 10),
    opacityLogits: Float32Array.from({ length: count }, (_, g) => logitOfByte(bytes[opacities + g])),
    colors: Float32Array.from(
      { length: 3 * count },
      (_, i) => 0.5 + (SH_0 * (bytes[colors + i] / 255 - 0.5)) / COLOR_SCALE,
    ),
    ...(kept > 0
      ? {
          shRest: Float32Array.from({ length: 3 * kept * count }, (_, i) => {
            const k = Math.floor(i / 3) % kept;
            const g = Math.floor(i / (3 * kept));
            return (HARMONIC_SIGNS[k] * (bytes[harmonics + 3 * (g * stored + k) + (i % 3)] - 128)) / 128;
          }),
        }
      : {}),
  };
  for (let g = 0; g < count; g++) {
    const [x, y, z, w] =
      version >= 3
        ? unpackQuat(view.getUint32(rotations + 4 * g, true))
        : firstThree(bytes.subarray(rotations + 3 * g, rotations + 3 * g + 3));
    gaussians.quats.set([w, x, -y, -z], 4 * g);
  }
  return gaussians;
}

/** What the header says that a file in gzip holds, bytes; no more than the header where that is none. */
function bytesNeeded(start: Uint8Array): number {
  if (start.length < HEADER) return HEADER;
  const view = new DataView(start.buffer, start.byteOffset, start.byteLength);
  const [magic, version, count] = [view.getUint32(0, true), view.getUint32(4, true), view.getUint32(8, true)];
  if (magic !== MAGIC || count > MOST_GAUSSIANS || start[12] > 4) return HEADER;
  return HEADER + count * streamsOf((start[12] + 1) ** 2 - 1, version).reduce((sum, width) => sum + width, 0);
}

type Unpacked = {
  readonly bytes: Uint8Array;
  readonly version: number;
  readonly count: number;
  readonly degree: number;
  readonly fraction: number;
};

/** The attributes without their compression, and what the header says. */
async function unpack(file: Uint8Array): Promise<Unpacked> {
  const zipped = file[0] === 0x1f && file[1] === 0x8b;
  const bytes = zipped
    ? await through(file, new DecompressionStream('gzip'), bytesNeeded).catch((cause: unknown) =>
        cause instanceof SplatError
          ? Promise.reject(cause)
          : fail('gzip', 'a whole gzip stream', String(cause instanceof Error ? cause.message : cause)),
      )
    : file;
  if (bytes.length < HEADER) fail('header', `${HEADER} bytes`, bytes.length);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (view.getUint32(0, true) !== MAGIC)
    fail('header', 'the letters NGSP', JSON.stringify(String.fromCharCode(...bytes.subarray(0, 4))));
  const [version, count, degree, fraction] = [view.getUint32(4, true), view.getUint32(8, true), bytes[12], bytes[13]];
  if (!(version === 4 ? !zipped : zipped && (version === 2 || version === 3)))
    fail('version', '2 or 3 in gzip, or 4', version);
  if (count > MOST_GAUSSIANS) fail('count', `at most ${MOST_GAUSSIANS} Gaussians`, count);
  if (degree > 4) fail('degree', 'harmonics up to degree 4', degree);
  if (fraction > 23) fail('fraction', 'at most 23 bits behind the point', fraction);
  if (version < 4) return { bytes: bytes.subarray(HEADER), version, count, degree, fraction };
  if (bytes.length < HEADER_4) fail('header', `${HEADER_4} bytes`, bytes.length);
  return {
    bytes: await inflateStreams(bytes, view, count, streamsOf((degree + 1) ** 2 - 1, version)),
    version,
    count,
    degree,
    fraction,
  };
}

/** Version 4: a table of (compressed, uncompressed) bytes at an offset, then the streams. */
async function inflateStreams(
  bytes: Uint8Array,
  view: DataView,
  count: number,
  widths: readonly number[],
): Promise<Uint8Array> {
  const { zstdDecompressSync } = await import('node:zlib');
  const [streams, table] = [bytes[15], view.getUint32(16, true)];
  // Room for all is made when all is there: the header alone may say what it likes.
  const parts: Uint8Array[] = [];
  let at = table + 16 * streams;
  for (const [i, width] of widths.entries()) {
    if (width === 0 || count === 0) continue;
    if (i >= streams || at > bytes.length || table + 16 * streams > bytes.length)
      fail('streams', `${widths.length} of them`, streams);
    const length = Number(view.getBigUint64(table + 16 * i, true));
    if (at + length > bytes.length) fail('length', `${at + length} bytes`, bytes.length);
    const packed = bytes.subarray(at, at + length);
    const stream = ((): Uint8Array => {
      try {
        return zstdDecompressSync(packed, { maxOutputLength: count * width });
      } catch (cause) {
        return fail('zstd', `a zstd stream of ${count * width} bytes`, (cause as NodeJS.ErrnoException).code ?? 'none');
      }
    })();
    if (stream.length !== count * width) fail('stream', `${count * width} bytes in stream ${i}`, stream.length);
    parts.push(stream);
    at += length;
  }
  return new Uint8Array(await new Blob(parts as Uint8Array<ArrayBuffer>[]).arrayBuffer());
}

/**
 * wxyz, our axes -> 2 bits which component is largest, then 10 bits each of the others in the order xyzw: sign, size of
 * 0 … √½ in 9 bits.
 */
function packQuat([w, x, y, z]: Float32Array): number {
  const length = Math.hypot(w, x, y, z);
  const q = [x, -y, -z, w].map((value) => value / length);
  const largest = q.reduce((best, value, i) => (Math.abs(value) > Math.abs(q[best]) ? i : best), 0);
  let packed = largest;
  for (let i = 0; i < 4; i++) {
    if (i === largest) continue;
    const negative = q[i] < 0 !== q[largest] < 0 ? 1 : 0;
    packed =
      ((packed << 10) | (negative << 9) | Math.min(511, Math.round((Math.abs(q[i]) / Math.SQRT1_2) * 511))) >>> 0;
  }
  return packed;
}

/** xyzw in the file's axes. */
function unpackQuat(packed: number): number[] {
  const largest = packed >>> 30;
  const q = [0, 0, 0, 0];
  let squares = 0;
  let bits = packed;
  for (let i = 3; i >= 0; i--) {
    if (i === largest) continue;
    q[i] = ((bits & 511) / 511) * Math.SQRT1_2 * ((bits >>> 9) & 1 ? -1 : 1);
    squares += q[i] * q[i];
    bits >>>= 10;
  }
  q[largest] = Math.sqrt(Math.max(0, 1 - squares));
  return q;
}

/** xyzw of version 2: three bytes, the fourth is positive. */
function firstThree(bytes: Uint8Array): number[] {
  const q = Array.from(bytes, (byte) => byte / 127.5 - 1);
  return [...q, Math.sqrt(Math.max(0, 1 - q.reduce((sum, value) => sum + value * value, 0)))];
}
