import { createRequire } from 'node:module';
import type { GPU as GpuClass } from 'gpu.js';
import { Fault } from '@soliloquy/fault';
import { gatherKernel } from './gather-kernel.ts';
import type { Planes } from './planes.ts';

/** Where a gather computes. `webgpu` falls back to WebAssembly where there is no adapter. */
export interface GatherEngine {
  readonly device: 'cpu' | 'webgpu';
  /** threads of the WebAssembly backend */
  readonly threads: number;
}

/** A compiled gather from one picture: as many points a call as it was made for. */
export interface Gather {
  /** number of points a call takes: what was asked for, rounded up to four */
  readonly points: number;
  /** what runs it, in gpu.js' words */
  readonly backend: () => string;
  /**
   * @param xs f32 [points] pixels of the source, pixel centres at .5
   * @param ys f32 [points]
   * @returns  one f32 [points] for each plane; valid until the next call
   */
  sample(xs: Float32Array, ys: Float32Array): Promise<readonly Float32Array[]>;
  /** Ends its threads. */
  close(): Promise<void>;
}

/**
 * Compiles the bicubic gather for one source picture: output points -> source coordinates -> values (see
 * `gatherKernel`). The picture is a constant of the kernel, so a call moves only coordinates and results.
 *
 * @param source planes to sample
 * @param points points a call
 */
export async function createGather(source: Planes, points: number, engine: GatherEngine): Promise<Gather> {
  if (source.data.length !== source.count * source.width * source.height) {
    throw new Fault({
      code: 'image.argument',
      where: 'image-kernels.gather.source',
      expected: `f32 [${source.count}, ${source.height}, ${source.width}]`,
      got: `f32 [${source.data.length}]`,
      audience: 'author',
    });
  }
  const GPU = await loadGpu(engine.device);
  // Rows of a multiple of four run on SIMD; the rest of a row would fall back to the scalar body.
  const padded = Math.max(4, Math.ceil(points / 4) * 4);
  const threaded = engine.device === 'webgpu' || engine.threads > 1;
  const gpu = new GPU({ mode: threaded ? 'async' : 'webasm' });
  const kernel = gpu.createKernel(gatherKernel, {
    output: [padded, source.count],
    precision: 'single',
    poolSize: engine.threads,
    constants: {
      source: source.data as unknown as number[],
      width: source.width,
      plane: source.width * source.height,
      right: source.width - 1,
      bottom: source.height - 1,
    },
  });
  return {
    points: padded,
    backend: () => (kernel as unknown as { kernel: { constructor: { name: string } } }).kernel.constructor.name,
    async sample(xs, ys) {
      if (xs.length !== padded || ys.length !== padded)
        throw new Fault({
          code: 'image.argument',
          where: 'image-kernels.gather.points',
          expected: `f32 [${padded}] twice`,
          got: `[${xs.length}] and [${ys.length}]`,
          audience: 'author',
        });
      return (await kernel(xs as unknown as number[], ys as unknown as number[])) as unknown as Float32Array[];
    },
    async close() {
      await gpu.destroy();
    },
  };
}

/** gpu.js, with `navigator.gpu` set first where a GPU is wanted: it looks there once. */
async function loadGpu(device: GatherEngine['device']): Promise<typeof GpuClass> {
  if (device === 'webgpu' && !('gpu' in navigator && navigator.gpu)) {
    const { create, globals } = await import('webgpu');
    Object.assign(globalThis, globals);
    Object.defineProperty(navigator, 'gpu', { value: create([]), configurable: true });
  }
  return (createRequire(import.meta.url)('gpu.js') as { GPU: typeof GpuClass }).GPU;
}
