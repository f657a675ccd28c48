import type { BackwardOptions, LossOptions, RenderOptions } from './bind.ts';
import type { FitProblem, FitResult } from './fit.ts';
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

/**
 * The rasteriser on either device. Calls are answered in the order they are made; each is the equation of the method of
 * the same name of `Rasterizer`. What the devices do differently is speed, and the last digits.
 */
export interface DeviceRasterizer {
  readonly device: 'webgpu' | 'cpu';
  /** what it runs on, in words */
  readonly name: string;
  render(
    gaussians: GaussianArrays,
    camera: Camera,
    background: Background,
    options?: RenderOptions,
  ): Promise<RenderOutput>;
  /** Gradient through the last `render`. */
  backward(gradient: OutputGradient, options?: BackwardOptions): Promise<GaussianGradients>;
  imageLoss(input: ImageLossInput, options?: LossOptions): Promise<ImageLoss>;
  /** One image for each view of one canonical set; only the views travel. Leaves no render to differentiate. */
  renderFrames(
    gaussians: GaussianArrays,
    offsets: FrameOffsets | undefined,
    views: readonly FrameView[],
    options?: Omit<RenderOptions, 'into' | 'lend'>,
  ): Promise<RenderOutput[]>;
  /**
   * Fits Gaussians and offsets to pictures by Adam. On the GPU nothing but a report leaves the device until it is over.
   */
  fit(problem: FitProblem): Promise<FitResult>;
  dispose(): void;
  [Symbol.dispose](): void;
}
