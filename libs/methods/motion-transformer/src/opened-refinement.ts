import type { LoadNetwork } from '@soliloquy/tensor';

/** The file of the refinement, which a model may hold. */
export const REFINEMENT = 'refinement.onnx';

/** Refines face and hands of clean windows. */
export interface Refinement {
  /**
   * @param clean f32 [T, latent] standardised; face and hands are changed in place
   * @param audio f32 [T, audio] standardised
   */
  refine(clean: Float32Array, audio: Float32Array): Promise<void>;
  dispose(): Promise<void>;
}

/** Opens what `exportRefinement` made, on an engine of choice. */
export async function openRefinement(
  bytes: Uint8Array,
  load: LoadNetwork,
  { frames, latent, audio: heard }: { readonly frames: number; readonly latent: number; readonly audio: number },
): Promise<Refinement> {
  const network = await load(bytes, 'refinement');
  return {
    async refine(clean, audio) {
      const { refined } = await network.run({
        x: { shape: [1, frames, latent], data: clean },
        audio: { shape: [1, frames, heard], data: audio },
        start: { shape: [1], data: new Float32Array(1) },
      });
      const width = refined.data.length / frames;
      for (let i = 0; i < refined.data.length; i++)
        clean[Math.floor(i / width) * latent + latent - width + (i % width)] += refined.data[i] as number;
    },
    dispose: () => network.dispose(),
  };
}
