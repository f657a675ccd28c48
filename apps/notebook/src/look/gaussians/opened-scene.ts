import { Fault } from '@soliloquy/fault';
import { allocateDeformed, evaluateDeformation } from '@soliloquy/gaussian-cloud/evaluate-deformation';
import type { Camera, Deformation } from '@soliloquy/ports';
import { deformation as deformationPort } from '@soliloquy/ports/deformation';
import { gaussians as gaussiansPort } from '@soliloquy/ports/gaussians';
import { decodePly, decodeSplat, decodeSpz, type GaussianArrays } from '@soliloquy/splat';
import { centreAndSpread, type Triple } from './extent.ts';

/** Gaussians that can be drawn, at rest or at a frame of their motion. */
export interface OpenedScene {
  /** N */
  readonly count: number;
  /** what of the file was left out, in a sentence */
  readonly notice?: string;
  /** the view that they are looked at from first */
  readonly camera: Camera;
  /** what an orbit turns about, world */
  readonly centre: readonly [number, number, number];
  readonly deformation: Deformation | undefined;
  /** The Gaussians of a frame; the arrays are valid until the next call. */
  readonly at: (frame: number) => GaussianArrays;
}

/**
 * Reads Gaussians, by the file's name a `.ply` of 3DGS, `.splat` or `.spz`, or what the port `gaussians` writes, and
 * what moves them.
 *
 * @throws Error where the motion is one of other Gaussians; what the decoders throw
 */
export async function openScene(
  file: string,
  bytes: ArrayBuffer,
  motion: ArrayBuffer | undefined,
): Promise<OpenedScene> {
  let notice: string | undefined;
  const given = await decodeGiven(file, new Uint8Array(bytes), (message) => (notice = message));
  if (given !== undefined) {
    const { centre, spread } = centreAndSpread(given);
    return {
      count: given.opacityLogits.length,
      ...(notice === undefined ? {} : { notice }),
      camera: cameraFor(centre, spread),
      centre,
      deformation: undefined,
      at: () => given,
    };
  }
  const gaussians = await gaussiansPort.decode({ 'gaussians.safetensors': new Uint8Array(bytes) });
  const { count, camera } = gaussians;
  const { centre } = centreAndSpread(gaussians);
  if (motion === undefined) return { count, camera, centre, deformation: undefined, at: () => gaussians };
  const deformation = await deformationPort.decode({ 'deformation.safetensors': new Uint8Array(motion) });
  if (deformation.count !== count)
    throw new Fault({
      code: 'notebook.argument',
      where: 'deformation.count',
      expected: `one of ${count} Gaussians`,
      got: `one of ${deformation.count}`,
      remedy: 'run the nodes again that made them',
      audience: 'author',
    });
  const deformed = allocateDeformed(gaussians);
  return {
    count,
    camera,
    centre,
    deformation,
    at(frame) {
      evaluateDeformation(gaussians, deformation, Math.min(deformation.frames - 1, Math.max(0, frame)), deformed);
      return deformed;
    },
  };
}

/** Gaussians of another program's file, by its ending in any case. */
async function decodeGiven(
  file: string,
  bytes: Uint8Array,
  notice: (message: string) => void,
): Promise<GaussianArrays | undefined> {
  switch (/\.(ply|splat|spz)$/i.exec(file)?.[1]?.toLowerCase()) {
    case 'ply':
      return decodePly(bytes, { notice });
    case 'splat':
      return decodeSplat(bytes, { notice });
    case 'spz':
      return decodeSpz(bytes);
    default:
      return undefined;
  }
}

/** A file without a camera is seen along +z from where most of it fits, in a view of 50 degrees. */
function cameraFor(centre: Triple, spread: Triple): Camera {
  const width = 512;
  const height = 768;
  const focal = height / 2 / Math.tan((50 / 2 / 180) * Math.PI);
  const distance = spread[2] + Math.max((spread[0] * focal) / (width / 2), (spread[1] * focal) / (height / 2));
  const [x, y, z] = centre;
  return {
    width,
    height,
    fx: focal,
    fy: focal,
    cx: width / 2,
    cy: height / 2,
    worldToCamera: [1, 0, 0, -x, 0, 1, 0, -y, 0, 0, 1, distance - z, 0, 0, 0, 1],
  };
}
