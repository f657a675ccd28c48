import { readFile } from 'node:fs/promises';
import { latentFlow, type PackedLatentFlow } from './latent-flow-port.ts';

const FILES = ['denoiser.onnx', 'basis.safetensors', 'card.json'];

/** The latent flow model that comes with Soliloquy; `data/latent-flow/README.md` says how it was made. */
export async function shippedLatentFlow(): Promise<PackedLatentFlow> {
  const contents = await Promise.all(
    FILES.map(
      async (name) => new Uint8Array(await readFile(new URL(`../../data/latent-flow/${name}`, import.meta.url))),
    ),
  );
  return latentFlow.decode(Object.fromEntries(FILES.map((name, i) => [name, contents[i]])));
}
