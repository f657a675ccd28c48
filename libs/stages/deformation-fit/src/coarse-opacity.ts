import type { Camera, Gaussians } from '@soliloquy/ports';
import { LOW_PASS } from '@soliloquy/splat';

/**
 * Opacities with which Gaussians look the same from a camera of fewer pixels. The low-pass filter has the size of a
 * pixel, so on coarser pixels it blows small Gaussians up; their opacity falls by as much as their area grows (the
 * screen-space filter of Mip-Splatting, Yu et al. 2024, relative to the size that they were refined at): α' = α √(|(Σ +
 * 0.3) k²| / |Σ k² + 0.3|), Σ in pixels² of their own camera, k pixels of `camera` for one of those.
 *
 * @returns f32 [N] logits
 */
export function coarseOpacity(gaussians: Gaussians, camera: Camera): Float32Array {
  const { count, means, quats, logScales, opacityLogits } = gaussians;
  const scale = (camera.fx / gaussians.camera.fx) ** 2;
  return Float32Array.from({ length: count }, (_, n) => {
    const [w, x, y, z] = quats.subarray(n * 4, n * 4 + 4);
    const norm = 1 / (w * w + x * x + y * y + z * z);
    // The first two rows of the rotation, each column stretched by its scale: Σ = M Mᵀ in the image plane.
    const rows = [
      [1 - 2 * (y * y + z * z) * norm, 2 * (x * y - w * z) * norm, 2 * (x * z + w * y) * norm],
      [2 * (x * y + w * z) * norm, 1 - 2 * (x * x + z * z) * norm, 2 * (y * z - w * x) * norm],
    ];
    const pixels = gaussians.camera.fx / means[n * 3 + 2];
    let xx = 0,
      xy = 0,
      yy = 0;
    for (let k = 0; k < 3; k++) {
      const s = (Math.exp(logScales[n * 3 + k]) * pixels) ** 2;
      xx += s * rows[0][k] * rows[0][k];
      xy += s * rows[0][k] * rows[1][k];
      yy += s * rows[1][k] * rows[1][k];
    }
    const own = ((xx + LOW_PASS) * (yy + LOW_PASS) - xy * xy) * scale * scale;
    const seen = (xx * scale + LOW_PASS) * (yy * scale + LOW_PASS) - (xy * scale) ** 2;
    const alpha = Math.min(0.999, Math.sqrt(own / seen) / (1 + Math.exp(-opacityLogits[n])));
    return Math.log(alpha / (1 - alpha));
  });
}
