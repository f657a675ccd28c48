import {
  carryGaussians,
  type DeformedGaussians,
  type ParticlePose,
} from '@soliloquy/gaussian-cloud/evaluate-deformation';
import { orbitCamera } from '@soliloquy/gaussian-cloud/orbit';
import type { Camera, Gaussians } from '@soliloquy/ports';
import { REGIONS } from '@soliloquy/ports/gaussians';
import type { DeviceRasterizer, GaussianArrays } from '@soliloquy/splat';
import { decodeSafetensors } from '@soliloquy/tensor/safetensors';
import type { View } from '../messages.ts';

/** A picture that is drawn: sRGB, not premultiplied. */
export interface Painted {
  readonly width: number;
  readonly height: number;
  /** u8 [H, W, 4] */
  readonly pixels: Uint8ClampedArray<ArrayBuffer>;
}

/** What is behind the person, at the size that is drawn: f32 [H, W, 3] 0 … 1. */
export type BackgroundOf = (size: { readonly width: number; readonly height: number }) => Float32Array;

/** Who is drawn. */
export interface Person {
  readonly camera: Camera;
  readonly gaussians: GaussianArrays & { readonly count: number };
  /** bytes of `rig.safetensors` */
  readonly rig: Uint8Array;
}

/** Draws poses of one person. */
export class Painter {
  readonly #person: Person;
  readonly #skinning: { neighbours: number; indices: Int32Array; weights: Float32Array };
  readonly #lips: { readonly upper: readonly number[]; readonly lower: readonly number[] };
  readonly #positions: Float32Array;
  readonly #deformed: DeformedGaussians;
  readonly #centre: readonly [number, number, number];

  constructor(person: Person) {
    this.#person = person;
    const { indices, weights, positions, regions } = decodeSafetensors(person.rig).tensors;
    this.#skinning = {
      neighbours: weights.shape[1],
      indices: indices.data as Int32Array,
      weights: weights.data as Float32Array,
    };
    this.#positions = positions.data as Float32Array;
    const named = (wanted: string): number[] =>
      Array.from(regions.data as Uint8Array).flatMap((region, p) => (REGIONS[region].name === wanted ? [p] : []));
    this.#lips = { upper: named('upperLip'), lower: named('lowerLip') };
    const { count, opacityLogits, colors } = person.gaussians;
    this.#deformed = {
      means: new Float32Array(count * 3),
      quats: new Float32Array(count * 4),
      logScales: new Float32Array(count * 3),
      opacityLogits,
      colors,
    };
    this.#centre = middleOf(person.gaussians);
  }

  /** @param pose undefined: at rest */
  async paint(
    rasterizer: DeviceRasterizer,
    pose: ParticlePose | undefined,
    view: View & { readonly size: { readonly width: number; readonly height: number } },
    backgroundOf: BackgroundOf,
  ): Promise<Painted> {
    const { gaussians, camera } = this.#person;
    if (pose !== undefined) carryGaussians(gaussians as unknown as Gaussians, this.#skinning, pose, this.#deformed);
    const { color, transmittance } = await rasterizer.render(
      pose === undefined ? gaussians : this.#deformed,
      orbitCamera(camera, this.#centre, view.orbit, view.size),
      view.isTransparent ? [0, 0, 0] : backgroundOf(view.size),
      { lend: true },
    );
    const pixels = new Uint8ClampedArray(view.size.width * view.size.height * 4);
    if (view.isTransparent) writeTransparent(pixels, color, transmittance);
    else writeOpaque(pixels, color);
    return { ...view.size, pixels };
  }

  /** How far the lips are apart: mean of the lower less mean of the upper, along +y. World units. */
  openingOf(pose: ParticlePose | undefined): number {
    const { upper, lower } = this.#lips;
    const mean = (particles: readonly number[]): number =>
      particles.reduce((sum, p) => sum + this.#positions[p * 3 + 1] + (pose?.translations[p * 3 + 1] ?? 0), 0) /
      Math.max(1, particles.length);
    return mean(lower) - mean(upper);
  }
}

function writeOpaque(pixels: Uint8ClampedArray, color: Float32Array): void {
  for (let i = 0, o = 0; o < pixels.length; i += 3, o += 4) {
    pixels[o] = color[i] * 255;
    pixels[o + 1] = color[i + 1] * 255;
    pixels[o + 2] = color[i + 2] * 255;
    pixels[o + 3] = 255;
  }
}

/** Colours over black are premultiplied; a canvas wants them apart. */
function writeTransparent(pixels: Uint8ClampedArray, color: Float32Array, transmittance: Float32Array): void {
  for (let p = 0, i = 0, o = 0; o < pixels.length; p++, i += 3, o += 4) {
    const alpha = 1 - transmittance[p];
    const scale = alpha > 0 ? 255 / alpha : 0;
    pixels[o] = color[i] * scale;
    pixels[o + 1] = color[i + 1] * scale;
    pixels[o + 2] = color[i + 2] * scale;
    pixels[o + 3] = alpha * 255;
  }
}

/** Mean of the Gaussians by opacity: what an orbit turns about. World units. */
function middleOf({ means, opacityLogits }: GaussianArrays): readonly [number, number, number] {
  const sums = [0, 0, 0];
  let weights = 0;
  for (const [n, logit] of opacityLogits.entries()) {
    const weight = 1 / (1 + Math.exp(-logit));
    weights += weight;
    for (let axis = 0; axis < 3; axis++) sums[axis] += weight * means[n * 3 + axis];
  }
  return sums.map((sum) => sum / Math.max(weights, 1e-9)) as unknown as readonly [number, number, number];
}
