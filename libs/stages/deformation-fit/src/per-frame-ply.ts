import type { Camera, Gaussians } from '@soliloquy/ports';
import { decodePly, SplatError } from '@soliloquy/splat';
import { StageError } from '@soliloquy/stage';

/**
 * How far the Gaussians of a frame are from their canonical places, matched by index: across the view, at the canonical
 * depth, since one fixed camera shows no other.
 *
 * @param name    of the file, for messages
 * @param bytes   PLY of the frame, as 3DGS writes it
 * @returns       f32 [N, 3] world
 * @throws StageError `stage.bad-file`; `stage.count-mismatch` where it has more or fewer Gaussians than the canonical
 */
export function shiftsOfFrame(gaussians: Gaussians, name: string, bytes: Uint8Array): Float32Array {
  const means = meansOf(name, bytes);
  const { count, camera } = gaussians;
  if (means.length !== count * 3)
    throw new StageError({
      code: 'stage.count-mismatch',
      where: `deformation-fit.four-d-gaussians ${name}`,
      expected: `${count} Gaussians, those of the input in their order`,
      got: String(means.length / 3),
      remedy: 'export from a training that neither adds nor removes Gaussians (densify_until_iter = 0)',
    });
  const shifts = new Float32Array(count * 3);
  for (let n = 0; n < count; n++) acrossTheView(gaussians.means, means, { at: 3 * n, camera }, shifts);
  return shifts;
}

/** @throws StageError `stage.bad-file` for what holds no Gaussians; those without finite numbers count as absent */
function meansOf(name: string, bytes: Uint8Array): Float32Array {
  try {
    return decodePly(bytes).means;
  } catch (thrown) {
    if (!(thrown instanceof SplatError)) throw thrown;
    const { expected, got } = thrown;
    const where = `deformation-fit.four-d-gaussians ${name}`;
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
