import { openWebGpu, type WebGpu } from '@soliloquy/device/webgpu';
import { partsOf, unexpected } from '@soliloquy/fault';
import { SplatError } from '../splat-error.ts';
import type { BackwardVariant } from './backward.wgsl.ts';
import { Kernels } from './gpu-kernels.ts';
import { GpuReader } from './gpu-reader.ts';
import { GpuScene } from './gpu-scene.ts';

/** How a rasteriser is made on the GPU. */
export type GpuOptions = {
  /** Opens the adapter, again after a device was lost. Default: the one of this machine. */
  readonly open?: () => Promise<WebGpu>;
  /** How the backward pass carries pixels from thread to thread. Default: by the adapter. */
  readonly backward?: BackwardVariant;
  /** Names of adapters that are as good as none. */
  readonly refuse?: RegExp;
};

/** What lives and dies with a device. */
export type Session = {
  readonly gpu: WebGpu;
  readonly scene: GpuScene;
  readonly loss: GpuScene;
  readonly reader: GpuReader;
};

/** Threads of a workgroup of the backward pass: a subgroup of most adapters. */
const LANES = 32;

/** Hands a device to one call after another; a call after it was lost opens another. */
export class GpuTurns {
  readonly #options: GpuOptions;
  /** Told when what a call left on a device is no more. */
  readonly #forget: () => void;
  #session: Promise<Session> | undefined;
  #name = '';
  #turn: Promise<unknown> = Promise.resolve();
  #lost: string | undefined;
  #fault: string | undefined;
  #disposed = false;

  constructor(options: GpuOptions, forget: () => void) {
    this.#options = options;
    this.#forget = forget;
  }

  /** Of the adapter. */
  get name(): string {
    return this.#name;
  }

  /** @throws SplatError `splat.device` where there is no adapter or a kernel does not compile */
  open(): Promise<Session> {
    this.#session ??= this.#start().catch((error: unknown) => {
      this.#session = undefined;
      throw error;
    });
    return this.#session;
  }

  async #start(): Promise<Session> {
    let gpu: WebGpu;
    try {
      gpu = await (this.#options.open ?? openWebGpu)();
    } catch (cause) {
      throw new SplatError(
        { ...partsOf(unexpected(cause, 'webgpu.device', 'a device')), code: 'splat.device' },
        { cause },
      );
    }
    const { device } = gpu;
    if (this.#options.refuse?.test(gpu.name)) {
      device.destroy();
      throw new SplatError({
        code: 'splat.device',
        where: 'webgpu.adapter',
        expected: 'one that computes on a GPU',
        got: gpu.name,
        remedy: 'install its driver, or use --device cpu',
      });
    }
    this.#lost = undefined;
    this.#fault = undefined;
    void device.lost.then(({ reason, message }) => (this.#lost = `${reason}: ${message.split('\n')[0]}`));
    device.addEventListener('uncapturederror', (event) => (this.#fault ??= event.error.message.split('\n')[0]));
    this.#name = gpu.name;
    const shuffles = gpu.subgroupSize !== undefined && gpu.subgroupSize >= LANES;
    const kernels = new Kernels(device, this.#options.backward ?? { lanes: LANES, subgroups: shuffles });
    await kernels.need('draw');
    return {
      gpu,
      scene: new GpuScene(device, kernels),
      loss: new GpuScene(device, kernels),
      reader: new GpuReader(device),
    };
  }

  /** @param where names the call in faults */
  inTurn<T>(where: string, work: (session: Session) => Promise<T>): Promise<T> {
    const mine = this.#turn.then(async () => {
      if (this.#disposed)
        throw new SplatError({
          code: 'splat.state',
          where: `${where}.rasterizer`,
          expected: 'a live rasterizer',
          got: 'one that is disposed',
          remedy: 'create another',
        });
      if (this.#lost !== undefined) {
        this.#session = undefined;
        this.#forget();
      }
      const session = await this.open();
      try {
        const result = await work(session);
        if (this.#fault === undefined) return result;
      } catch (cause) {
        if (cause instanceof SplatError && this.#lost === undefined) throw cause;
        // mapping a buffer of a lost device fails before the loss itself is told
        await Promise.race([session.gpu.device.lost, new Promise((resolve) => setTimeout(resolve, 50))]);
        if (this.#lost === undefined && this.#fault === undefined) throw cause;
        throw new SplatError(
          {
            code: 'splat.device',
            where: `${where}.device`,
            expected: `${session.gpu.name} to finish`,
            got: `a device that was lost (${this.#lost ?? this.#fault})`,
            remedy: 'call again, another device is opened',
          },
          { cause },
        );
      }
      const fault = this.#fault;
      this.#fault = undefined;
      this.#forget();
      throw new SplatError({
        code: 'splat.device',
        where: `${where}.device`,
        expected: `${session.gpu.name} to take every command`,
        got: fault,
        remedy: 'this is a defect of the kernel',
        audience: 'author',
      });
    });
    this.#turn = mine.catch(() => undefined);
    return mine;
  }

  dispose(): void {
    if (this.#disposed) return;
    this.#disposed = true;
    void this.#session?.then(
      ({ gpu }) => gpu.device.destroy(),
      () => undefined,
    );
  }
}
