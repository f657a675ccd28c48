import type { ParticleRig } from '@soliloquy/gaussian-cloud';
import type { PersonPlace } from '@soliloquy/latent-flow';
import { scaleCamera, type Camera, type RegionName } from '@soliloquy/ports';
import { REGIONS } from '@soliloquy/ports/gaussians';

/** What of a region is no trunk. Teeth are of the skull; an arm that is whole goes with its points, as a trunk does. */
const OF: Partial<Record<RegionName, PersonPlace['of']>> = {
  lowerLip: 'belowLips',
  jaw: 'belowLips',
  neck: 'belowLips',
  leftUpperArm: { side: 'left', part: 'upperArm' },
  rightUpperArm: { side: 'right', part: 'upperArm' },
  leftForearm: { side: 'left', part: 'forearm' },
  rightForearm: { side: 'right', part: 'forearm' },
  leftHand: { side: 'left', part: 'hand' },
  rightHand: { side: 'right', part: 'hand' },
};

/** The particles of a person as places of a film. */
export interface ParticlePlaces {
  readonly places: readonly PersonPlace[];
  /** f64 [P] world units a film pixel is wide at each particle */
  readonly worldPerPixel: Float64Array;
}

/** @param size film pixels, in the shape of the camera's picture */
export function particlePlaces(
  { particles, positions, regions }: ParticleRig,
  camera: Camera,
  size: { readonly width: number; readonly height: number },
): ParticlePlaces {
  const { fx, fy, cx, cy } = scaleCamera(camera, size.width, size.height);
  const places = Array.from({ length: particles }, (_, p): PersonPlace => {
    const [x, y, z] = positions.subarray(3 * p, 3 * p + 3);
    return { x: (fx * x) / z + cx, y: (fy * y) / z + cy, of: OF[REGIONS[regions[p]].name] ?? 'trunk' };
  });
  return { places, worldPerPixel: Float64Array.from({ length: particles }, (_, p) => positions[3 * p + 2] / fx) };
}
