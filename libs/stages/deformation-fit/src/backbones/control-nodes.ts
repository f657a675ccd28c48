import type { RunOf } from '@soliloquy/stage';
import { ClipFit, frameOf, HOLD } from '../clip-fit.ts';
import type { deformationFitStage } from '../stage.ts';

export const run: RunOf<typeof deformationFitStage, 'control-nodes'> = async (input, params, ctx) => {
  const clip = await ClipFit.open(input, params, ctx);
  try {
    const { frames, size } = clip;
    const translations = new Float32Array(frames * size);
    const at = (frame: number): Float32Array => frameOf(translations, frame, size);
    for (let frame = 0; frame < frames; frame++) {
      clip.start(translations, frame);
      await clip.follow(frame, at(frame), params);
      await ctx.step(frame + 1, frames, 'following');
    }
    const midway = new Float32Array(size);
    const stiffness = { rigidity: params.rigidity, anchor: HOLD + params.smoothness };
    for (let frame = 0; frame < frames; frame++) {
      const before = at(Math.max(0, frame - 1));
      const after = at(Math.min(frames - 1, frame + 1));
      for (let i = 0; i < size; i++) midway[i] = (before[i] + after[i]) / 2;
      clip.draw(frame, at(frame), midway, stiffness);
    }
    return await clip.result(translations);
  } finally {
    clip.dispose();
  }
};
