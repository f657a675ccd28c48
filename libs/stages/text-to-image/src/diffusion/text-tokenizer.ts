import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { Tokenizer } from '@huggingface/tokenizers';
import { z } from 'zod';
import { layout, readJson } from './pipeline-folder.ts';

/** Token ids of a text, padded to the length that the text encoder takes. */
export interface TokenIds {
  readonly ids: Int32Array;
  /** How many tokens of the text did not fit. */
  readonly cut: number;
}

/** Text to ids, as the encoder beside it was trained. */
export interface TextTokenizer {
  encode(text: string, length: number): TokenIds;
  /** The most tokens that the encoder was trained with, where the folder says so. */
  readonly longest: number | undefined;
}

const token = z.union([z.string(), z.looseObject({ content: z.string() })]).nullish();
const config = z.looseObject({
  model_max_length: z.number().positive().optional(),
  pad_token: token,
  eos_token: token,
});
const vocabulary = z.record(z.string(), z.int().min(0));

/** Longer a text is nobody's prompt. */
const LONGEST_TEXT = 20_000;
/** What a folder says that means "no limit". */
const NO_LIMIT = 100_000;

/**
 * The tokenizer of a folder: `tokenizer.json`, or CLIP's `vocab.json` and `merges.txt`, beside `tokenizer_config.json`.
 *
 * @throws StageError `model.layout`
 */
export function openTokenizer(folder: string, where: string): TextTokenizer {
  const settings = readJson(join(folder, 'tokenizer_config.json'), config, where, {});
  const special = readJson(join(folder, 'special_tokens_map.json'), config, where, {});
  const file = join(folder, 'tokenizer.json');
  const definition = existsSync(file) ? readJson(file, z.looseObject({}), where) : clipDefinition(folder, where);
  let tokenizer: Tokenizer;
  try {
    tokenizer = new Tokenizer(definition, settings);
  } catch (cause) {
    throw layout(`${where}: tokenizer`, 'one that can be built', (cause as Error).message);
  }
  const idOf = (name: string, given: z.infer<typeof token>, fallback: string): number => {
    const text = textOf(given) ?? fallback;
    const id = tokenizer.token_to_id(text);
    if (id === undefined) throw layout(`${where}: ${name}`, 'a token of the vocabulary', `"${text}"`);
    return id;
  };
  const end = idOf('eos_token', settings.eos_token ?? special.eos_token, '<|endoftext|>');
  const pad = idOf('pad_token', settings.pad_token ?? special.pad_token, '<|endoftext|>');
  const limit = settings.model_max_length;
  return {
    longest: limit !== undefined && limit < NO_LIMIT ? Math.floor(limit) : undefined,
    encode(text, length) {
      const all = tokenizer.encode(text.slice(0, LONGEST_TEXT), { add_special_tokens: true }).ids;
      const kept = all.length <= length ? all : [...all.slice(0, length - 1), end];
      const ids = new Int32Array(length).fill(pad);
      ids.set(kept);
      return { ids, cut: all.length - kept.length };
    },
  };
}

function textOf(given: z.infer<typeof token>): string | undefined {
  return typeof given === 'string' ? given : (given?.content ?? undefined);
}

/** The pieces that CLIP's words are cut into before merging, as its published tokenizer has them. */
const CLIP_WORDS = "'s|'t|'re|'ve|'m|'ll|'d|[\\p{L}]+|[\\p{N}]|[^\\s\\p{L}\\p{N}]+";
const [START, END] = ['<|startoftext|>', '<|endoftext|>'];

/** CLIP's tokenizer (Radford et al. 2021) as one definition: byte pairs of lower-cased words that end in `</w>`. */
function clipDefinition(folder: string, where: string): object {
  const vocab = readJson(join(folder, 'vocab.json'), vocabulary, where);
  const path = join(folder, 'merges.txt');
  if ((statSync(path, { throwIfNoEntry: false })?.size ?? Infinity) > 2 ** 24)
    throw layout(where, 'merges.txt of at most 16 MiB', existsSync(path) ? 'a larger one' : 'none');
  const merges = readFileSync(path, 'utf8')
    .split('\n')
    .filter((line) => line.includes(' ') && !line.startsWith('#version'))
    .map((line) => line.trim().split(' '));
  const [start, end] = [vocab[START], vocab[END]];
  if (start === undefined || end === undefined)
    throw layout(`${where}: vocab.json`, `${START} and ${END}`, 'a vocabulary without');
  const added = [start, end].map((id, index) => ({
    id,
    content: index === 0 ? START : END,
    special: true,
    normalized: false,
    lstrip: false,
    rstrip: false,
    single_word: false,
  }));
  return {
    added_tokens: added,
    normalizer: {
      type: 'Sequence',
      normalizers: [
        { type: 'NFC' },
        { type: 'Replace', pattern: { Regex: '\\s+' }, content: ' ' },
        { type: 'Lowercase' },
      ],
    },
    pre_tokenizer: {
      type: 'Sequence',
      pretokenizers: [
        { type: 'Split', pattern: { Regex: CLIP_WORDS }, behavior: 'Removed', invert: true },
        { type: 'ByteLevel', add_prefix_space: false, trim_offsets: true, use_regex: false },
      ],
    },
    post_processor: {
      type: 'RobertaProcessing',
      sep: [END, end],
      cls: [START, start],
      trim_offsets: false,
      add_prefix_space: false,
    },
    decoder: null,
    model: {
      type: 'BPE',
      unk_token: END,
      continuing_subword_prefix: '',
      end_of_word_suffix: '</w>',
      fuse_unk: false,
      vocab,
      merges,
    },
  };
}
