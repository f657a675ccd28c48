import { encodePixels, pullBack } from '@soliloquy/latent-flow';
import type { DrawnMotion } from './drawn-motion.ts';
import type { Reading } from './encoder-reading.ts';
import { pixelsOf, type SmallView } from './small-views.ts';

/** ẑ of a motion by its linearisation: f32 [F, K] of standardised tokens f32 [F, D]. */
export function linearLatents({ linear, tokensAtRest, offset, latent }: Reading, tokens: Float32Array): Float32Array {
  const width = tokensAtRest.length;
  const frames = tokens.length / width;
  const out = new Float32Array(frames * latent);
  for (let f = 0; f < frames; f++) {
    const row = out.subarray(f * latent, (f + 1) * latent);
    encodePixels(
      linear,
      tokensAtRest.map((value, i) => tokens[f * width + i] - value),
      row,
    );
    offset.forEach((value, k) => (row[k] += value));
  }
  return out;
}

/** A gradient on ẑ on the linear route: by the transpose of the mean Jacobian, f32 [F, K] -> f32 [F, D]. */
export function pullToTokens({ slope, latent }: Reading, gradient: Float32Array): Float32Array {
  const frames = gradient.length / latent;
  const out = new Float32Array(frames * slope.pixels);
  for (let f = 0; f < frames; f++)
    pullBack(
      slope,
      gradient.subarray(f * latent, (f + 1) * latent),
      out.subarray(f * slope.pixels, (f + 1) * slope.pixels),
    );
  return out;
}

/**
 * The views of a motion through the renderer: f32 [F, px].
 *
 * @param translations f32 [F, P, 3] world
 * @param step         called after every frame
 */
export async function drawViews(
  { drawn, views }: { readonly drawn: DrawnMotion; readonly views: readonly SmallView[] },
  translations: Float32Array,
  step: () => Promise<void>,
): Promise<Float32Array> {
  const [size, pixels] = [3 * drawn.particles, pixelsOf(views)];
  const frames = translations.length / size;
  const out = new Float32Array(frames * pixels);
  for (let f = 0; f < frames; f++) {
    let at = f * pixels;
    for (const view of views) {
      out.set(await drawn.draw(translations.subarray(f * size, (f + 1) * size), view), at);
      at += view.background.length;
    }
    await step();
  }
  return out;
}

/**
 * The vector-Jacobian product of `drawViews`: each picture is drawn again and differentiated.
 *
 * @param gradient f32 [F, px]
 * @returns        f32 [F, P, 3]
 */
export async function pullToParticles(
  { drawn, views }: { readonly drawn: DrawnMotion; readonly views: readonly SmallView[] },
  { translations, gradient }: { readonly translations: Float32Array; readonly gradient: Float32Array },
  step: () => Promise<void>,
): Promise<Float32Array> {
  const [size, pixels] = [3 * drawn.particles, pixelsOf(views)];
  const frames = translations.length / size;
  const out = new Float32Array(translations.length);
  for (let f = 0; f < frames; f++) {
    let at = f * pixels;
    for (const view of views) {
      await drawn.draw(translations.subarray(f * size, (f + 1) * size), view);
      const share = gradient.subarray(at, (at += view.background.length));
      await drawn.pullBack(share, out.subarray(f * size, (f + 1) * size));
    }
    await step();
  }
  return out;
}

/** ẑ of pictures: f32 [F, K] of f32 [F, px]. */
export function readPictures({ encoder, rest, offset, latent }: Reading, pictures: Float32Array): Float32Array {
  const frames = pictures.length / rest.length;
  const out = new Float32Array(frames * latent);
  for (let f = 0; f < frames; f++) {
    const row = out.subarray(f * latent, (f + 1) * latent);
    encodePixels(
      encoder,
      rest.map((value, p) => pictures[f * rest.length + p] - value),
      row,
    );
    offset.forEach((value, k) => (row[k] += value));
  }
  return out;
}

/** The transpose of `readPictures`: Eᵀ g, f32 [F, K] -> f32 [F, px]. */
export function pullToPictures({ encoder, latent }: Reading, gradient: Float32Array): Float32Array {
  const frames = gradient.length / latent;
  const out = new Float32Array(frames * encoder.pixels);
  for (let f = 0; f < frames; f++)
    pullBack(
      encoder,
      gradient.subarray(f * latent, (f + 1) * latent),
      out.subarray(f * encoder.pixels, (f + 1) * encoder.pixels),
    );
  return out;
}

/** Cosine of two gradients; 1 where both are nothing. */
export function cosine(a: Float32Array, b: Float32Array): number {
  let [ab, aa, bb] = [0, 0, 0];
  for (let i = 0; i < a.length; i++) [ab, aa, bb] = [ab + a[i] * b[i], aa + a[i] ** 2, bb + b[i] ** 2];
  return aa === 0 && bb === 0 ? 1 : ab / Math.sqrt(Math.max(Number.MIN_VALUE, aa * bb));
}
