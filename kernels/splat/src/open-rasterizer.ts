import { SOFTWARE_ADAPTER, type DeviceChoice } from '@soliloquy/device/webgpu';
import type { RasterizerOptions } from './bind.ts';
import { CpuRasterizer } from './cpu-rasterizer.ts';
import { GpuRasterizer } from './gpu/gpu-rasterizer.ts';
import type { DeviceRasterizer } from './rasterizer.ts';
import { SplatError } from './splat-error.ts';

/** How a rasteriser is opened on either device. */
export type OpenOptions = RasterizerOptions & {
  /**
   * Default `auto`: the GPU where there is one, unless it is a driver in software, which is slower than the CPU's own.
   */
  readonly device?: DeviceChoice;
};

/**
 * The rasteriser on the device of choice.
 *
 * @throws SplatError `splat.device` where `webgpu` is asked for and there is none; what `createRasterizer` throws
 */
export async function openRasterizer({ device = 'auto', ...options }: OpenOptions = {}): Promise<DeviceRasterizer> {
  if (device === 'webgpu') return GpuRasterizer.create();
  if (device === 'auto') {
    const gpu = await GpuRasterizer.create({ refuse: SOFTWARE_ADAPTER }).catch((error: unknown) => {
      if (error instanceof SplatError && error.code === 'splat.device') return undefined;
      throw error;
    });
    if (gpu !== undefined) return gpu;
  }
  return CpuRasterizer.create(options);
}
