import type { Camera, GaussianArrays } from '../src/index.ts';

/**
 * What one would write first: the same picture in plain TypeScript, Gaussian by Gaussian over its bounding box, in
 * typed arrays. Forward only, no tiles, no SIMD, no threads; the background is one grey.
 */
export function plainRender(
  gaussians: GaussianArrays,
  camera: Camera,
  background: number,
): { color: Float32Array; transmittance: Float32Array } {
  const { width, height, fx, fy, cx, cy } = camera;
  const count = gaussians.opacityLogits.length;
  const color = new Float32Array(width * height * 3);
  const transmittance = new Float32Array(width * height).fill(1);
  const stopped = new Uint8Array(width * height);
  const order = Array.from({ length: count }, (_, g) => g).sort(
    (a, b) => gaussians.means[3 * a + 2] - gaussians.means[3 * b + 2],
  );
  for (const g of order) {
    const [x, y, z] = gaussians.means.subarray(3 * g, 3 * g + 3);
    const opacity = 1 / (1 + Math.exp(-gaussians.opacityLogits[g]));
    if (z <= 0.01 || opacity < 1 / 255) continue;
    const [qw, qx, qy, qz] = gaussians.quats.subarray(4 * g, 4 * g + 4);
    const norm = 2 / (qw * qw + qx * qx + qy * qy + qz * qz);
    const [sx, sy, sz] = gaussians.logScales.subarray(3 * g, 3 * g + 3).map(Math.exp);
    const m = [
      (1 - norm * (qy * qy + qz * qz)) * sx,
      norm * (qx * qy - qw * qz) * sy,
      norm * (qx * qz + qw * qy) * sz,
      norm * (qx * qy + qw * qz) * sx,
      (1 - norm * (qx * qx + qz * qz)) * sy,
      norm * (qy * qz - qw * qx) * sz,
      norm * (qx * qz - qw * qy) * sx,
      norm * (qy * qz + qw * qx) * sy,
      (1 - norm * (qx * qx + qy * qy)) * sz,
    ];
    let [xx, xy, yy] = [0.3, 0, 0.3];
    for (let k = 0; k < 3; k++) {
      const u = (fx * (m[k] - (x / z) * m[6 + k])) / z;
      const v = (fy * (m[3 + k] - (y / z) * m[6 + k])) / z;
      xx += u * u;
      xy += u * v;
      yy += v * v;
    }
    const det = xx * yy - xy * xy;
    const [a, b, c] = [yy / det, -xy / det, xx / det];
    const mx = (fx * x) / z + cx - 0.5;
    const my = (fy * y) / z + cy - 0.5;
    const reach = 2 * Math.log(255 * opacity);
    const [halfX, halfY] = [Math.sqrt(reach * xx), Math.sqrt(reach * yy)];
    const [red, green, blue] = gaussians.colors.subarray(3 * g, 3 * g + 3);
    for (let row = Math.max(0, Math.ceil(my - halfY)); row <= Math.min(height - 1, my + halfY); row++) {
      for (let column = Math.max(0, Math.ceil(mx - halfX)); column <= Math.min(width - 1, mx + halfX); column++) {
        const pixel = row * width + column;
        if (stopped[pixel] === 1) continue;
        const dx = column - mx;
        const dy = row - my;
        const alpha = Math.min(0.99, opacity * Math.exp(-0.5 * (a * dx * dx + c * dy * dy) - b * dx * dy));
        if (alpha < 1 / 255) continue;
        const after = transmittance[pixel] * (1 - alpha);
        if (after < 1e-4) {
          stopped[pixel] = 1;
          continue;
        }
        const weight = transmittance[pixel] * alpha;
        color[3 * pixel] += weight * red;
        color[3 * pixel + 1] += weight * green;
        color[3 * pixel + 2] += weight * blue;
        transmittance[pixel] = after;
      }
    }
  }
  for (let i = 0; i < color.length; i++) color[i] += transmittance[Math.floor(i / 3)] * background;
  return { color, transmittance };
}
