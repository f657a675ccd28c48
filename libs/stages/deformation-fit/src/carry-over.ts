import type { Deformation, Metrics } from '@soliloquy/ports';
import type { StageContext } from '@soliloquy/stage';
import { frameOf, type ClipFit } from './clip-fit.ts';
import { particlesOfShifts } from './particles-of-shifts.ts';

/**
 * Has the particles of a clip follow Gaussians that another program moved, frame by frame; lids are searched.
 *
 * @param shiftsAt f32 [N, 3] world, of the canonical Gaussians in a frame
 */
export async function carryOver(
  clip: ClipFit,
  shiftsAt: (frame: number) => Promise<Float32Array>,
  ctx: StageContext,
): Promise<{ deformation: Deformation; metrics: Metrics }> {
  const translations = new Float32Array(clip.frames * clip.size);
  for (let frame = 0; frame < clip.frames; frame++) {
    const at = frameOf(translations, frame, clip.size);
    particlesOfShifts(clip.rig, await shiftsAt(frame), at);
    await clip.findLids(frame, at);
    await ctx.step(frame + 1, clip.frames, 'carried over');
  }
  return clip.result(translations);
}
