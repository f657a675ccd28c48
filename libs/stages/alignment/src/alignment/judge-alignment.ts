import { EMBEDDING_WIDTH, standardiseMotion, type AlignedSpace, type MotionLayout } from '@soliloquy/gaussian-codec';
import type { Clip } from './clips.ts';
import type { ALIGNMENT_FIGURES } from './figures.ts';
import { retrieval } from './retrieval.ts';

/** How well a space gives the clips' motion back, and how well voice and motion find each other in it. */
export async function judgeAlignment(
  space: AlignedSpace,
  layout: MotionLayout,
  clips: readonly Clip[],
): Promise<Record<keyof typeof ALIGNMENT_FIGURES, number>> {
  let error = 0;
  let energy = 0;
  const ranks: number[] = [];
  for (const { deformation, features } of clips) {
    const motion = standardiseMotion(layout, deformation.translations);
    const latent = await space.encode(deformation.translations);
    const decoded = standardiseMotion(layout, await space.decode(latent));
    for (let i = 0; i < decoded.length; i++) {
      error += (decoded[i] - motion[i]) ** 2;
      energy += motion[i] ** 2;
    }
    ranks.push(retrieval(await space.embedAudio(features), await space.embedMotion(latent), EMBEDDING_WIDTH));
  }
  return { unexplained: error / energy, retrieval: ranks.reduce((sum, rank) => sum + rank, 0) / ranks.length };
}
