import { SplatError } from '../splat-error.ts';
import {
  GROUP,
  MOMENT_VECTORS,
  OFFSET_FLOATS,
  PIXEL_VECTORS,
  PLAIN_FLOATS,
  RADIX_BITS,
  RANGE_WORDS,
  RECORD_VECTORS,
  SORT_BLOCK,
  STATE_BYTES,
  UNIFORM_STRIDE,
} from './gpu-layout.ts';

/** What the buffers of a scene must hold. */
export type SceneSize = {
  /** Gaussians */
  readonly count: number;
  /** harmonics a channel beyond degree 0 */
  readonly rest: number;
  /** frames of offsets */
  readonly frames: number;
  /** of the largest view */
  readonly pixels: number;
  readonly tiles: number;
  /** pixels and tiles of all views of a fit together; 0 where nothing is fitted */
  readonly allPixels: number;
  readonly stepTiles: number;
  /** pixels of background images */
  readonly backgroundPixels: number;
  /** tile entries that fit */
  readonly entries: number;
  /** uniform blocks */
  readonly uniforms: number;
  readonly backward: boolean;
  readonly adam: boolean;
  /** a fit keeps its parameters within bounds */
  readonly bounded: boolean;
};

/** Bytes of every buffer of a scene; the source of what the README states. */
export function bufferBytes(size: SceneSize) {
  const { count, rest, frames, pixels, tiles, entries } = size;
  const floats = (PLAIN_FLOATS + 3 * rest) * count;
  const offsets = frames * OFFSET_FLOATS * count;
  const back = size.backward ? 1 : 0;
  const adam = size.adam ? 1 : 0;
  const blocks = Math.ceil(Math.max(count, entries) / SORT_BLOCK);
  return {
    uniforms: size.uniforms * UNIFORM_STRIDE,
    state: STATE_BYTES,
    work: 16,
    params: floats * 4,
    offsets: offsets * 4,
    records: count * RECORD_VECTORS * 16,
    counts: count * 4,
    firstEntries: count * 4,
    keysA: count * 4,
    keysB: count * 4,
    orderA: count * 4,
    orderB: count * 4,
    histogram: (blocks << RADIX_BITS) * 4,
    totals: (1 << RADIX_BITS) * 4,
    blockSums: Math.ceil(count / GROUP) * 4,
    tilesA: entries * 4,
    tilesB: entries * 4,
    entriesA: entries * 4,
    entriesB: entries * 4,
    entryGaussians: entries * 4,
    ranges: (tiles * RANGE_WORDS + 1) * 4,
    image: pixels * 16,
    depthEnds: pixels * 8,
    background: size.backgroundPixels * 12,
    // backward
    imageGradients: back * pixels * 16,
    depthGradients: back * pixels * 4,
    pixelStates: back * pixels * PIXEL_VECTORS * 16,
    moments: back * entries * MOMENT_VECTORS * 16,
    gradients: back * (floats + 2 * count) * 4,
    offsetGradients: back * offsets * 4,
    // fit
    adamMemory: adam * floats * 8,
    offsetMemory: adam * offsets * 8,
    bounds: size.bounded ? floats * 8 : 0,
    goals: size.allPixels * 16,
    weights: size.allPixels * 4,
    partials: size.allPixels > 0 ? pixels * 36 : 0,
    sums: size.stepTiles * 16,
  };
}

/** Name of a buffer. */
export type BufferName = keyof ReturnType<typeof bufferBytes>;

/** Entries from which the work of a pass would have more workgroups than one dimension takes. */
export const MOST_ENTRIES = 65535 * SORT_BLOCK;

const mib = (bytes: number): string => (bytes / 2 ** 20).toFixed(bytes < 2 ** 24 ? 1 : 0);

/**
 * Throws, before anything is allocated, if a buffer is larger than the adapter takes, and says what would fit.
 *
 * @throws SplatError `splat.memory`
 */
export function checkLimits(size: SceneSize, limits: GPUSupportedLimits): void {
  const most = Math.min(limits.maxBufferSize, limits.maxStorageBufferBindingSize);
  const fail = (what: string, needs: string, allows: string, fits: string): never => {
    throw new SplatError({
      code: 'splat.memory',
      where: `webgpu.${what}`,
      expected: `at most ${allows}`,
      got: needs,
      remedy: `${fits}, or use --device cpu`,
    });
  };
  const groups = Math.ceil(size.count / GROUP);
  if (groups > limits.maxComputeWorkgroupsPerDimension) {
    fail(
      'gaussians',
      String(size.count),
      `${limits.maxComputeWorkgroupsPerDimension * GROUP} Gaussians`,
      'use fewer Gaussians',
    );
  }
  if (size.entries > MOST_ENTRIES)
    fail(
      'entries',
      `${size.entries} of them`,
      `${MOST_ENTRIES} tile entries`,
      'use fewer or smaller Gaussians or a smaller image',
    );
  for (const [name, bytes] of Object.entries(bufferBytes(size)) as [BufferName, number][]) {
    if (bytes <= most) continue;
    const scaled = (n: number): number => Math.floor((n * most) / bytes);
    const perPixel = [
      'image',
      'depthEnds',
      'background',
      'imageGradients',
      'depthGradients',
      'pixelStates',
      'goals',
      'weights',
      'partials',
      'ranges',
      'sums',
    ].includes(name);
    const perEntry = ['tilesA', 'tilesB', 'entriesA', 'entriesB', 'entryGaussians', 'moments', 'histogram'].includes(
      name,
    );
    const fits = perPixel
      ? `images of ${scaled(Math.max(size.pixels, size.allPixels, size.backgroundPixels))} pixels fit`
      : perEntry
        ? `${scaled(size.entries)} entries of Gaussians in tiles fit: use fewer or smaller Gaussians or a smaller image`
        : `${scaled(size.count)} Gaussians fit`;
    fail(name, `${mib(bytes)} MiB in one buffer`, `${mib(most)} MiB`, fits);
  }
}

/** The buffers of a scene on the device; those that are large enough already are kept. */
export class GpuBuffers {
  readonly #device: GPUDevice;
  readonly #held = new Map<string, GPUBuffer>();

  constructor(device: GPUDevice) {
    this.#device = device;
  }

  /** Bytes held on the device now. */
  get bytes(): number {
    return [...this.#held.values()].reduce((sum, buffer) => sum + buffer.size, 0);
  }

  /** @throws SplatError `splat.memory` when the adapter or the device has no room */
  async reserve(size: SceneSize): Promise<void> {
    checkLimits(size, this.#device.limits);
    this.#device.pushErrorScope('out-of-memory');
    for (const [name, bytes] of Object.entries(bufferBytes(size)) as [BufferName, number][]) {
      // every binding needs a buffer, of 16 bytes at least, also of what there is nothing of
      const needed = Math.max(64, Math.ceil(bytes / 16) * 16);
      const held = this.#held.get(name);
      if (held !== undefined && held.size >= needed) continue;
      held?.destroy();
      const usage =
        GPUBufferUsage.COPY_SRC |
        GPUBufferUsage.COPY_DST |
        (name === 'uniforms' ? GPUBufferUsage.UNIFORM : GPUBufferUsage.STORAGE) |
        (name === 'work' ? GPUBufferUsage.INDIRECT : 0);
      this.#held.set(name, this.#device.createBuffer({ label: name, size: needed, usage }));
    }
    const failed = await this.#device.popErrorScope();
    if (failed === null) return;
    const total = Object.values(bufferBytes(size)).reduce((sum, bytes) => sum + bytes, 0);
    this.destroy();
    throw new SplatError({
      code: 'splat.memory',
      where: 'webgpu.memory',
      expected: `room for ${mib(total)} MiB`,
      got: 'a refusal of the device',
      remedy: 'use fewer Gaussians or a smaller image, or use --device cpu',
    });
  }

  get(name: BufferName): GPUBuffer {
    const buffer = this.#held.get(name);
    if (buffer === undefined)
      throw new SplatError({
        code: 'splat.state',
        where: 'webgpu.buffers',
        expected: `${name} to be reserved`,
        got: 'none',
        remedy: 'this is a defect of the kernel',
      });
    return buffer;
  }

  destroy(): void {
    for (const buffer of this.#held.values()) buffer.destroy();
    this.#held.clear();
  }
}
