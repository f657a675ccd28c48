import type { BackwardOptions, LossOptions, RenderOptions } from '../bind.ts';
import { checkFit, checkOffsets, checkView, type FitProblem, type FitResult } from '../fit.ts';
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
  checkFinite,
  checkGaussians,
  failGaussian,
  restOf,
} from '../validate.ts';
import { readOutputs, recordViews, stagingBytes } from './draw-views.ts';
import { backwardOnGpu, type Drawn } from './gpu-backward.ts';
import type { SceneSize } from './gpu-buffers.ts';
import { fitOnGpu } from './gpu-fit.ts';
import { imageLossOnGpu } from './gpu-image-loss.ts';
import { NONE, STATE_BAD, STATE_BYTES, STATE_ENTRIES, STATE_NEEDED, STATE_VISIBLE } from './gpu-layout.ts';
import { FIRST_FRAME, PLAIN_SIZE, tilesOf } from './gpu-scene.ts';
import { GpuTurns, type GpuOptions, type Session } from './gpu-turns.ts';
import { frameOf, roomFor, uploadGaussians } from './gpu-upload.ts';

/**
 * Entries that a scene is first given room for: about what a picture of small Gaussians asks for. A frame that needs
 * more is drawn again.
 */
const firstEntries = (count: number): number => Math.max(4096, 4 * count);

/** What one submission draws. */
interface Drawing {
  readonly gaussians: GaussianArrays;
  readonly offsets: FrameOffsets | undefined;
  readonly views: readonly FrameView[];
  readonly compensate: boolean;
}

/**
 * The rasteriser in WGSL. A frame needs no readback: it is projected, sorted and drawn in one submission, with room for
 * so many tile entries; a frame that asks for more is seen in the report that comes back with the picture, and drawn
 * again with more room.
 */
export class GpuRasterizer implements DeviceRasterizer {
  readonly device = 'webgpu';
  readonly #turns: GpuTurns;
  #drawn: Drawn | undefined;
  #entries = 0;
  #statistics = { visible: 0, entries: 0, dispatches: 0, bytes: 0 };

  private constructor(options: GpuOptions) {
    this.#turns = new GpuTurns(options, () => {
      this.#drawn = undefined;
      this.#entries = 0;
    });
  }

  /** @throws SplatError `splat.device` where there is no adapter or a kernel does not compile */
  static async create(options: GpuOptions = {}): Promise<GpuRasterizer> {
    const rasterizer = new GpuRasterizer(options);
    await rasterizer.#turns.open();
    return rasterizer;
  }

  get name(): string {
    return this.#turns.name;
  }

  render(
    gaussians: GaussianArrays,
    camera: Camera,
    background: Background,
    options: RenderOptions = {},
  ): Promise<RenderOutput> {
    return this.#turns.inTurn('render', async (session) => {
      // a render that is refused leaves none to differentiate
      this.#drawn = undefined;
      checkGaussians('render', gaussians);
      checkCamera('render.camera', camera);
      const image = checkBackground('render.background', background, camera);
      if (image) checkFinite('render.background', background);
      const output = allocateOutput(camera, options.depth ?? options.into?.depth !== undefined, options.into);
      const compensate = options.compensateOpacity ?? false;
      const views = [{ camera, background }];
      await this.#draw(session, { gaussians, offsets: undefined, views, compensate }, [output]);
      const frame = frameOf(gaussians, views[0], { compensate, capacity: this.#entries });
      this.#drawn = { camera, background, frame };
      return output;
    });
  }

  renderFrames(
    gaussians: GaussianArrays,
    offsets: FrameOffsets | undefined,
    views: readonly FrameView[],
    options: Omit<RenderOptions, 'into' | 'lend'> = {},
  ): Promise<RenderOutput[]> {
    return this.#turns.inTurn('renderFrames', async (session) => {
      this.#drawn = undefined;
      const frames = checkOffsets('renderFrames', offsets, checkGaussians('renderFrames', gaussians));
      for (const [v, view] of views.entries()) {
        checkView(`renderFrames.views[${v}]`, view, frames);
        if (view.background instanceof Float32Array)
          checkFinite(`renderFrames.views[${v}].background`, view.background);
      }
      const outputs = views.map((view) => allocateOutput(view.camera, options.depth ?? false, undefined));
      const compensate = options.compensateOpacity ?? false;
      await this.#draw(session, { gaussians, offsets, views, compensate }, outputs);
      return outputs;
    });
  }

  backward(gradient: OutputGradient, options: BackwardOptions = {}): Promise<GaussianGradients> {
    return this.#turns.inTurn('backward', async (session) => {
      if (this.#drawn === undefined)
        throw new SplatError({
          code: 'splat.state',
          where: 'backward.render',
          expected: 'a render before it',
          got: 'none that succeeded',
          remedy: 'call render first',
        });
      return backwardOnGpu(session, this.#drawn, gradient, options);
    });
  }

  imageLoss(input: ImageLossInput, options: LossOptions = {}): Promise<ImageLoss> {
    return this.#turns.inTurn('imageLoss', (session) => imageLossOnGpu(session, input, options));
  }

  fit(problem: FitProblem): Promise<FitResult> {
    return this.#turns.inTurn('fit', async ({ scene, reader }) => {
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
    this.#turns.dispose();
  }

  [Symbol.dispose](): void {
    this.dispose();
  }

  /**
   * Draws the views one after another, all in one submission, and again where a view asked for more entries than fit.
   */
  async #draw(
    { scene, reader }: Session,
    { gaussians, offsets, views, compensate }: Drawing,
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
        ...PLAIN_SIZE,
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
        frame: frameOf(gaussians, view, { compensate, capacity: this.#entries }),
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
}
