import { EMBEDDING_WIDTH, standardiseMotion, type AlignedSpace, type MotionLayout } from '@soliloquy/gaussian-codec';
import type { Metrics } from '@soliloquy/ports';
import type { Clip } from './clips.ts';
import { retrieval } from './retrieval.ts';

const ABOUT: Metrics['about'] = {
  unexplained: {
    better: 'lower',
    text: 'share of the standardised motion that the decoder does not give back',
  },
  retrieval: {
    better: 'higher',
    text: 'how often a 25-frame patch of motion is nearer to its own voice than to that of another time in the clip; 0.5 is chance',
  },
};

/** How well a space gives the clips' motion back, and how well voice and motion find each other in it. */
export async function judgeAlignment(
  space: AlignedSpace,
  layout: MotionLayout,
  clips: readonly Clip[],
): Promise<Pick<Metrics, 'values' | 'about'>> {
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
  return {
    values: { unexplained: error / energy, retrieval: ranks.reduce((sum, rank) => sum + rank, 0) / ranks.length },
    about: ABOUT,
  };
}
