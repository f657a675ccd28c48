import { allocateDeformed, evaluateDeformation } from '@soliloquy/gaussian-cloud';
import { evenSize, resizeImage, videoFromFrames } from '@soliloquy/media';
import { scaleCamera } from '@soliloquy/ports';
import { openRasterizer } from '@soliloquy/splat';
import { StageError, type RunOf } from '@soliloquy/stage';
import type { splatRendererStage } from '../stage.ts';

export const run: RunOf<typeof splatRendererStage, 'rasteriser'> = async (
  { gaussians, deformation, background, audio, camera },
  params,
  ctx,
) => {
  if (deformation.count !== gaussians.count) {
    throw new StageError({
      code: 'stage.count-mismatch',
      where: 'splat-renderer.deformation',
      expected: `one of ${gaussians.count} Gaussians`,
      got: `one of ${deformation.count}`,
      remedy: 'connect the deformation that was made of these Gaussians',
    });
  }
  const from = camera ?? gaussians.camera;
  const { width, height } = evenSize(from.width, from.height, params.area);
  const view = scaleCamera(from, width, height);
  const picture = await resizeImage(background, width, height);
  const behind = Float32Array.from(
    { length: width * height * 3 },
    (_, i) => picture.data[Math.floor(i / 3) * 4 + (i % 3)] / 255,
  );

  async function* read(first = 0, last = deformation.frames): AsyncGenerator<Uint8ClampedArray> {
    const rasterizer = await openRasterizer({ device: ctx.device, threads: ctx.threads });
    try {
      const deformed = allocateDeformed(gaussians);
      const frame = new Uint8ClampedArray(width * height * 4);
      for (let t = first; t < last; t++) {
        evaluateDeformation(gaussians, deformation, t, deformed);
        const { color } = await rasterizer.render(deformed, view, behind);
        for (let i = 0, o = 0; o < frame.length; i += 3, o += 4) {
          frame[o] = color[i] * 255;
          frame[o + 1] = color[i + 1] * 255;
          frame[o + 2] = color[i + 2] * 255;
          frame[o + 3] = 255;
        }
        await ctx.step(t + 1, deformation.frames, 'frames');
        yield frame;
      }
    } finally {
      rasterizer.dispose();
    }
  }
  return { video: videoFromFrames({ width, height, fps: deformation.fps, frames: deformation.frames, audio }, read) };
};
