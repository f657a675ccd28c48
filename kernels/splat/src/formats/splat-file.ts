import { allocateGaussians, type GaussianArrays } from '../scene.ts';
import { SplatError } from '../splat-error.ts';
import { checkGaussians } from '../validate.ts';
import type { DecodeOptions } from './ply.ts';
import { leftOutNotice, usableRows } from './usable-rows.ts';

const STRIDE = 32;
/** Half a step of a byte: a fully opaque or empty byte has no finite logit. */
const EDGE = 0.5 / 255;

const toByte = (value: number): number => Math.max(0, Math.min(255, Math.round(value)));

/** logit of an opacity that is kept as a byte. */
export function logitOfByte(byte: number): number {
  const opacity = Math.max(EDGE, Math.min(1 - EDGE, byte / 255));
  return Math.log(opacity / (1 - opacity));
}

/** An opacity as a byte. */
export const opacityByte = (logit: number): number => toByte(255 / (1 + Math.exp(-logit)));

/**
 * The `.splat` of web viewers: 32 bytes a Gaussian, little endian: position and scale (not its logarithm) as f32, rgb
 * and opacity as bytes, the unit quaternion wxyz as bytes 128 + 128 q. Harmonics are not kept. Larger and more opaque
 * ones come first, as progressive viewers expect; equal ones by index.
 *
 * @throws SplatError `splat.input`
 */
export function encodeSplat(gaussians: GaussianArrays): Uint8Array {
  const count = checkGaussians('encodeSplat', gaussians);
  const { means, quats, logScales, opacityLogits, colors } = gaussians;
  const weight = Float64Array.from(
    opacityLogits,
    (logit, g) => Math.exp(logScales[3 * g] + logScales[3 * g + 1] + logScales[3 * g + 2]) / (1 + Math.exp(-logit)),
  );
  const order = Array.from({ length: count }, (_, g) => g).sort((a, b) => weight[b] - weight[a] || a - b);
  const bytes = new Uint8Array(count * STRIDE);
  const view = new DataView(bytes.buffer);
  for (const [i, g] of order.entries()) {
    const at = i * STRIDE;
    const length = Math.hypot(...quats.subarray(4 * g, 4 * g + 4));
    for (let k = 0; k < 3; k++) {
      view.setFloat32(at + 4 * k, means[3 * g + k], true);
      view.setFloat32(at + 12 + 4 * k, Math.exp(logScales[3 * g + k]), true);
      bytes[at + 24 + k] = toByte(255 * colors[3 * g + k]);
    }
    bytes[at + 27] = opacityByte(opacityLogits[g]);
    for (let k = 0; k < 4; k++) bytes[at + 28 + k] = toByte(128 + (128 * quats[4 * g + k]) / length);
  }
  return bytes;
}

/**
 * Gaussians of a `.splat`, in the order of the file, without those that have a number that is not finite.
 *
 * @throws SplatError `splat.input` for a length that is no multiple of 32, or no finite Gaussian
 */
export function decodeSplat(bytes: Uint8Array, { notice = () => {} }: DecodeOptions = {}): GaussianArrays {
  if (bytes.length % STRIDE !== 0)
    throw new SplatError({
      code: 'splat.input',
      where: 'decodeSplat.length',
      expected: `a multiple of ${STRIDE} bytes`,
      got: `${bytes.length}`,
      remedy: 'the file is cut or no .splat',
    });
  const count = bytes.length / STRIDE;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const gaussians = allocateGaussians(count);
  for (let g = 0; g < count; g++) {
    const at = g * STRIDE;
    for (let k = 0; k < 3; k++) {
      gaussians.means[3 * g + k] = view.getFloat32(at + 4 * k, true);
      // a scale of 0 has no logarithm; nothing that small is seen
      gaussians.logScales[3 * g + k] = Math.log(Math.max(1e-12, view.getFloat32(at + 12 + 4 * k, true)));
      gaussians.colors[3 * g + k] = bytes[at + 24 + k] / 255;
    }
    gaussians.opacityLogits[g] = logitOfByte(bytes[at + 27]);
    const quat = [0, 1, 2, 3].map((k) => (bytes[at + 28 + k] - 128) / 128);
    gaussians.quats.set(quat.some((value) => value !== 0) ? quat : [1, 0, 0, 0], 4 * g);
  }
  const usable = usableRows(gaussians);
  if (count > 0 && usable.leftOut === count)
    throw new SplatError({
      code: 'splat.input',
      where: 'decodeSplat.gaussian',
      expected: 'finite numbers',
      got: `none in ${count} Gaussians`,
      remedy: 'the file is no .splat',
    });
  if (usable.leftOut > 0) notice(leftOutNotice(usable.leftOut, count));
  return usable.gaussians;
}
