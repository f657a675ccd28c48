import { openWebGpu, type WebGpu } from '@soliloquy/device';
import { softwareAdapter } from '@soliloquy/testing';
import { GpuRasterizer } from '../src/gpu/gpu-rasterizer.ts';
import type { GpuOptions } from '../src/gpu/gpu-turns.ts';

let shared: Promise<WebGpu> | undefined;

/** One device for all rasterisers of a test file, which compiles a kernel once; another after it was lost. */
export async function sharedDevice(): Promise<WebGpu> {
  if (shared === undefined) {
    shared = openWebGpu();
    const { device } = await shared;
    void device.lost.then(() => (shared = undefined));
  }
  return shared;
}

/**
 * A rasteriser on this machine's adapter, or on chromium's software one where it is there; `undefined` where neither
 * is.
 */
export async function openGpu(options: GpuOptions = {}): Promise<GpuRasterizer | undefined> {
  Object.assign(process.env, softwareAdapter());
  return GpuRasterizer.create({ open: sharedDevice, ...options }).catch((error: unknown) => {
    if (error instanceof Error && /expected a WebGPU adapter/.test(error.message)) return undefined;
    throw error;
  });
}
