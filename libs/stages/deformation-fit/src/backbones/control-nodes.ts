import type { RunOf } from '@soliloquy/stage';
import { ClipFit, frameOf } from '../clip-fit.ts';
import type { deformationFitStage } from '../stage.ts';

export const run: RunOf<typeof deformationFitStage, 'control-nodes'> = async (input, params, ctx) => {
  const clip = await ClipFit.open(input, params, ctx);
  try {
    const { frames, size } = clip;
    const translations = new Float32Array(frames * size);
    const at = (frame: number): Float32Array => frameOf(translations, frame, size);
    const passes = frames * 2;
    for (let frame = 0; frame < frames; frame++) {
      if (frame > 0) at(frame).set(at(frame - 1));
      const anchor = at(frame).slice();
      for (let step = 0; step < params.steps; step++) {
        if (step === params.steps - 1) await clip.findLids(frame, at(frame));
        await clip.step(frame, at(frame), anchor, { rigidity: params.rigidity, anchor: 0.02 });
      }
      await ctx.step(frame + 1, passes, 'following');
    }
    const anchor = new Float32Array(size);
    for (let frame = 0; frame < frames; frame++) {
      const before = at(Math.max(0, frame - 1));
      const after = at(Math.min(frames - 1, frame + 1));
      for (let i = 0; i < size; i++) anchor[i] = (before[i] + after[i]) / 2;
      await clip.step(frame, at(frame), anchor, { rigidity: params.rigidity, anchor: 0.02 + params.smoothness });
      await ctx.step(frames + frame + 1, passes, 'smoothing');
    }
    return await clip.result(translations);
  } finally {
    clip.dispose();
  }
};
