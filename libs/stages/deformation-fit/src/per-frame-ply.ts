import type { Camera, Gaussians } from '@soliloquy/ports';
import { decodePly, SplatError } from '@soliloquy/splat';
import { StageError } from '@soliloquy/stage';

/**
 * How far the Gaussians of a frame are from their canonical places, matched by index: across the view, at the canonical
 * depth, since one fixed camera shows no other.
 *
 * @param where   backbone and file, for messages
 * @param bytes   PLY of the frame, as 3DGS writes it
 * @returns       f32 [N, 3] world
 * @throws StageError `stage.bad-file`; `stage.count-mismatch` where it has more or fewer Gaussians than the canonical
 */
export function shiftsOfFrame(gaussians: Gaussians, where: string, bytes: Uint8Array): Float32Array {
  const means = meansOfPly(where, bytes);
  const { count } = gaussians;
  if (means.length !== count * 3)
    throw new StageError({
      code: 'stage.count-mismatch',
      where,
      expected: `${count} Gaussians, those of the input in their order`,
      got: String(means.length / 3),
      remedy: 'export from a training that neither adds nor removes Gaussians (densify_until_iter = 0)',
    });
  return shiftsAcross(gaussians.camera, gaussians.means, means);
}

/**
 * How far points are from their places at rest: across the view, at the depth that they have at rest.
 *
 * @param rest f32 [N, 3] world
 * @param now  f32 [N, 3] world
 * @returns    f32 [N, 3] world
 */
export function shiftsAcross(camera: Camera, rest: Float32Array, now: Float32Array): Float32Array {
  const shifts = new Float32Array(rest.length);
  for (let at = 0; at < rest.length; at += 3) acrossTheView(rest, now, { at, camera }, shifts);
  return shifts;
}

/**
 * Places of the Gaussians of a PLY, f32 [N, 3] world; those without finite numbers count as absent.
 *
 * @throws StageError `stage.bad-file` for what holds none
 */
export function meansOfPly(where: string, bytes: Uint8Array): Float32Array {
  try {
    return decodePly(bytes).means;
  } catch (thrown) {
    if (!(thrown instanceof SplatError)) throw thrown;
    const { expected, got } = thrown;
    throw new StageError(
      { code: 'stage.bad-file', where, expected, got, remedy: 'export it again' },
      { cause: thrown },
    );
  }
}

/** Along the ray on which a Gaussian is seen now, at the depth that it has at rest; one behind the camera stays. */
function acrossTheView(
  rest: Float32Array,
  now: Float32Array,
  { at, camera }: { readonly at: number; readonly camera: Camera },
  into: Float32Array,
): void {
  const w = camera.worldToCamera;
  const seen = (from: Float32Array, row: number): number =>
    w[row * 4] * from[at] + w[row * 4 + 1] * from[at + 1] + w[row * 4 + 2] * from[at + 2] + w[row * 4 + 3];
  const [depth, depthNow] = [seen(rest, 2), seen(now, 2)];
  if (!(depthNow > 0)) return;
  const moved = [0, 1].map((row) => (seen(now, row) * depth) / depthNow - seen(rest, row));
  for (let axis = 0; axis < 3; axis++) into[at + axis] = w[axis] * moved[0] + w[4 + axis] * moved[1];
}
