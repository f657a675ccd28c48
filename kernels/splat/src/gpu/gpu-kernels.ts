import { SplatError } from '../splat-error.ts';
import { backwardWgsl, PIXELS_WGSL, type BackwardVariant } from './backward.wgsl.ts';
import { FORWARD_WGSL } from './forward.wgsl.ts';
import { GATHER_WGSL } from './gather.wgsl.ts';
import { LOSS_GRADIENT_WGSL, LOSS_MAP_WGSL } from './image-loss.wgsl.ts';
import { ADAM_WGSL, CONCLUDE_WGSL } from './optimise.wgsl.ts';
import { PROJECT_WGSL } from './project.wgsl.ts';
import { SORT_COUNT_WGSL, SORT_SCAN_WGSL, SORT_SCATTER_WGSL } from './sort.wgsl.ts';
import { ENTRY_SCAN_WGSL, ENTRY_SUMS_WGSL, LIST_TILES_WGSL } from './tiles.wgsl.ts';

/**
 * One compute pipeline: binding 0 is a uniform at an offset that is given with the dispatch, then its storage buffers
 * in order.
 */
export type Kernel = { readonly pipeline: GPUComputePipeline; readonly layout: GPUBindGroupLayout };

/** WGSL of every kernel, in the sets in which they are needed. */
function sources(variant: BackwardVariant) {
  return {
    draw: {
      project: PROJECT_WGSL,
      sortCount: SORT_COUNT_WGSL,
      sortScan: SORT_SCAN_WGSL,
      sortScatter: SORT_SCATTER_WGSL,
      entrySums: ENTRY_SUMS_WGSL,
      entryScan: ENTRY_SCAN_WGSL,
      listTiles: LIST_TILES_WGSL,
      forward: FORWARD_WGSL,
    },
    differentiate: { pixels: PIXELS_WGSL, backward: backwardWgsl(variant), gather: GATHER_WGSL },
    compare: { lossMap: LOSS_MAP_WGSL, lossGradient: LOSS_GRADIENT_WGSL },
    optimise: { conclude: CONCLUDE_WGSL, adam: ADAM_WGSL },
  };
}

type Sources = ReturnType<typeof sources>;

/** What a caller is about to do. */
export type KernelSet = keyof Sources;
type NamesOf<S> = S extends unknown ? keyof S : never;
export type KernelName = NamesOf<Sources[KernelSet]>;

/**
 * The rasteriser's kernels, compiled when they are first needed. Layouts come from the storage declarations of the
 * WGSL, which are therefore written once.
 */
export class Kernels {
  readonly #device: GPUDevice;
  readonly #sources: Sources;
  readonly #ready = new Map<string, Kernel>();
  readonly #sets = new Map<KernelSet, Promise<void>>();

  constructor(device: GPUDevice, variant: BackwardVariant) {
    this.#device = device;
    this.#sources = sources(variant);
  }

  /** Resolves once the sets are compiled. */
  async need(...sets: readonly KernelSet[]): Promise<void> {
    for (const set of sets)
      if (!this.#sets.has(set))
        this.#sets.set(
          set,
          Promise.all(Object.entries(this.#sources[set]).map(([label, code]) => this.#compile(label, code))).then(
            () => undefined,
          ),
        );
    await Promise.all(sets.map((set) => this.#sets.get(set)));
  }

  get(name: KernelName): Kernel {
    const kernel = this.#ready.get(name);
    if (kernel === undefined)
      throw new SplatError({
        code: 'splat.state',
        where: 'webgpu.kernels',
        expected: `${name} to be compiled`,
        got: 'a kernel that is not',
        remedy: 'this is a defect of the kernel',
        audience: 'author',
      });
    return kernel;
  }

  async #compile(label: string, code: string): Promise<void> {
    const device = this.#device;
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
    try {
      const module = device.createShaderModule({ label, code });
      const pipeline = await device.createComputePipelineAsync({
        label,
        layout: device.createPipelineLayout({ bindGroupLayouts: [layout] }),
        compute: { module, entryPoint: 'main' },
      });
      this.#ready.set(label, { pipeline, layout });
    } catch (cause) {
      throw new SplatError(
        {
          code: 'splat.device',
          where: 'webgpu.kernels',
          expected: `${label} to compile`,
          got: 'a refusal of the adapter',
          remedy: 'use --device cpu',
        },
        { cause },
      );
    }
  }
}
