import { createGather, planesFrom, type Gather, type GatherEngine, type Planes } from '@soliloquy/image-kernels';
import type { LayerPixels } from './layer-raster.ts';

/** Points that a gather takes at once. */
const AT_ONCE = 16_384;

/** Lays pixels of layers over frames; in their order, so that a later one is before an earlier one. */
export interface LayerSampler {
  /**
   * Lays their colors over a frame.
   *
   * @param rgba  u8 [height, width, 4]
   * @param paint f32 [pixels, 4] what is painted over the layers: sRGB and coverage, 0 … 1
   */
  layOver(pixels: LayerPixels, rgba: Uint8ClampedArray, paint?: Float32Array): Promise<void>;
  /**
   * Adds what they cover.
   *
   * @param coverage u8 [height, width]
   */
  cover(pixels: LayerPixels, coverage: Uint8ClampedArray): Promise<void>;
  /** Ends its threads. */
  close(): Promise<void>;
}

/** @param source premultiplied, as `layerSource` has them; gathers are compiled when they are first asked for */
export function layerSampler(source: Planes, engine: GatherEngine): LayerSampler {
  const gathers: { color?: Gather; coverage?: Gather } = {};
  const [xs, ys] = [new Float32Array(AT_ONCE), new Float32Array(AT_ONCE)];

  async function sample(pixels: LayerPixels, what: 'color' | 'coverage', take: Take): Promise<void> {
    gathers[what] ??= await createGather(what === 'color' ? source : planesFrom(source, 3, 1), AT_ONCE, engine);
    for (let from = 0; from < pixels.count; from += AT_ONCE) {
      const count = Math.min(AT_ONCE, pixels.count - from);
      xs.set(pixels.xs.subarray(from, from + count));
      ys.set(pixels.ys.subarray(from, from + count));
      take(from, count, await gathers[what].sample(xs, ys));
    }
  }

  return {
    layOver: (pixels, rgba, paint) =>
      sample(pixels, 'color', (from, count, [red, green, blue, alpha]) => {
        const indices = pixels.indices.subarray(from, from + count);
        overFrame(rgba, indices, { red, green, blue, alpha, paint: paint?.subarray(4 * from, 4 * (from + count)) });
      }),
    cover: (pixels, coverage) =>
      sample(pixels, 'coverage', (from, count, [alpha]) => {
        for (let i = 0; i < count; i++) {
          const at = pixels.indices[from + i];
          coverage[at] += (255 - coverage[at]) * Math.min(1, Math.max(0, alpha[i]));
        }
      }),
    async close() {
      await gathers.color?.close();
      await gathers.coverage?.close();
    },
  };
}

type Take = (from: number, count: number, planes: readonly Float32Array[]) => void;

interface Sampled {
  readonly red: Float32Array;
  readonly green: Float32Array;
  readonly blue: Float32Array;
  readonly alpha: Float32Array;
  /** f32 [pixels, 4] */
  readonly paint: Float32Array | undefined;
}

/** Lays premultiplied colors, 0 … 1, over a frame; cubic weights overshoot, so they are kept within their coverage. */
function overFrame(rgba: Uint8ClampedArray, indices: Int32Array, { red, green, blue, alpha, paint }: Sampled): void {
  for (let i = 0; i < indices.length; i++) {
    const cover = Math.min(1, Math.max(0, alpha[i]));
    if (cover === 0) continue;
    const at = 4 * indices[i];
    const behind = 1 - cover;
    const painted = paint ? paint[4 * i + 3] : 0;
    const keep = 255 * (1 - painted);
    rgba[at] = keep * Math.min(cover, Math.max(0, red[i])) + behind * rgba[at];
    rgba[at + 1] = keep * Math.min(cover, Math.max(0, green[i])) + behind * rgba[at + 1];
    rgba[at + 2] = keep * Math.min(cover, Math.max(0, blue[i])) + behind * rgba[at + 2];
    if (painted > 0) for (let c = 0; c < 3; c++) rgba[at + c] += 255 * painted * cover * paint![4 * i + c];
  }
}
