import { canonicalParts, fitBasis, tokenLayout } from '@soliloquy/latent-flow';
import { packLatentFlow } from '@soliloquy/latent-flow/motion';
import type { PackedLatentFlow } from '@soliloquy/latent-flow/port';
import { initMotionTransformer } from '@soliloquy/motion-transformer';
import { openEars } from '@soliloquy/speech-features/hearing';
import { createRng } from '@soliloquy/tensor';

const HEARD = 66;
const T = 25;

/** A latent flow model that was not trained: it moves people a little, in ways of its own. */
export async function untrainedFlow(): Promise<PackedLatentFlow> {
  const layout = tokenLayout({ parts: canonicalParts() });
  const draw = createRng('untrained');
  const random = (count: number, scale: number): Float32Array => draw.normal([count]).data.map((x) => scale * x);
  const basis = fitBasis(layout, random(60 * layout.width, 0.2), { torso: 2, arms: 2, head: 2, mouth: 2 });
  const latent = basis.width + 4;
  const audio = 7 * HEARD + 11;
  const size = { latent, audio, width: 16, layers: 1, heads: 2, reach: 4 };
  const ears = await openEars({ hearing: 'phones' });
  await ears.dispose();
  return packLatentFlow({
    params: initMotionTransformer(createRng('flow'), size),
    size,
    frames: T,
    fps: 25,
    noiseSteps: 50,
    basis,
    motion: { mean: new Float32Array(latent), scale: new Float32Array(latent).fill(5) },
    audio: { mean: new Float32Array(audio), scale: new Float32Array(audio).fill(1) },
    variance: new Float32Array(latent).fill(0.1),
    bank: random(40 * latent, 0.3),
    manners: { low: Float32Array.of(-2, -2, -2), usual: Float32Array.of(0, 0, 0), high: Float32Array.of(1, 1, 1) },
    phoneEncoder: ears.heardBy.phoneEncoder!,
    card: {},
  });
}
