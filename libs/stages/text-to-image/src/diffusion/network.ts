import { loadOnnxFile, type OnnxProgram, type Tensor, type TensorData } from '@soliloquy/tensor';
import { inputOf, type Conditioning } from './encode-prompt.ts';
import { layout, modelPath, type Family, type PipelineFolder } from './pipeline-folder.ts';
import { guidanceFeatures } from './tensors.ts';

/** Size of a picture and of its latents. */
export interface Canvas {
  /** pixels */
  readonly width: number;
  readonly height: number;
  /** Latents: channels, rows, columns. */
  readonly channels: number;
  readonly rows: number;
  readonly columns: number;
}

/** What a network says of latents at a time: noise, velocity or the clean latents, f32 [C * rows * columns]. */
export interface Network {
  predict(latents: Float32Array, time: number, said: Conditioning): Promise<Float32Array>;
  dispose(): Promise<void>;
}

export interface NetworkOptions {
  readonly where: string;
  readonly threads: number;
  readonly canvas: Canvas;
  /** Guidance, for networks that take it as an input. */
  readonly guidance: number;
}

type Feeds = Record<string, Tensor<TensorData>>;

/** Of a step: latents, time and conditioning as the family's network takes them. */
type MakeFeeds = (
  given: { readonly latents: Float32Array; readonly time: number; readonly said: Conditioning },
  program: OnnxProgram,
  options: NetworkOptions & { readonly folder: PipelineFolder },
) => Feeds;

/** The pixels that a picture was cut from and to, as SDXL is told: whole, uncut. */
function timeIds({ width, height }: Canvas): Tensor {
  return vector([height, width, 0, 0, height, width]);
}

function vector(values: readonly number[]): Tensor {
  return { shape: [1, values.length], data: Float32Array.from(values) };
}

/** A time as the network takes it: a scalar or one of a batch, a whole number or not. */
function timeOf(program: OnnxProgram, time: number, where: string): Tensor<TensorData> {
  const { shape, dtype } = inputOf(program, 'timestep', where);
  const whole = dtype === 'int64' || dtype === 'int32';
  const data = whole ? Int32Array.of(Math.round(time)) : Float32Array.of(time);
  return { shape: shape.length === 0 ? [] : [1], data };
}

const unetFeeds: MakeFeeds = ({ latents, time, said }, program, { canvas, guidance, where, folder }) => ({
  sample: { shape: [1, canvas.channels, canvas.rows, canvas.columns], data: latents },
  timestep: timeOf(program, time, where),
  encoder_hidden_states: said.sequence,
  ...(said.pooled !== undefined && { text_embeds: said.pooled, time_ids: timeIds(canvas) }),
  // A latent consistency model takes guidance as an embedding, of the scale less one.
  timestep_cond: guidanceFeatures(guidance - 1, folder.widths.guidance),
});

const sd3Feeds: MakeFeeds = ({ latents, time, said }, program, { canvas, where }) => ({
  hidden_states: { shape: [1, canvas.channels, canvas.rows, canvas.columns], data: latents },
  timestep: timeOf(program, time, where),
  encoder_hidden_states: said.sequence,
  ...(said.pooled !== undefined && { pooled_projections: said.pooled }),
});

/** Times of FLUX's network run from 1 to 0. */
const FLUX_TIMES = 1000;

const fluxFeeds: MakeFeeds = ({ latents, time, said }, program, { canvas, guidance, where }) => {
  const [rows, columns] = [canvas.rows / 2, canvas.columns / 2];
  const tokens = said.sequence.shape[1] ?? 0;
  const positions = new Float32Array(rows * columns * 3);
  for (let i = 0; i < rows * columns; i++) {
    positions[3 * i + 1] = Math.floor(i / columns);
    positions[3 * i + 2] = i % columns;
  }
  const ranked = (name: string, shape: number[]): number[] =>
    program.inputs.find((each) => each.name === name)?.shape.length === 3 ? [1, ...shape] : shape;
  return {
    hidden_states: { shape: [1, rows * columns, canvas.channels * 4], data: packed(latents, canvas) },
    timestep: timeOf(program, time / FLUX_TIMES, where),
    encoder_hidden_states: said.sequence,
    ...(said.pooled !== undefined && { pooled_projections: said.pooled }),
    img_ids: { shape: ranked('img_ids', [rows * columns, 3]), data: positions },
    txt_ids: { shape: ranked('txt_ids', [tokens, 3]), data: new Float32Array(tokens * 3) },
    guidance: { shape: [1], data: Float32Array.of(guidance) },
  };
};

const FEEDS: Readonly<Record<Family, MakeFeeds>> = { sd: unetFeeds, sdxl: unetFeeds, sd3: sd3Feeds, flux: fluxFeeds };

/** Names of the output, of exports of now and of long ago. */
const OUTPUTS = ['out_sample', 'out_hidden_states', 'sample', 'hidden_states'];

/**
 * Loads the denoising network of a pipeline.
 *
 * @throws StageError `model.layout` where it takes something that is not given, or gives nothing of the right size
 */
export async function openNetwork(folder: PipelineFolder, options: NetworkOptions): Promise<Network> {
  const where = `${options.where}: ${folder.network}`;
  const { threads, canvas } = options;
  const program = await loadOnnxFile(modelPath(folder.root, folder.network), { threads, name: where });
  const unpack = folder.family === 'flux' ? (data: Float32Array): Float32Array => unpacked(data, canvas) : undefined;
  return {
    async predict(latents, time, said) {
      const all = FEEDS[folder.family]({ latents, time, said }, program, { ...options, where, folder });
      const feeds: Feeds = {};
      for (const { name } of program.inputs) {
        if (all[name] === undefined) throw layout(where, `inputs out of ${Object.keys(all).join(', ')}`, `"${name}"`);
        feeds[name] = all[name];
      }
      const outputs = await program.run(feeds);
      const name = OUTPUTS.find((each) => outputs[each] !== undefined) ?? '';
      const data = outputs[name]?.data;
      if (!(data instanceof Float32Array) || data.length !== latents.length)
        throw layout(where, `${OUTPUTS.slice(0, 2).join(' or ')} of ${latents.length} numbers`, `${data?.length ?? 0}`);
      return unpack === undefined ? data : unpack(data);
    },
    dispose: () => program.dispose(),
  };
}

/** Latents [C, 2 r, 2 c] as tokens [r * c, 4 C]: every square of four beside each other. */
export function packed(latents: Float32Array, canvas: Canvas): Float32Array {
  const tokens = new Float32Array(latents.length);
  visitSquares(canvas, (latent, token) => void (tokens[token] = latents[latent] as number));
  return tokens;
}

/** The inverse of `packed`. */
export function unpacked(tokens: Float32Array, canvas: Canvas): Float32Array {
  const latents = new Float32Array(tokens.length);
  visitSquares(canvas, (latent, token) => void (latents[latent] = tokens[token] as number));
  return latents;
}

function visitSquares({ channels, rows, columns }: Canvas, visit: (latent: number, token: number) => void): void {
  const width = columns / 2;
  for (let channel = 0; channel < channels; channel++)
    for (let row = 0; row < rows; row++)
      for (let column = 0; column < columns; column++) {
        const token = Math.floor(row / 2) * width + Math.floor(column / 2);
        const within = channel * 4 + (row % 2) * 2 + (column % 2);
        visit((channel * rows + row) * columns + column, token * channels * 4 + within);
      }
}
