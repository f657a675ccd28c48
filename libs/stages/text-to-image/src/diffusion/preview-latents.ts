import { encodeWebp, resizeImage } from '@soliloquy/media';
import type { Canvas } from './network.ts';
import type { Family } from './pipeline-folder.ts';

/** Longest side of a preview, pixels. */
const LONGEST = 128;

/** What a channel of a latent adds to red, green and blue, −1 … 1, and what they are without any. */
interface Colours {
  readonly channels: readonly (readonly [number, number, number])[];
  readonly none: readonly [number, number, number];
}

/**
 * Linear fits of pixels to latents, as ComfyUI uses them for its quick previews (`comfy/latent_formats.py`). They hold
 * for the autoencoders of these families, and say what the picture will be about before that is run.
 */
const COLOURS: Readonly<Record<Family, Colours>> = {
  sd: {
    channels: [
      [0.3512, 0.2297, 0.3227],
      [0.325, 0.4974, 0.235],
      [-0.2829, 0.1762, 0.2721],
      [-0.212, -0.2616, -0.7177],
    ],
    none: [0, 0, 0],
  },
  sdxl: {
    channels: [
      [0.3651, 0.4232, 0.4341],
      [-0.2533, -0.0042, 0.1068],
      [0.1076, 0.1111, -0.0362],
      [-0.3165, -0.2492, -0.2188],
    ],
    none: [0.1084, -0.0175, -0.0011],
  },
  sd3: {
    channels: [
      [-0.0922, -0.0175, 0.0749],
      [0.0311, 0.0633, 0.0954],
      [0.1994, 0.0927, 0.0458],
      [0.0856, 0.0339, 0.0902],
      [0.0587, 0.0272, -0.0496],
      [-0.0006, 0.1104, 0.0309],
      [0.0978, 0.0306, 0.0427],
      [-0.0042, 0.1038, 0.1358],
      [-0.0194, 0.002, 0.0669],
      [-0.0488, 0.013, -0.0268],
      [0.0922, 0.0988, 0.0951],
      [-0.0278, 0.0524, -0.0542],
      [0.0332, 0.0456, 0.0895],
      [-0.0069, -0.003, -0.081],
      [-0.0596, -0.0465, -0.0293],
      [-0.1448, -0.1463, -0.1189],
    ],
    none: [0.2394, 0.2135, 0.1925],
  },
  flux: {
    channels: [
      [-0.0346, 0.0244, 0.0681],
      [0.0034, 0.021, 0.0687],
      [0.0275, -0.0668, -0.0433],
      [-0.0174, 0.016, 0.0617],
      [0.0859, 0.0721, 0.0329],
      [0.0004, 0.0383, 0.0115],
      [0.0405, 0.0861, 0.0915],
      [-0.0236, -0.0185, -0.0259],
      [-0.0245, 0.025, 0.118],
      [0.1008, 0.0755, -0.0421],
      [-0.0515, 0.0201, 0.0011],
      [0.0428, -0.0012, -0.0036],
      [0.0817, 0.0765, 0.0749],
      [-0.1264, -0.0522, -0.1103],
      [-0.028, -0.0881, -0.0499],
      [-0.1262, -0.0982, -0.0778],
    ],
    none: [-0.0329, -0.0718, -0.0851],
  },
};

/**
 * What latents look like, a pixel each: WebP of at most 128 pixels a side. Nothing where the autoencoder has other
 * channels than those of its family.
 *
 * @param latents f32 [C * rows * columns], as the network takes them
 */
export async function previewLatents(
  family: Family,
  canvas: Canvas,
  latents: Float32Array,
): Promise<Uint8Array | undefined> {
  const { channels, none } = COLOURS[family];
  if (canvas.channels !== channels.length) return undefined;
  const { rows: height, columns: width } = canvas;
  const pixels = width * height;
  const data = new Uint8ClampedArray(pixels * 4).fill(255);
  for (let at = 0; at < pixels; at++)
    for (let colour = 0; colour < 3; colour++) {
      let value = none[colour] as number;
      for (const [channel, adds] of channels.entries())
        value += (latents[channel * pixels + at] as number) * (adds[colour] as number);
      data[at * 4 + colour] = 127.5 * (value + 1);
    }
  const scale = Math.min(1, LONGEST / Math.max(width, height));
  const [across, down] = [width, height].map((side) => Math.max(1, Math.round(side * scale)));
  return encodeWebp(await resizeImage({ width, height, data }, across, down));
}
