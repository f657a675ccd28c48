import {
  createRasterizer,
  type BackwardOptions,
  type LossOptions,
  type Rasterizer,
  type RasterizerOptions,
  type RenderOptions,
} from './bind.ts';
import { fitOnCpu } from './fit-cpu.ts';
import { applyOffsets, checkFit, checkOffsets, checkView, type FitProblem, type FitResult } from './fit.ts';
import type { DeviceRasterizer } from './rasterizer.ts';
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
} from './scene.ts';
import { checkGaussians } from './validate.ts';

/** `Rasterizer`, WebAssembly on threads, behind the surface of both devices. */
export class CpuRasterizer implements DeviceRasterizer {
  readonly device = 'cpu';
  readonly name: string;
  readonly #rasterizer: Rasterizer;

  private constructor(rasterizer: Rasterizer) {
    this.#rasterizer = rasterizer;
    this.name = `WebAssembly on ${rasterizer.threads} thread${rasterizer.threads === 1 ? '' : 's'}`;
  }

  static async create(options: RasterizerOptions = {}): Promise<CpuRasterizer> {
    return new CpuRasterizer(await createRasterizer(options));
  }

  async render(
    gaussians: GaussianArrays,
    camera: Camera,
    background: Background,
    options?: RenderOptions,
  ): Promise<RenderOutput> {
    return this.#rasterizer.render(gaussians, camera, background, options);
  }

  async backward(gradient: OutputGradient, options?: BackwardOptions): Promise<GaussianGradients> {
    return this.#rasterizer.backward(gradient, options);
  }

  async imageLoss(input: ImageLossInput, options?: LossOptions): Promise<ImageLoss> {
    return this.#rasterizer.imageLoss(input, options);
  }

  async renderFrames(
    gaussians: GaussianArrays,
    offsets: FrameOffsets | undefined,
    views: readonly FrameView[],
    options: Omit<RenderOptions, 'into' | 'lend'> = {},
  ): Promise<RenderOutput[]> {
    const frames = checkOffsets('renderFrames', offsets, checkGaussians('renderFrames', gaussians));
    const moved = {
      ...gaussians,
      means: gaussians.means.slice(),
      quats: gaussians.quats.slice(),
      logScales: gaussians.logScales.slice(),
    };
    return views.map((view, v) => {
      checkView(`renderFrames.views[${v}]`, view, frames);
      if (offsets !== undefined && view.frame !== undefined) applyOffsets(gaussians, offsets, view.frame, moved);
      return this.#rasterizer.render(
        view.frame === undefined ? gaussians : moved,
        view.camera,
        view.background,
        options,
      );
    });
  }

  fit(problem: FitProblem): Promise<FitResult> {
    return fitOnCpu(this.#rasterizer, checkFit(problem));
  }

  dispose(): void {
    this.#rasterizer.dispose();
  }

  [Symbol.dispose](): void {
    this.dispose();
  }
}
