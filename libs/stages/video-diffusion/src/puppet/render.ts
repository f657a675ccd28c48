import { createGather, planesFrom, type Gather, type GatherEngine } from '@soliloquy/image-kernels';
import { composeFrame, composeMatte, paintStill } from './compose.ts';
import type { PuppetMotion } from './motion.ts';
import { createPixelPlacer, pointBuffers } from './place-pixels.ts';
import { prepareScene, type PuppetScene } from './prepare-scene.ts';

/** Paints the frames of one film. Calls may overlap; they are done in turn. */
export interface PuppetRenderer {
  readonly width: number;
  readonly height: number;
  /** @param rgba u8 [height, width, 4] written */
  frame(index: number, rgba: Uint8ClampedArray): Promise<void>;
  /** @param coverage u8 [height, width] written: coverage of the person */
  matte(index: number, coverage: Uint8ClampedArray): Promise<void>;
}

/**
 * Prepares a picture for being moved. The person is a layer over a still background; of its pixels only those near the
 * matte are ever computed. A frame is made in three steps: every moving pixel is placed in the picture, the picture is
 * sampled there, and what comes of it is laid over what never moves.
 */
export async function puppetRenderer(
  scene: PuppetScene,
  motion: PuppetMotion,
  engine: GatherEngine,
): Promise<PuppetRenderer> {
  const prepared = await prepareScene(scene, motion);
  const { source, moving, width, height } = prepared;
  const still = await paintStill(prepared, engine);
  const placer = createPixelPlacer(prepared, motion);
  const outline = pointBuffers(moving.outline);
  const gathers: { color?: Gather; coverage?: Gather } = {};

  /** Coverage of the outline's pixels in the frame that was placed last, f32 [outline]. */
  async function outlineCoverage(): Promise<Float32Array> {
    if (moving.outline === 0) return new Float32Array(0);
    outline.xs.set(placer.from.xs.subarray(0, moving.outline));
    outline.ys.set(placer.from.ys.subarray(0, moving.outline));
    gathers.coverage ??= await createGather(planesFrom(source, 3, 1), outline.xs.length, engine);
    return (await gathers.coverage.sample(outline.xs, outline.ys))[0];
  }

  const inTurn = oneAtATime();
  return {
    width,
    height,
    frame: (index, rgba) =>
      inTurn(async () => {
        rgba.set(still.rgba);
        if (moving.indices.length === 0) return;
        gathers.color ??= await createGather(planesFrom(source, 0, 3), placer.from.xs.length, engine);
        placer.place(index, moving.indices.length);
        const alpha = await outlineCoverage();
        const colors = await gathers.color.sample(placer.from.xs, placer.from.ys);
        composeFrame(rgba, moving, { colors, alpha, paint: placer.paint });
      }),
    matte: (index, coverage) =>
      inTurn(async () => {
        coverage.set(still.matte);
        if (moving.outline === 0) return;
        placer.place(index, moving.outline);
        composeMatte(coverage, moving, await outlineCoverage());
      }),
  };
}

/** Does what it is given one after the other, whatever becomes of each: coordinates and results are shared. */
function oneAtATime(): (work: () => Promise<void>) => Promise<void> {
  let last: Promise<void> = Promise.resolve();
  return (work) => {
    const done = last.then(work);
    last = done.catch(() => undefined);
    return done;
  };
}
