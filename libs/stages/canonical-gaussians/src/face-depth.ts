import type { Landmarks } from '@soliloquy/ports';
import { smoothstep } from '@soliloquy/signal';

/** Of MediaPipe's mesh: the middles of its two edges beside the ears, about which the head turns. */
const EARS = [234, 454] as const;
/** A mean over the mesh reaches this share of the face's width: about the distance of its points. */
const NEAR = 0.045;
/** Beyond this share of the face's width from the mesh nothing of its depth is left. */
const FADE = 0.35;
/**
 * A head with the mesh's own depth, turned by 20 degrees, is read as turned by 15: the mesh is too flat by so much
 * (measured on three photographs; `head:mediapipe` reads the turn).
 */
const FLATNESS = 1.3;
/** Film pixels from one place at which depth is computed to the next. */
const STEP = 2;

/** Depth of a face, where the picture's landmarks have its mesh. */
export interface FaceDepth {
  /** f32 [H, W] film pixels away from the camera, from the head's middle; where `share` is 0, nothing */
  readonly depth: Float32Array;
  /** f32 [H, W] 1 on the mesh, falling to 0 around it */
  readonly share: Float32Array;
}

/**
 * The depth of every pixel about a face from its mesh, a mean of the points around weighted by a Gaussian of their
 * distance (Nadaraya 1964). Depths are counted from the middle between the ears.
 *
 * @param width film pixels
 * @returns     undefined for landmarks without a mesh
 */
export function faceDepth({ mesh, ...of }: Landmarks, width: number, height: number): FaceDepth | undefined {
  if (!mesh) return undefined;
  const scale = width / of.width;
  const points = mesh.map(([x, y, z]) => ({ x: x * scale, y: y * scale, z: z * scale }));
  const [right, left] = EARS.map((ear) => points[ear]);
  const middle = (right.z + left.z) / 2;
  const across = Math.max(4, Math.hypot(right.x - left.x, right.y - left.y, right.z - left.z));
  const depth = new Float32Array(width * height);
  const share = new Float32Array(width * height);
  const falloff = -0.5 / (NEAR * across) ** 2;
  const reach = Math.ceil(FADE * across);
  const range = (values: readonly number[], most: number): [number, number] => [
    Math.max(0, Math.floor((Math.min(...values) - reach) / STEP) * STEP),
    Math.min(most, Math.ceil(Math.max(...values) + reach)),
  ];
  const [x0, x1] = range(
    points.map(({ x }) => x),
    width,
  );
  const [y0, y1] = range(
    points.map(({ y }) => y),
    height,
  );
  for (let y = y0; y < y1; y += STEP) {
    for (let x = x0; x < x1; x += STEP) {
      let [nearest, sum, total] = [Infinity, 0, 0];
      for (const point of points) nearest = Math.min(nearest, (point.x - x) ** 2 + (point.y - y) ** 2);
      for (const point of points) {
        const weight = Math.exp(falloff * ((point.x - x) ** 2 + (point.y - y) ** 2 - nearest));
        total += weight;
        sum += weight * (point.z - middle);
      }
      const part = 1 - smoothstep(2 * NEAR * across, FADE * across, Math.sqrt(nearest));
      for (let j = y; j < Math.min(height, y + STEP); j++)
        for (let i = x; i < Math.min(width, x + STEP); i++) {
          depth[j * width + i] = (FLATNESS * sum) / total;
          share[j * width + i] = part;
        }
    }
  }
  return { depth, share };
}
