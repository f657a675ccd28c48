import { initMotionTransformer } from '@soliloquy/motion-transformer';
import { createRng } from '@soliloquy/tensor';
import { canonicalParts, fitBasis, tokenLayout } from '../src/index.ts';
import type { LatentFlowContents, Speech } from '../src/motion/index.ts';

const layout = tokenLayout({ parts: canonicalParts() });
const draw = createRng('a flow model');
export const random = (count: number): Float32Array => draw.normal([count]).data;

export const T = 12;
export const HEARD = 4;
const basis = fitBasis(layout, random(60 * layout.width), { torso: 2, arms: 3, head: 2, mouth: 2 });
export const LATENT = basis.width + 4;
const audio = 7 * HEARD + 11;
const size = { latent: LATENT, audio, width: 16, layers: 1, heads: 2, reach: 4 };

/** A network that was not trained, of a small basis. */
export const smallContents: LatentFlowContents = {
  params: initMotionTransformer(createRng('flow'), size),
  size,
  frames: T,
  fps: 25,
  noiseSteps: 50,
  basis,
  motion: { mean: random(LATENT), scale: new Float32Array(LATENT).fill(2) },
  audio: { mean: random(audio), scale: new Float32Array(audio).fill(0.5) },
  variance: new Float32Array(LATENT).fill(1),
  bank: random(5 * LATENT),
  manners: { low: Float32Array.of(-2, -2, -2), usual: Float32Array.of(0, 0, 0), high: Float32Array.of(1, 1, 1) },
  phoneEncoder: 'abc',
  card: { heldOut: 'nobody' },
};

export function smallSpeech(frames: number): Speech {
  return { frames, heard: random(frames * HEARD), person: random(8), manner: random(3) };
}
