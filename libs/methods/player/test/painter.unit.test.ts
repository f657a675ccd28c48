import { describe, expect, test } from 'vitest';
import { allocateDeformed, evaluateDeformation } from '@soliloquy/gaussian-cloud';
import { orbitCamera } from '@soliloquy/gaussian-cloud/orbit';
import { openRasterizer } from '@soliloquy/splat';
import { decodeSafetensors } from '@soliloquy/tensor/safetensors';
import { smallContents } from '../../avatar-file/test/small-avatar.ts';
import { Painter } from '../src/painter/painter.ts';

const { gaussians: drawn, space } = smallContents();
const gaussians = { ...drawn, means: drawn.means.map((x, i) => (i % 3 === 2 ? 5 : 0.3 * x)) };
const rig = space.files['rig.safetensors'];
const { positions, regions, indices, weights } = decodeSafetensors(rig).tensors;
const P = regions.shape[0];
const pose = {
  translations: Float32Array.from({ length: P * 3 }, (_, i) => 0.1 * Math.sin(i)),
  rotations: Float32Array.from({ length: P * 4 }, (_, i) => (i % 4 === 0 ? 1 : 0.1)),
  logScaleOffsets: new Float32Array(P * 3).fill(-1),
};
const size = { width: 40, height: 60 };
const front = { orbit: { yaw: 0, pitch: 0, distance: 1 }, size };
const painter = new Painter({ camera: gaussians.camera, gaussians, rig });
const grey = new Float32Array(size.width * size.height * 3).fill(0.5);

/** What the renderer of films draws. */
async function expected(background: [number, number, number] | Float32Array) {
  const deformation = {
    kind: 'particles' as const,
    frames: 1,
    fps: 25,
    count: gaussians.count,
    particles: P,
    positions: positions.data as Float32Array,
    regions: regions.data as Uint8Array,
    neighbours: weights.shape[1],
    indices: indices.data as Int32Array,
    weights: weights.data as Float32Array,
    ...pose,
  };
  const deformed = allocateDeformed(gaussians);
  evaluateDeformation(gaussians, deformation, 0, deformed);
  const rasterizer = await openRasterizer({ device: 'cpu' });
  const camera = orbitCamera(gaussians.camera, [0, 0, 5], front.orbit, size);
  const { color, transmittance } = await rasterizer.render(deformed, camera, background);
  rasterizer.dispose();
  return { color, transmittance };
}

describe('a painter', () => {
  test('draws a pose as films are drawn', async () => {
    const rasterizer = await openRasterizer({ device: 'cpu' });
    const { pixels } = await painter.paint(rasterizer, pose, { ...front, isTransparent: false }, () => grey);
    const { color } = await expected(grey);
    expect(color.some((value) => Math.abs(value - 0.5) > 0.1)).toBe(true);
    for (let p = 0; p < size.width * size.height; p++) {
      for (let c = 0; c < 3; c++) {
        const wanted = Math.min(255, Math.max(0, 255 * color[p * 3 + c]));
        expect(Math.abs(pixels[p * 4 + c] - wanted)).toBeLessThanOrEqual(0.5);
      }
      expect(pixels[p * 4 + 3]).toBe(255);
    }
    rasterizer.dispose();
  });

  test('leaves out what is behind, with colours that are as they were when laid over anything', async () => {
    const rasterizer = await openRasterizer({ device: 'cpu' });
    const { pixels } = await painter.paint(rasterizer, pose, { ...front, isTransparent: true }, () => grey);
    const { color } = await expected(grey);
    expect(pixels.some((value, i) => i % 4 === 3 && value === 0)).toBe(true);
    for (let p = 0; p < size.width * size.height; p++) {
      const alpha = pixels[p * 4 + 3] / 255;
      for (let c = 0; c < 3; c++) {
        const over = alpha * pixels[p * 4 + c] + (1 - alpha) * 127.5;
        const wanted = Math.min(255, Math.max(0, 255 * color[p * 3 + c]));
        expect(Math.abs(over - wanted)).toBeLessThan(1.5);
      }
    }
    rasterizer.dispose();
  });

  test('says how far the lips are apart', () => {
    const opened = { ...pose, translations: new Float32Array(P * 3) };
    const rest = painter.openingOf(opened);
    expect(painter.openingOf(undefined)).toBeCloseTo(rest, 6);
    // lowerLip is particle 4
    opened.translations[4 * 3 + 1] = 0.25;
    expect(painter.openingOf(opened) - rest).toBeCloseTo(0.25, 5);
  });
});
