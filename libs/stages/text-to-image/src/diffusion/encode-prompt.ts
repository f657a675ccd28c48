import { join } from 'node:path';
import { loadOnnxFile, type OnnxProgram, type Tensor } from '@soliloquy/tensor';
import { layout, modelPath, type Family, type PipelineFolder, type TextEncoderPart } from './pipeline-folder.ts';
import { after, beside, joined, widened, zerosLike } from './tensors.ts';
import { openTokenizer } from './text-tokenizer.ts';

/** What a network is told of a prompt. */
export interface Conditioning {
  /** f32 [1, tokens, width] */
  readonly sequence: Tensor;
  /** f32 [1, width], where the family has one. */
  readonly pooled?: Tensor;
}

/** How a prompt is read. */
export interface Reading {
  readonly where: string;
  readonly threads: number;
  /** Hears what of a prompt did not fit. */
  log(message: string): void;
}

/** CLIP reads so many tokens. */
const CLIP_TOKENS = 77;
/** T5 reads so many unless its folder says another number: those of the published pipelines. */
const T5_TOKENS: Readonly<Record<Family, number>> = { sd: CLIP_TOKENS, sdxl: CLIP_TOKENS, sd3: 256, flux: 512 };

/** What one encoder gives: outputs by name. */
type Encoded = Record<string, Tensor>;

/**
 * Encodes texts with all text encoders of a pipeline, one encoder in memory at a time.
 *
 * @returns one conditioning per text; `undefined` among the texts stands for none, which is zeros where the pipeline
 *   says so and else the encoding of an empty text
 * @throws StageError `model.layout`, TensorError
 */
export async function encodePrompts(
  folder: PipelineFolder,
  texts: readonly (string | undefined)[],
  reading: Reading,
): Promise<Conditioning[]> {
  const encoded: Encoded[][] = texts.map(() => []);
  for (const [index, part] of folder.encoders.entries()) {
    const encode = await openEncoder(folder, part, index, reading);
    for (const [at, text] of texts.entries()) encoded[at]?.push(await encode.run(text ?? ''));
    await encode.dispose();
  }
  return encoded.map((parts, at) => {
    const whole = JOIN[folder.family](parts, folder, reading.where);
    if (texts[at] !== undefined || !folder.zerosForNoPrompt) return whole;
    return { sequence: zerosLike(whole.sequence), ...(whole.pooled && { pooled: zerosLike(whole.pooled) }) };
  });
}

async function openEncoder(folder: PipelineFolder, part: TextEncoderPart, index: number, reading: Reading) {
  const where = `${reading.where}: ${part.folder}`;
  const tokenizer = openTokenizer(join(folder.root, part.tokenizer), `${reading.where}: ${part.tokenizer}`);
  const options = { threads: reading.threads, name: where };
  const program = await loadOnnxFile(modelPath(folder.root, part.folder), options);
  const isClip = !(folder.family === 'flux' && index === 1) && !(folder.family === 'sd3' && index === 2);
  const [, fixed = -1] = inputOf(program, 'input_ids', where).shape;
  const trained = isClip ? CLIP_TOKENS : Math.min(T5_TOKENS[folder.family], tokenizer.longest ?? Infinity);
  const length = fixed > 0 ? fixed : trained;
  return {
    async run(text: string): Promise<Encoded> {
      const { ids, cut } = tokenizer.encode(text, length);
      if (cut > 0) reading.log(`${part.folder}: the last ${cut} tokens of "${text.slice(0, 40)}…" do not fit`);
      const mask = { shape: [1, length], data: new Int32Array(length).fill(1) };
      const feeds = Object.fromEntries(
        program.inputs.map(({ name }) => [name, name === 'input_ids' ? { shape: [1, length], data: ids } : mask]),
      );
      return floatsOf(await program.run(feeds));
    },
    dispose: () => program.dispose(),
  };
}

/** Outputs that are numbers with a fraction. */
function floatsOf(outputs: Record<string, { shape: readonly number[]; data: unknown }>): Encoded {
  return Object.fromEntries(
    Object.entries(outputs).filter((entry): entry is [string, Tensor] => entry[1].data instanceof Float32Array),
  );
}

/** @throws StageError `model.layout` */
export function inputOf(program: OnnxProgram, name: string, where: string): OnnxProgram['inputs'][number] {
  const found = program.inputs.find((each) => each.name === name);
  if (found !== undefined) return found;
  throw layout(where, `an input ${name}`, program.inputs.map((each) => each.name).join(', ') || 'none');
}

function outputOf(encoded: Encoded | undefined, names: readonly string[], where: string): Tensor {
  const found = names.map((name) => encoded?.[name]).find((each) => each !== undefined);
  if (found !== undefined) return found;
  throw layout(where, `an output ${names.join(' or ')}`, Object.keys(encoded ?? {}).join(', ') || 'none');
}

type Join = (parts: readonly Encoded[], folder: PipelineFolder, where: string) => Conditioning;

/** The hidden state before the last, which SDXL and SD3 take. */
function penultimate(parts: readonly Encoded[], index: number, { encoders }: PipelineFolder, where: string): Tensor {
  const layers = encoders[index]?.layers;
  const at = `${where}: ${encoders[index]?.folder ?? `text encoder ${index + 1}`}`;
  if (layers === undefined) throw layout(at, 'num_hidden_layers in its config.json', 'none');
  return outputOf(parts[index], [`hidden_states.${layers - 1}`], at);
}

const JOIN: Readonly<Record<Family, Join>> = {
  sd: ([first], _folder, where) => ({
    sequence: outputOf(first, ['last_hidden_state'], `${where}: text_encoder`),
  }),
  sdxl: (parts, folder, where) => ({
    sequence:
      parts.length === 1
        ? penultimate(parts, 0, folder, where)
        : beside(penultimate(parts, 0, folder, where), penultimate(parts, 1, folder, where)),
    pooled: outputOf(parts.at(-1), ['text_embeds'], `${where}: text_encoder_2`),
  }),
  sd3: (parts, folder, where) => {
    if (parts.length < 2) throw layout(where, 'text_encoder and text_encoder_2', `${parts.length} text encoder`);
    const clip = beside(penultimate(parts, 0, folder, where), penultimate(parts, 1, folder, where));
    const pooled = joined(
      outputOf(parts[0], ['text_embeds'], `${where}: text_encoder`),
      outputOf(parts[1], ['text_embeds'], `${where}: text_encoder_2`),
    );
    // Without T5 it is zeros, as in the published pipeline.
    const absent = { shape: [1, T5_TOKENS.sd3, folder.widths.text] };
    const long =
      parts[2] === undefined
        ? { ...absent, data: new Float32Array(T5_TOKENS.sd3 * folder.widths.text) }
        : outputOf(parts[2], ['last_hidden_state'], `${where}: text_encoder_3`);
    return { sequence: after(widened(clip, long.shape[2] ?? 0), long), pooled };
  },
  flux: (parts, _folder, where) => ({
    sequence: outputOf(parts[1], ['last_hidden_state'], `${where}: text_encoder_2`),
    pooled: outputOf(parts[0], ['pooler_output'], `${where}: text_encoder`),
  }),
};
