import type { Image } from '@soliloquy/media';
import { StageError } from '@soliloquy/stage';
import { loadOnnxFile, type OnnxProgram } from '@soliloquy/tensor';
import type { Canvas } from './network.ts';
import { layout, modelPath, type PipelineFolder } from './pipeline-folder.ts';

/** Latents to pictures. */
export interface LatentDecoder {
  /** @param latents f32 [C * rows * columns] as the sampler left them; @returns opaque sRGB */
  decode(latents: Float32Array): Promise<Image>;
  dispose(): Promise<void>;
}

export interface DecoderOptions {
  readonly where: string;
  readonly threads: number;
  readonly canvas: Canvas;
  /** Side of a tile, latents; a picture that is no larger is decoded in one. */
  readonly tile: number;
  /** Heard before every tile. */
  step(tile: number, tiles: number): Promise<void>;
}

/** Share of a tile that its neighbour covers too. */
const OVERLAP = 0.25;

/**
 * Loads the decoder of a pipeline's autoencoder. Large latents are decoded in tiles of one size that overlap by a
 * quarter, blended linearly across it, so that memory does not grow with the picture.
 *
 * @throws StageError `model.layout`
 */
export async function openDecoder(folder: PipelineFolder, options: DecoderOptions): Promise<LatentDecoder> {
  const where = `${options.where}: vae_decoder`;
  const path = modelPath(folder.root, 'vae_decoder');
  const program = await loadOnnxFile(path, { threads: options.threads, name: where });
  const { canvas, tile } = options;
  const { pixels, scale, shift } = folder.latent;
  const [rows, columns] = [tilesOf(canvas.rows, tile), tilesOf(canvas.columns, tile)];
  return {
    async decode(latents) {
      const whole = latents.map((value) => value / scale + shift);
      const sum = new Float64Array(3 * canvas.width * canvas.height);
      const weights = new Float64Array(canvas.width * canvas.height);
      let done = 0;
      for (const row of rows)
        for (const column of columns) {
          await options.step(done++, rows.length * columns.length);
          const part = cut(whole, canvas, row, column);
          const shown = await decodeTile(program, part, { row, column, canvas, pixels, where });
          lay(shown, { row, column, canvas, pixels }, sum, weights);
        }
      return imageOf(sum, weights, canvas, where);
    },
    dispose: () => program.dispose(),
  };
}

/** A part of one axis, and whether others lie before and after it. */
interface Span {
  readonly start: number;
  readonly size: number;
  /** Latents that the span before covers too; 0 for the first. */
  readonly before: number;
  /** Latents that the span after covers too; 0 for the last. */
  readonly after: number;
}

/** Spans of one size that cover an axis, even over it, each overlapping the next by a quarter of a span or more. */
export function tilesOf(size: number, tile: number): Span[] {
  if (size <= tile) return [{ start: 0, size, before: 0, after: 0 }];
  const stride = Math.max(1, Math.floor(tile * (1 - OVERLAP)));
  const count = Math.ceil((size - tile) / stride) + 1;
  const starts = Array.from({ length: count }, (_, i) => Math.round((i * (size - tile)) / (count - 1)));
  return starts.map((start, i) => ({
    start,
    size: tile,
    before: i === 0 ? 0 : (starts[i - 1] as number) + tile - start,
    after: i === count - 1 ? 0 : start + tile - (starts[i + 1] as number),
  }));
}

function cut(latents: Float32Array, { channels, rows, columns }: Canvas, row: Span, column: Span): Float32Array {
  const part = new Float32Array(channels * row.size * column.size);
  for (let channel = 0; channel < channels; channel++)
    for (let y = 0; y < row.size; y++) {
      const from = (channel * rows + row.start + y) * columns + column.start;
      part.set(latents.subarray(from, from + column.size), (channel * row.size + y) * column.size);
    }
  return part;
}

interface Tile {
  readonly row: Span;
  readonly column: Span;
  readonly canvas: Canvas;
  /** Side of a latent. */
  readonly pixels: number;
}

async function decodeTile(
  program: OnnxProgram,
  data: Float32Array,
  { row, column, canvas, pixels, where }: Tile & { readonly where: string },
): Promise<Float32Array> {
  const [input] = program.inputs;
  const shape = [1, canvas.channels, row.size, column.size];
  const outputs = await program.run({ [input?.name ?? 'latent_sample']: { shape, data } });
  const shown = outputs['sample']?.data ?? Object.values(outputs)[0]?.data;
  const wanted = 3 * row.size * column.size * pixels ** 2;
  if (shown instanceof Float32Array && shown.length === wanted) return shown;
  throw layout(where, `sample of ${wanted} numbers`, `${shown?.length ?? 0}`);
}

/** How much of a pixel a tile gives: less and less where another covers it too. */
function weightAt(pixel: number, { size, before, after }: Span, pixels: number): number {
  const rise = before === 0 ? 1 : (pixel + 0.5) / (before * pixels);
  const fall = after === 0 ? 1 : (size * pixels - pixel - 0.5) / (after * pixels);
  return Math.min(1, rise, fall);
}

/** Adds a tile's pixels, f32 [3, h, w] of -1 … 1, to the sum of all. */
function lay(shown: Float32Array, tile: Tile, sum: Float64Array, weights: Float64Array): void {
  const { row, column, canvas, pixels } = tile;
  const [height, width] = [row.size * pixels, column.size * pixels];
  for (let y = 0; y < height; y++) {
    const down = weightAt(y, row, pixels);
    for (let x = 0; x < width; x++) {
      const weight = down * weightAt(x, column, pixels);
      const at = (row.start * pixels + y) * canvas.width + column.start * pixels + x;
      weights[at] += weight;
      for (let c = 0; c < 3; c++) sum[3 * at + c] += weight * (shown[(c * height + y) * width + x] as number);
    }
  }
}

/** @throws StageError `stage.not-finite`: f16 overflows in some decoders, and then the picture would be black */
function imageOf(sum: Float64Array, weights: Float64Array, { width, height }: Canvas, where: string): Image {
  const data = new Uint8ClampedArray(4 * width * height).fill(255);
  for (let i = 0; i < width * height; i++)
    for (let c = 0; c < 3; c++) {
      const value = (sum[3 * i + c] as number) / (weights[i] as number);
      if (!Number.isFinite(value))
        throw new StageError({
          code: 'stage.not-finite',
          where,
          expected: 'numbers',
          got: String(value),
          remedy: 'take this part of the model in f32, or less guidance',
        });
      data[4 * i + c] = Math.round((value / 2 + 0.5) * 255);
    }
  return { width, height, data };
}
