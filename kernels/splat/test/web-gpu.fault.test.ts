import { expect, test } from 'vitest';
import { bufferBytes, checkLimits, type SceneSize } from '../src/gpu/gpu-buffers.ts';

const size = (change: Partial<SceneSize>): SceneSize => ({
  count: 1_000_000,
  rest: 0,
  frames: 0,
  pixels: 2 ** 20,
  tiles: 4096,
  allPixels: 2 ** 20,
  stepTiles: 4096,
  backgroundPixels: 0,
  entries: 6_000_000,
  uniforms: 64,
  backward: true,
  adam: true,
  bounded: false,
  ...change,
});
const limits = (mib: number) =>
  ({
    maxBufferSize: mib * 2 ** 20,
    maxStorageBufferBindingSize: mib * 2 ** 20,
    maxComputeWorkgroupsPerDimension: 65535,
  }) as GPUSupportedLimits;

test.each<[string, SceneSize, number, RegExp]>([
  [
    'Gaussians',
    size({ count: 4_000_000 }),
    128,
    /^webgpu\.params: expected at most 128 MiB, got 214 MiB in one buffer; 2396745 Gaussians fit, or use --device cpu$/,
  ],
  [
    'tile entries',
    size({}),
    128,
    /^webgpu\.moments: expected at most 128 MiB, got 275 MiB in one buffer; 2796202 entries .* fit: .*--device cpu$/,
  ],
  [
    'pixels',
    size({ count: 10, entries: 10, pixels: 2 ** 26, allPixels: 0 }),
    512,
    /^webgpu\.image: expected at most 512 MiB, got 1024 MiB in one buffer; images of 33554432 pixels fit, /,
  ],
  [
    'workgroups',
    size({ count: 17_000_000 }),
    4096,
    /^webgpu\.gaussians: expected at most 16776960 Gaussians, got 17000000; use fewer Gaussians, or use --device cpu$/,
  ],
])(
  'more %s than the adapter takes are refused before anything is allocated, with what would fit',
  (_, asked, mib, message) => {
    expect(() => checkLimits(asked, limits(mib))).toThrow(message);
    expect(() => checkLimits(size({}), limits(4096))).not.toThrow();
  },
);

test('a million Gaussians at 1024² with gradients and Adam take less than 1.5 GiB', () => {
  const total = (change: Partial<SceneSize>): number =>
    Object.values(bufferBytes(size(change))).reduce((sum, bytes) => sum + bytes, 0);
  expect(total({})).toBeLessThan(0.81 * 2 ** 30);
  expect(total({ rest: 15 })).toBeLessThan(1.5 * 2 ** 30);
  // what the README states: bytes a Gaussian, of which harmonics, and a tile entry
  expect((total({ count: 2_000_000 }) - total({})) / 1e6).toBeCloseTo(304, 0);
  expect((total({ count: 2_000_000, rest: 15 }) - total({ rest: 15 })) / 1e6 - 304).toBeCloseTo(720, 0);
  expect((total({ entries: 8_000_000 }) - total({})) / 2e6).toBeCloseTo(68.5, 0);
});
