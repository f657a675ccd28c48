import { backwardWgsl } from './backward.wgsl.ts';
import type { BackwardVariant } from './backward.wgsl.ts';
import { PIXELS_WGSL } from './backward.wgsl.ts';
import { FORWARD_WGSL } from './forward.wgsl.ts';
import { GATHER_WGSL } from './gather.wgsl.ts';
import { LOSS_GRADIENT_WGSL, LOSS_MAP_WGSL } from './image-loss.wgsl.ts';
import { ADAM_WGSL, CONCLUDE_WGSL } from './optimise.wgsl.ts';
import { PROJECT_WGSL } from './project.wgsl.ts';
import { SORT_COUNT_WGSL, SORT_SCAN_WGSL, SORT_SCATTER_WGSL } from './sort.wgsl.ts';
import { ENTRY_SCAN_WGSL, ENTRY_SUMS_WGSL, LIST_TILES_WGSL, RANGES_WGSL } from './tiles.wgsl.ts';

/** One compute pipeline: binding 0 is a uniform at an offset that is given with the dispatch, then its storage buffers in order. */
export type Kernel = { readonly pipeline: GPUComputePipeline; readonly layout: GPUBindGroupLayout; readonly buffers: number };

/** Every kernel of the rasteriser. */
export type Kernels = Readonly<Record<keyof ReturnType<typeof sources>, Kernel>>;

/** WGSL of every kernel. */
function sources(variant: BackwardVariant) {
  return {
    project: PROJECT_WGSL,
    sortCount: SORT_COUNT_WGSL,
    sortScan: SORT_SCAN_WGSL,
    sortScatter: SORT_SCATTER_WGSL,
    entrySums: ENTRY_SUMS_WGSL,
    entryScan: ENTRY_SCAN_WGSL,
    listTiles: LIST_TILES_WGSL,
    ranges: RANGES_WGSL,
    forward: FORWARD_WGSL,
    pixels: PIXELS_WGSL,
    backward: backwardWgsl(variant),
    gather: GATHER_WGSL,
    lossMap: LOSS_MAP_WGSL,
    lossGradient: LOSS_GRADIENT_WGSL,
    conclude: CONCLUDE_WGSL,
    adam: ADAM_WGSL,
  };
}

/** Compiles all kernels. Layouts come from the storage declarations of the WGSL, which are therefore written once. */
export async function compileKernels(device: GPUDevice, variant: BackwardVariant): Promise<Kernels> {
  const made = Object.entries(sources(variant)).map(async ([label, code]): Promise<[string, Kernel]> => {
    const storage = [...code.matchAll(/@binding\((\d+)\) var<storage, (read|read_write)>/g)];
    const layout = device.createBindGroupLayout({
      label,
      entries: [
        { binding: 0, visibility: GPUShaderStage.COMPUTE, buffer: { type: 'uniform', hasDynamicOffset: true } },
        ...storage.map(([, binding, access]): GPUBindGroupLayoutEntry => ({
          binding: Number(binding),
          visibility: GPUShaderStage.COMPUTE,
          buffer: { type: access === 'read' ? 'read-only-storage' : 'storage' },
        })),
      ],
    });
    const module = device.createShaderModule({ label, code });
    const pipeline = await device.createComputePipelineAsync({ label, layout: device.createPipelineLayout({ bindGroupLayouts: [layout] }), compute: { module, entryPoint: 'main' } });
    return [label, { pipeline, layout, buffers: storage.length }];
  });
  return Object.fromEntries(await Promise.all(made)) as Kernels;
}
