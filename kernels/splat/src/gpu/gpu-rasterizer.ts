import { openWebGpu, type WebGpu } from '@soliloquy/device/webgpu';
import { partsOf, unexpected } from '@soliloquy/fault';
import { backgroundGradient } from '../background-gradient.ts';
import type { BackwardOptions, LossOptions, RenderOptions } from '../bind.ts';
import { checkFit, checkOffsets, checkView, type FitProblem, type FitResult } from '../fit.ts';
import { allocateGradients, GROUP_WIDTHS, wantedGroups } from '../gradient-groups.ts';
import { checkImageLoss, sumOfWeights } from '../image-loss-input.ts';
import type { DeviceRasterizer } from '../rasterizer.ts';
import type {
  Background,
  Camera,
  FrameOffsets,
  FrameView,
  GaussianArrays,
  GaussianGradients,
  ImageLoss,
  ImageLossInput,
  OutputGradient,
  RenderOutput,
} from '../scene.ts';
import { SplatError } from '../splat-error.ts';
import {
  allocateOutput,
  checkBackground,
  checkCamera,
  checkFloats,
  checkGaussians,
  failGaussian,
  failNotFinite,
  restOf,
} from '../validate.ts';
import type { BackwardVariant } from './backward.wgsl.ts';
import { readOutputs, recordViews, stagingBytes } from './draw-views.ts';
import type { SceneSize } from './gpu-buffers.ts';
import { fitOnGpu } from './gpu-fit.ts';
import { Kernels } from './gpu-kernels.ts';
import {
  FLAG_DEPTH_GRADIENT,
  FLAG_WEIGHTS,
  NONE,
  STATE_BAD,
  STATE_BYTES,
  STATE_ENTRIES,
  STATE_NEEDED,
  STATE_VISIBLE,
} from './gpu-layout.ts';
import { GpuReader } from './gpu-reader.ts';
import { FIRST_FRAME, GpuScene, onePass, tilesOf, type FrameUniform } from './gpu-scene.ts';
import { frameOf, lossFactors, PARAMETER_ORDER, roomFor, uploadGaussians, withFourth } from './gpu-upload.ts';

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
type Session = { readonly gpu: WebGpu; readonly scene: GpuScene; readonly loss: GpuScene; readonly reader: GpuReader };

type Drawn = {
  readonly count: number;
  readonly rest: number;
  readonly camera: Camera;
  readonly background: Background;
  readonly frame: FrameUniform;
};

/**
 * Entries that a scene is first given room for: about what a picture of small Gaussians asks for. A frame that needs
 * more is drawn again.
 */
const firstEntries = (count: number): number => Math.max(4096, 4 * count);

/** A scene that nothing is fitted in and nothing is differentiated in. */
const PLAIN = {
  frames: 0,
  allPixels: 0,
  stepTiles: 0,
  uniforms: FIRST_FRAME + 1,
  backward: false,
  adam: false,
  bounded: false,
} as const;

/**
 * The rasteriser in WGSL. A frame needs no readback: it is projected, sorted and drawn in one submission, with room for
 * so many tile entries; a frame that asks for more is seen in the report that comes back with the picture, and drawn
 * again with more room.
 */
export class GpuRasterizer implements DeviceRasterizer {
  readonly device = 'webgpu';
  readonly #options: GpuOptions;
  #session: Promise<Session> | undefined;
  #name = '';
  #turn: Promise<unknown> = Promise.resolve();
  #drawn: Drawn | undefined;
  #entries = 0;
  #lost: string | undefined;
  #fault: string | undefined;
  #disposed = false;
  #statistics = { visible: 0, entries: 0, dispatches: 0, bytes: 0 };

  private constructor(options: GpuOptions) {
    this.#options = options;
  }

  /** @throws SplatError `splat.device` where there is no adapter or a kernel does not compile */
  static async create(options: GpuOptions = {}): Promise<GpuRasterizer> {
    const rasterizer = new GpuRasterizer(options);
    await rasterizer.#open();
    return rasterizer;
  }

  get name(): string {
    return this.#name;
  }

  render(
    gaussians: GaussianArrays,
    camera: Camera,
    background: Background,
    options: RenderOptions = {},
  ): Promise<RenderOutput> {
    return this.#inTurn('render', async (session) => {
      // a render that is refused leaves none to differentiate
      this.#drawn = undefined;
      const count = checkGaussians('render', gaussians);
      checkCamera('render.camera', camera);
      const image = checkBackground('render.background', background, camera);
      if (image) checkFinite('render.background', background);
      const output = allocateOutput(camera, options.depth ?? options.into?.depth !== undefined, options.into);
      const rest = restOf(gaussians);
      await this.#draw(session, gaussians, undefined, [{ camera, background }], options.compensateOpacity ?? false, [
        output,
      ]);
      const frame = frameOf(gaussians, camera, background, options.compensateOpacity ?? false, this.#entries);
      this.#drawn = { count, rest, camera, background, frame };
      return output;
    });
  }

  renderFrames(
    gaussians: GaussianArrays,
    offsets: FrameOffsets | undefined,
    views: readonly FrameView[],
    options: Omit<RenderOptions, 'into' | 'lend'> = {},
  ): Promise<RenderOutput[]> {
    return this.#inTurn('renderFrames', async (session) => {
      this.#drawn = undefined;
      const frames = checkOffsets('renderFrames', offsets, checkGaussians('renderFrames', gaussians));
      for (const [v, view] of views.entries()) {
        checkView(`renderFrames.views[${v}]`, view, frames);
        if (view.background instanceof Float32Array)
          checkFinite(`renderFrames.views[${v}].background`, view.background);
      }
      const outputs = views.map((view) => allocateOutput(view.camera, options.depth ?? false, undefined));
      await this.#draw(session, gaussians, offsets, views, options.compensateOpacity ?? false, outputs);
      return outputs;
    });
  }

  backward(gradient: OutputGradient, options: BackwardOptions = {}): Promise<GaussianGradients> {
    return this.#inTurn('backward', async ({ scene, reader }) => {
      if (this.#drawn === undefined)
        throw new SplatError({
          code: 'splat.state',
          where: 'backward.render',
          expected: 'a render before it',
          got: 'none that succeeded',
          remedy: 'call render first',
        });
      const { count, rest, camera, background, frame } = this.#drawn;
      const pixels = camera.width * camera.height;
      const shape = `with H=${camera.height}, W=${camera.width}`;
      checkFloats('backward.color', gradient.color, pixels * 3, `[H, W, 3] ${shape}`);
      checkFinite('backward.color', gradient.color);
      for (const name of ['transmittance', 'depth'] as const) {
        const values = gradient[name];
        if (values === undefined) continue;
        checkFloats(`backward.${name}`, values, pixels, `[H, W] ${shape}`);
        checkFinite(`backward.${name}`, values);
      }
      const groups = wantedGroups(options.groups);
      const result = allocateGradients(count, rest, background, groups, options.into);
      await scene.kernels.need('differentiate');
      await scene.reserve({ ...this.#size(count, rest, camera, background), backward: true });
      const interleaved = new Float32Array(pixels * 4);
      for (let i = 0; i < pixels; i++) {
        interleaved.set(gradient.color.subarray(3 * i, 3 * i + 3), 4 * i);
        interleaved[4 * i + 3] = gradient.transmittance?.[i] ?? 0;
      }
      const { queue } = scene.device;
      queue.writeBuffer(scene.buffers.get('imageGradients'), 0, interleaved);
      if (gradient.depth !== undefined)
        queue.writeBuffer(scene.buffers.get('depthGradients'), 0, gradient.depth as Float32Array<ArrayBuffer>);
      scene.writeFrame(FIRST_FRAME, {
        ...frame,
        flags: frame.flags | (gradient.depth === undefined ? 0 : FLAG_DEPTH_GRADIENT),
      });
      const encoder = scene.device.createCommandEncoder();
      const recorder = onePass(encoder);
      scene.backward(recorder, FIRST_FRAME, count, camera);
      recorder.finish();
      // what was not asked for stays there
      const wanted: { name: (typeof PARAMETER_ORDER)[number] | 'means2d'; from: number; length: number }[] = [];
      let from = 0;
      for (const name of [...PARAMETER_ORDER, 'means2d'] as const) {
        const length = count * (name === 'shRest' ? 3 * rest : GROUP_WIDTHS[name]);
        if (groups.has(name)) wanted.push({ name, from, length });
        from += length;
      }
      const all = scene.buffers.get('gradients');
      const [image, ...parts] = await reader.read(encoder, [
        [scene.buffers.get('image'), 0, groups.has('background') ? pixels * 16 : 0],
        ...wanted.map((each) => [all, each.from * 4, each.length * 4] as const),
      ]);
      for (const [i, { name }] of wanted.entries()) result[name]?.set(new Float32Array(parts[i]));
      if (groups.has('background'))
        backgroundGradient(new Float32Array(image), gradient.color, background, result.background, 4, 3);
      return result;
    });
  }

  imageLoss(input: ImageLossInput, options: LossOptions = {}): Promise<ImageLoss> {
    return this.#inTurn('imageLoss', async ({ loss: scene, reader }) => {
      const { width, height, image, target, weights, ssimWeight = 0.2 } = input;
      checkImageLoss(input, options.into);
      const pixels = width * height;
      const gradient = options.into ?? new Float32Array(pixels * 3);
      checkFinite('imageLoss.image', image);
      checkFinite('imageLoss.target', target);
      const total = sumOfWeights(weights, pixels);
      const [tilesX, tilesY] = tilesOf(input);
      await scene.kernels.need('compare');
      await scene.reserve({
        ...PLAIN,
        count: 0,
        rest: 0,
        pixels,
        tiles: tilesX * tilesY,
        allPixels: pixels,
        stepTiles: tilesX * tilesY,
        backgroundPixels: 0,
        entries: 0,
        backward: true,
      });
      const { queue } = scene.device;
      queue.writeBuffer(scene.buffers.get('image'), 0, withFourth(image));
      queue.writeBuffer(scene.buffers.get('goals'), 0, withFourth(target));
      if (weights !== undefined)
        queue.writeBuffer(scene.buffers.get('weights'), 0, weights as Float32Array<ArrayBuffer>);
      const camera = { width, height, fx: 1, fy: 1, cx: 0, cy: 0, worldToCamera: new Float32Array(12) };
      scene.writeFrame(FIRST_FRAME, {
        camera,
        background: [0, 0, 0],
        count: 0,
        rest: 0,
        capacity: 0,
        flags: weights === undefined ? 0 : FLAG_WEIGHTS,
        loss: lossFactors(ssimWeight, total, 0, pixels),
      });
      const encoder = scene.device.createCommandEncoder();
      const recorder = onePass(encoder);
      scene.loss(recorder, FIRST_FRAME, camera);
      recorder.finish();
      const [values, tiles] = await reader.read(encoder, [
        [scene.buffers.get('imageGradients'), 0, pixels * 16],
        [scene.buffers.get('sums'), 0, tilesX * tilesY * 16],
      ]);
      const from = new Float32Array(values);
      for (let i = 0; i < pixels; i++) for (let c = 0; c < 3; c++) gradient[3 * i + c] = from[4 * i + c];
      const sums = new Float32Array(tiles);
      let l1 = 0;
      let ssim = 0;
      for (let i = 0; i < sums.length; i += 4) {
        l1 += sums[i];
        ssim += sums[i + 1];
      }
      return {
        value: (1 - ssimWeight) * l1 + (ssimWeight > 0 ? ssimWeight * (1 - ssim) : 0),
        l1,
        ssim: ssimWeight > 0 ? ssim : Number.NaN,
        gradient,
      };
    });
  }

  fit(problem: FitProblem): Promise<FitResult> {
    return this.#inTurn('fit', async ({ scene, reader }) => {
      this.#drawn = undefined;
      const checked = checkFit(problem);
      await scene.kernels.need('differentiate', 'compare', 'optimise');
      const fitted = await fitOnGpu(scene, reader, checked, Math.max(this.#entries, firstEntries(checked.count)));
      this.#entries = fitted.entries;
      return fitted.result;
    });
  }

  /** What the last render cost. */
  statistics(): {
    readonly visible: number;
    readonly entries: number;
    readonly dispatches: number;
    readonly bytes: number;
  } {
    return this.#statistics;
  }

  dispose(): void {
    if (this.#disposed) return;
    this.#disposed = true;
    void this.#session?.then(
      ({ gpu }) => gpu.device.destroy(),
      () => undefined,
    );
  }

  [Symbol.dispose](): void {
    this.dispose();
  }

  /**
   * Draws the views one after another, all in one submission, and again where a view asked for more entries than fit.
   */
  async #draw(
    { scene, reader }: Session,
    gaussians: GaussianArrays,
    offsets: FrameOffsets | undefined,
    views: readonly FrameView[],
    compensate: boolean,
    outputs: readonly RenderOutput[],
  ): Promise<void> {
    const count = gaussians.opacityLogits.length;
    const rest = restOf(gaussians);
    this.#entries = Math.max(this.#entries, firstEntries(count));
    const frames = offsets === undefined || count === 0 ? 0 : offsets.means.length / count / 3;
    const largest = Math.max(0, ...views.map(({ camera }) => camera.width * camera.height));
    const tiles = Math.max(0, ...views.map(({ camera }) => tilesOf(camera)).map(([x, y]) => x * y));
    const backgroundPixels = views
      .filter(({ background }) => background.length !== 3)
      .reduce((sum, { camera }) => sum + camera.width * camera.height, 0);
    for (;;) {
      const size: SceneSize = {
        ...PLAIN,
        count,
        rest,
        frames,
        pixels: largest,
        tiles,
        backgroundPixels,
        entries: this.#entries,
        uniforms: FIRST_FRAME + views.length,
      };
      await scene.reserve(size);
      uploadGaussians(scene, gaussians, offsets);
      scene.clearState();
      scene.dispatches = 0;
      const encoder = scene.device.createCommandEncoder();
      const room = stagingBytes(outputs);
      const drawn = views.map((view, v) => ({
        view,
        frame: frameOf(gaussians, view.camera, view.background, compensate, this.#entries),
        output: outputs[v],
      }));
      recordViews(scene, encoder, reader.reserve(room), drawn, count);
      const bytes = await reader.finish(encoder, room);
      const state = new Uint32Array(bytes, 0, STATE_BYTES / 4);
      if (state[STATE_BAD] !== NONE) failGaussian('render', gaussians, state[STATE_BAD]);
      if (state[STATE_NEEDED] > 0) {
        this.#entries = roomFor(state[STATE_NEEDED], count, views[0].camera);
        continue;
      }
      this.#statistics = {
        visible: state[STATE_VISIBLE],
        entries: state[STATE_ENTRIES],
        dispatches: scene.dispatches,
        bytes: scene.buffers.bytes,
      };
      readOutputs(bytes, outputs);
      return;
    }
  }

  #size(count: number, rest: number, camera: Camera, background: Background): SceneSize {
    const pixels = camera.width * camera.height;
    const [x, y] = tilesOf(camera);
    return {
      ...PLAIN,
      count,
      rest,
      pixels,
      tiles: x * y,
      backgroundPixels: background.length === pixels * 3 ? pixels : 0,
      entries: this.#entries,
    };
  }

  #open(): Promise<Session> {
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

  /** One call after another; a call after a device was lost opens another. */
  #inTurn<T>(where: string, work: (session: Session) => Promise<T>): Promise<T> {
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
        this.#drawn = undefined;
        this.#entries = 0;
      }
      const session = await this.#open();
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
      this.#drawn = undefined;
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
}

/** Threads of a workgroup of the backward pass: a subgroup of most adapters. */
const LANES = 32;

function checkFinite(where: string, values: Float32Array): void {
  // 0 x is 0 for a finite x and not a number otherwise; one pass without a branch a number
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += 0 * values[i];
  if (sum === 0) return;
  failNotFinite(
    where,
    values,
    values.findIndex((value) => !Number.isFinite(value)),
  );
}
