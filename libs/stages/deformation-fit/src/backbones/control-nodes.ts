import type { RunOf } from '@soliloquy/stage';
import { ClipFit, frameOf } from '../clip-fit.ts';
import type { SavedMatrix } from '../normal-equations.ts';
import type { deformationFitStage } from '../stage.ts';

export const run: RunOf<typeof deformationFitStage, 'control-nodes'> = async (input, params, ctx) => {
  const clip = await ClipFit.open(input, params, ctx);
  try {
    const { fitter, frames, size, targets } = clip;
    const translations = new Float32Array(frames * size);
    const at = (frame: number): Float32Array => frameOf(translations, frame, size);
    const passes = frames * 2;
    const curvatures: SavedMatrix[] = [];
    for (let frame = 0; frame < frames; frame++) {
      if (frame > 0) at(frame).set(at(frame - 1));
      const anchor = at(frame).slice();
      for (let step = 0; step < params.steps; step++)
        curvatures[frame] = await fitter.step(
          at(frame),
          targets[frame],
          anchor,
          { rigidity: params.rigidity, anchor: 0.02 },
          curvatures[frame],
        );
      await ctx.step(frame + 1, passes, 'following');
    }
    const anchor = new Float32Array(size);
    for (let frame = 0; frame < frames; frame++) {
      const before = at(Math.max(0, frame - 1));
      const after = at(Math.min(frames - 1, frame + 1));
      for (let i = 0; i < size; i++) anchor[i] = (before[i] + after[i]) / 2;
      await fitter.step(
        at(frame),
        targets[frame],
        anchor,
        { rigidity: params.rigidity, anchor: 0.02 + params.smoothness },
        curvatures[frame],
      );
      await ctx.step(frames + frame + 1, passes, 'smoothing');
    }
    return await clip.result(translations);
  } finally {
    clip.dispose();
  }
};
