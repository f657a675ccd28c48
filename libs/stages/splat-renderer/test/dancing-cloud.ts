import type { Camera, Gaussians, Image, ParticleDeformation } from '@soliloquy/ports';
import { seededRandom } from '@soliloquy/testing';

export const camera: Camera = {
  width: 64,
  height: 96,
  fx: 240,
  fy: 240,
  cx: 32,
  cy: 48,
  worldToCamera: [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1],
};

/** A blob of Gaussians in the middle third of the picture. */
export function cloud(count: number, seed: number): Gaussians {
  const random = seededRandom(seed);
  const signed = (): number => 2 * random() - 1;
  return {
    count,
    camera,
    means: Float32Array.from(
      { length: count * 3 },
      (_, i) => [0.2 * signed(), 0.3 * signed(), 5 + 0.1 * signed()][i % 3],
    ),
    quats: Float32Array.from({ length: count * 4 }, (_, i) => (i % 4 === 0 ? 1.5 : 0) + signed()),
    logScales: Float32Array.from({ length: count * 3 }, () => Math.log(0.02) + 0.5 * signed()),
    opacityLogits: Float32Array.from({ length: count }, () => 1 + signed()),
    colors: Float32Array.from({ length: count * 3 }, () => random()),
    regions: new Uint8Array(count),
  };
}

/** Two particles that carry the cloud about: the left of it one way, the right of it the other. */
export function dance(gaussians: Gaussians, frames: number): ParticleDeformation {
  const turn = (frame: number): number[] => [Math.cos(0.1 * frame), 0, 0, Math.sin(0.1 * frame)];
  const each = <T>(make: (frame: number) => T[]): T[] =>
    Array.from({ length: frames }, (_, frame) => make(frame)).flat();
  return {
    kind: 'particles',
    frames,
    fps: 25,
    count: gaussians.count,
    particles: 2,
    neighbours: 2,
    positions: Float32Array.from([-0.1, 0, 5, 0.1, 0, 5]),
    regions: new Uint8Array(2),
    indices: Int32Array.from({ length: gaussians.count * 2 }, (_, i) => i % 2),
    weights: Float32Array.from(
      { length: gaussians.count * 2 },
      (_, i) =>
        (i % 2 === 0 ? 1 : 0) + (i % 2 === 0 ? -1 : 1) * (gaussians.means[Math.floor(i / 2) * 3] > 0 ? 0.8 : 0.2),
    ),
    translations: Float32Array.from(each((frame) => [0.01 * frame, 0, 0, 0, -0.02 * frame, 0])),
    rotations: Float32Array.from(each((frame) => [...turn(frame), ...turn(-frame)])),
    logScaleOffsets: Float32Array.from(each((frame) => [0, 0, 0, 0.05 * frame, 0.05 * frame, 0.05 * frame])),
  };
}

/** A picture in which every byte occurs. */
export function backdrop(width: number, height: number): Image {
  return {
    width,
    height,
    data: Uint8ClampedArray.from({ length: width * height * 4 }, (_, i) => (i % 4 === 3 ? 255 : (i * 7) % 256)),
  };
}
