import { completeMotion, particleNeighbours } from '@soliloquy/gaussian-cloud';
import { openAlignedSpace } from '@soliloquy/gaussian-codec';
import { StageError, type RunOf } from '@soliloquy/stage';
import type { motionDecodeStage } from '../stage.ts';

export const run: RunOf<typeof motionDecodeStage, 'particles'> = async ({ motion, model, gaussians }, _params, ctx) => {
  const space = await openAlignedSpace(model, ctx.threads);
  try {
    const { rig } = space;
    const P = rig.particles;
    if (rig.indices.length !== gaussians.count * rig.neighbours) {
      throw new StageError({
        code: 'stage.count-mismatch',
        where: 'motion-decode.gaussians',
        expected: `the ${rig.indices.length / rig.neighbours} Gaussians that the model was made of`,
        got: `${gaussians.count}`,
        remedy: 'connect the same gaussians',
      });
    }
    const translations = await space.decode(motion.latent);
    const springs = particleNeighbours(rig);
    const rotations = new Float32Array(motion.frames * P * 4);
    const logScaleOffsets = new Float32Array(motion.frames * P * 3);
    for (let frame = 0; frame < motion.frames; frame++) {
      completeMotion(
        rig.positions,
        springs,
        translations.subarray(frame * P * 3, (frame + 1) * P * 3),
        rotations.subarray(frame * P * 4, (frame + 1) * P * 4),
        logScaleOffsets.subarray(frame * P * 3, (frame + 1) * P * 3),
      );
      if (frame % 100 === 0) ctx.progress(frame, motion.frames, 'frames');
    }
    return {
      deformation: {
        kind: 'particles' as const,
        frames: motion.frames,
        fps: motion.fps,
        count: gaussians.count,
        ...rig,
        translations,
        rotations,
        logScaleOffsets,
      },
    };
  } finally {
    await space.dispose();
  }
};
