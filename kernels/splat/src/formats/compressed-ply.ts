import { allocateGaussians, type GaussianArrays } from '../scene.ts';
import { SH_REST_COUNTS } from '../spherical-harmonics.ts';
import { logitOfByte } from './splat-file.ts';

/*
 * The compressed `.ply` of PlayCanvas (developer.playcanvas.com/user-manual/gaussian-splatting/formats/ply), as
 * splat-transform and SuperSplat write it: chunks of 256 Gaussians with the least and most of their positions, scales
 * and colors as floats, four 32-bit words a Gaussian between these, and harmonics of one byte.
 */

export const PACKED = ['packed_position', 'packed_rotation', 'packed_scale', 'packed_color'] as const;
export const CHUNK_BOUNDS = ['x', 'y', 'z', 'scale_x', 'scale_y', 'scale_z'] as const;
const COLORS = ['r', 'g', 'b'] as const;
export const CHUNK_SIZE = 256;

/** A property of an element by number and name; `undefined` where there is none. */
export type Field = (row: number, name: string) => number | undefined;

/** Elements of a compressed file. */
export type PackedElements = {
  readonly count: number;
  readonly chunk: Field;
  readonly vertex: Field;
  /** absent without harmonics */
  readonly sh?: Field;
};

export function unpackGaussians({ count, chunk, vertex, sh }: PackedElements): GaussianArrays {
  const rest = SH_REST_COUNTS.findLast((k) => k > 0 && sh?.(0, `f_rest_${3 * k - 1}`) !== undefined) ?? 0;
  const gaussians = {
    ...allocateGaussians(count),
    ...(rest > 0 && count > 0 ? { shRest: new Float32Array(count * rest * 3) } : {}),
  };
  for (let g = 0; g < count; g++) {
    const row = Math.floor(g / CHUNK_SIZE);
    const between = (name: string, share: number): number => {
      const [least, most] = [chunk(row, `min_${name}`) ?? 0, chunk(row, `max_${name}`) ?? 1];
      return least * (1 - share) + most * share;
    };
    const word = (name: (typeof PACKED)[number]): number => vertex(g, name) ?? 0;
    const place = elevenTenEleven(word('packed_position'));
    const scale = elevenTenEleven(word('packed_scale'));
    const color = word('packed_color');
    for (let k = 0; k < 3; k++) {
      gaussians.means[3 * g + k] = between(CHUNK_BOUNDS[k], place[k]);
      gaussians.logScales[3 * g + k] = between(CHUNK_BOUNDS[3 + k], scale[k]);
      gaussians.colors[3 * g + k] = between(COLORS[k], ((color >>> (24 - 8 * k)) & 255) / 255);
    }
    gaussians.opacityLogits[g] = logitOfByte(color & 255);
    gaussians.quats.set(unpackQuat(word('packed_rotation')), 4 * g);
    for (let i = 0; i < 3 * rest; i++)
      if (gaussians.shRest)
        gaussians.shRest[3 * (g * rest + (i % rest)) + Math.floor(i / rest)] = harmonic(sh?.(g, `f_rest_${i}`) ?? 128);
  }
  return gaussians;
}

/** Three shares 0 … 1 of 11, 10 and 11 bits, the first highest. */
function elevenTenEleven(word: number): [number, number, number] {
  return [(word >>> 21) / 2047, ((word >>> 11) & 1023) / 1023, (word & 2047) / 2047];
}

/** wxyz: 2 bits which is largest, then the others in order, 10 bits of −√½ … √½ each. */
function unpackQuat(word: number): [number, number, number, number] {
  const largest = word >>> 30;
  const q: [number, number, number, number] = [0, 0, 0, 0];
  let squares = 0;
  let shift = 20;
  for (let i = 0; i < 4; i++) {
    if (i === largest) continue;
    q[i] = (((word >>> shift) & 1023) / 1023 - 0.5) * Math.SQRT2;
    squares += q[i] * q[i];
    shift -= 10;
  }
  q[largest] = Math.sqrt(Math.max(0, 1 - squares));
  return q;
}

/** The middle of the byte's step between −4 and 4; the first and last byte are the ends themselves. */
function harmonic(byte: number): number {
  const share = byte === 0 ? 0 : byte === 255 ? 1 : (byte + 0.5) / 256;
  return 8 * (share - 0.5);
}
