import { allocateGradients } from '../src/gradient-groups.ts';
import type { Camera, GaussianArrays, GaussianGradients, Rasterizer } from '../src/index.ts';
import { PARAMETER_GROUPS } from '../src/scene.ts';
import { person } from './scenes.ts';

/** A scene and what its frames need. */
export type Scene = { readonly count: number; readonly width: number; readonly height: number };

/** Milliseconds of each part of a frame; `step` is forward and backward. */
export type FrameTimes = {
  readonly forward: number;
  readonly loss: number;
  readonly backward: number;
  readonly step: number;
};

/** Frames as a fit draws them: what is large is lent or given to be filled. */
export class Frames {
  readonly gaussians: GaussianArrays;
  readonly camera: Camera;
  readonly #target: Float32Array;
  readonly #gradients: GaussianGradients;

  constructor({ count, width, height }: Scene) {
    ({ gaussians: this.gaussians, camera: this.camera } = person(count, width, height, 1));
    this.#target = new Float32Array(width * height * 3).fill(0.5);
    this.#gradients = allocateGradients(count, 0, [1, 1, 1], new Set(PARAMETER_GROUPS), undefined);
  }

  draw(engine: Rasterizer): FrameTimes {
    const { width, height } = this.camera;
    const start = performance.now();
    const image = engine.render(this.gaussians, this.camera, [1, 1, 1], { lend: true }).color;
    const drawn = performance.now();
    const { gradient } = engine.imageLoss({ width, height, image, target: this.#target }, { lend: true });
    const compared = performance.now();
    engine.backward({ color: gradient }, { into: this.#gradients });
    const end = performance.now();
    return {
      forward: drawn - start,
      loss: compared - drawn,
      backward: end - compared,
      step: drawn - start + end - compared,
    };
  }
}
