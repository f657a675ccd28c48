import { Fault } from '@soliloquy/fault';
import { allocateDeformed, evaluateDeformation } from '@soliloquy/gaussian-cloud/evaluate-deformation';
import type { Camera, Deformation } from '@soliloquy/ports';
import { deformation as deformationPort } from '@soliloquy/ports/deformation';
import { gaussians as gaussiansPort } from '@soliloquy/ports/gaussians';
import { decodePly, type GaussianArrays } from '@soliloquy/splat';

/** Gaussians that can be drawn, at rest or at a frame of their motion. */
export interface OpenedScene {
  /** N */
  readonly count: number;
  /** the view that they are looked at from first */
  readonly camera: Camera;
  /** what an orbit turns about, world */
  readonly centre: readonly [number, number, number];
  readonly deformation: Deformation | undefined;
  /** The Gaussians of a frame; the arrays are valid until the next call. */
  readonly at: (frame: number) => GaussianArrays;
}

/**
 * Reads Gaussians, by the file's name a `.ply` of 3DGS or what the port `gaussians` writes, and what moves them.
 *
 * @throws Error where the motion is one of other Gaussians; what the decoders throw
 */
export async function openScene(
  file: string,
  bytes: ArrayBuffer,
  motion: ArrayBuffer | undefined,
): Promise<OpenedScene> {
  if (file.endsWith('.ply')) {
    const gaussians = decodePly(new Uint8Array(bytes));
    const centre = centreOf(gaussians);
    return {
      count: gaussians.opacityLogits.length,
      camera: cameraFor(gaussians, centre),
      centre,
      deformation: undefined,
      at: () => gaussians,
    };
  }
  const gaussians = await gaussiansPort.decode({ 'gaussians.safetensors': new Uint8Array(bytes) });
  const { count, camera } = gaussians;
  const centre = centreOf(gaussians);
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

const opacityOf = (logit: number): number => 1 / (1 + Math.exp(-logit));

/** Mean of the Gaussians by opacity. */
function centreOf({ means, opacityLogits }: GaussianArrays): [number, number, number] {
  const sum: [number, number, number] = [0, 0, 0];
  let weights = 0;
  for (const [n, logit] of opacityLogits.entries()) {
    const weight = opacityOf(logit);
    weights += weight;
    for (let axis = 0; axis < 3; axis++) sum[axis] = (sum[axis] as number) + weight * (means[3 * n + axis] as number);
  }
  return sum.map((value) => value / (weights || 1)) as [number, number, number];
}

/**
 * A file without a camera is seen along +z from where most of it fits: three standard deviations of its means by
 * opacity, in a view of 50 degrees.
 */
function cameraFor({ means, opacityLogits }: GaussianArrays, centre: readonly [number, number, number]): Camera {
  const spread = [0, 1, 2].map((axis) => {
    let sum = 0;
    let weights = 0;
    for (const [n, logit] of opacityLogits.entries()) {
      const weight = opacityOf(logit);
      sum += weight * ((means[3 * n + axis] as number) - centre[axis]) ** 2;
      weights += weight;
    }
    return 3 * Math.sqrt(sum / (weights || 1)) || 1;
  }) as [number, number, number];
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
