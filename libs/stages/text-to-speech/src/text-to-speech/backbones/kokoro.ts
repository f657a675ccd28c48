import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { StageError, type RunOf, type StageContext } from '@soliloquy/stage';
import { phonemize } from '../neural/espeak.ts';
import { checkGiven, settleUnknown } from '../neural/given-phonemes.ts';
import { checkScripts, scriptsOf } from '../neural/scripts.ts';
import { speak, type Utterance } from '../neural/speak.ts';
import { openSpeechNetwork } from '../neural/speech-network.ts';
import { filesEnding, licenceOf, readVoiceJson, voiceLayout } from '../neural/voice-folder.ts';
import { utterances } from '../speakable.ts';
import type { textToSpeechStage } from '../stage.ts';

type Run = RunOf<typeof textToSpeechStage, 'kokoro'>;
type Params = Parameters<Run>[1];

/** Hz, of every voice of Kokoro. */
const SAMPLE_RATE = 24_000;
/** Width of a style; a voice has one for every number of symbols. */
const STYLE = 256;
/** The network reads 512 symbols, two of them padding. */
const LONGEST = 510;

/** Languages by the first letter of a voice, as eSpeak NG calls them. Japanese and Chinese need other phonemizers. */
const LANGUAGES: Readonly<Record<string, string>> = {
  a: 'en-us',
  b: 'en-gb',
  e: 'es',
  f: 'fr-fr',
  h: 'hi',
  i: 'it',
  p: 'pt-br',
};
const ELSEWHERE: Readonly<Record<string, string>> = { j: 'Japanese', z: 'Chinese' };

const vocabulary = z.record(z.string(), z.int().min(0));
const config = z.looseObject({ vocab: vocabulary });
const tokenizer = z.looseObject({ model: config });

/** Speech by Kokoro: phonemes to ids, the voice's style for so many of them, StyleTTS 2 to samples. */
export const run: Run = async ({ text = '' }, params, ctx) => {
  const folder = await ctx.model(params.model);
  const language = languageOf(params.voice, params.phonemes);
  const styles = readStyles(folder, params.voice);
  const vocab = vocabularyOf(folder);
  ctx.log(`voice ${params.voice}, ${language}; ${licenceOf(folder)}`);
  const spoken = await utterancesOf(text, { vocab, language }, params, ctx);
  const path = ['onnx/model.onnx', 'model.onnx'].map((each) => join(folder, each)).find((each) => existsSync(each));
  if (path === undefined) throw voiceLayout('onnx/model.onnx or model.onnx', 'neither');
  const network = await openSpeechNetwork(path, { threads: ctx.threads, seed: ctx.seed, where: 'kokoro' });
  try {
    return await speak(
      {
        sampleRate: SAMPLE_RATE,
        utterances: spoken,
        pause: 0,
        say: ({ ids }) => network.say(feedsOf(ids, styles, params.pace), ids.length),
      },
      params.padTo,
      ctx,
    );
  } finally {
    await network.dispose();
  }
};

/** Under the names that exports of now and of long ago have. */
function feedsOf(ids: Int32Array, styles: Float32Array, pace: number) {
  const row = Math.min(ids.length - 2, styles.length / STYLE - 1);
  const style = { shape: [1, STYLE], data: styles.slice(row * STYLE, (row + 1) * STYLE) };
  const tokens = { shape: [1, ids.length], data: ids };
  return { input_ids: tokens, tokens, style, ref_s: style, speed: { shape: [1], data: Float32Array.of(pace) } };
}

/** @throws StageError `stage.argument` for a voice of a language whose sounds cannot be told here */
function languageOf(voice: string, phonemes: Params['phonemes']): string {
  const [letter = ''] = voice;
  const language = Object.hasOwn(LANGUAGES, letter) ? LANGUAGES[letter] : undefined;
  if (language !== undefined) return language;
  if (phonemes === 'given' && Object.hasOwn(ELSEWHERE, letter)) return ELSEWHERE[letter] as string;
  throw new StageError({
    code: 'stage.argument',
    where: 'text-to-speech.voice',
    expected: `a voice whose first letter is one of ${Object.keys(LANGUAGES).join(', ')}`,
    got: `"${voice}"${Object.hasOwn(ELSEWHERE, letter) ? `, which speaks ${ELSEWHERE[letter]}` : ''}`,
    remedy: 'choose another, or give phonemes and set phonemes to "given"',
  });
}

/** f32 [n, STYLE]: the style for every number of symbols. @throws StageError `stage.argument`, `model.layout` */
function readStyles(folder: string, voice: string): Float32Array {
  const path = join(folder, 'voices', `${voice}.bin`);
  const voices = filesEnding(join(folder, 'voices'), '.bin').map((name) => name.slice(0, -4));
  if (!voices.includes(voice))
    throw new StageError({
      code: 'stage.argument',
      where: 'text-to-speech.voice',
      expected: `a voice in the folder (${voices.slice(0, 12).join(', ') || 'none is there'})`,
      got: `"${voice}"`,
      remedy: 'choose one, or put its file into voices/',
    });
  const { size } = statSync(path);
  const row = STYLE * Float32Array.BYTES_PER_ELEMENT;
  if (size === 0 || size % row !== 0 || size > LONGEST * 4 * row)
    throw voiceLayout(`voices/${voice}.bin of ${STYLE} numbers a row`, `${size} bytes`);
  const bytes = readFileSync(path);
  return new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + size));
}

function vocabularyOf(folder: string): Readonly<Record<string, number>> {
  if (existsSync(join(folder, 'tokenizer.json'))) return readVoiceJson(folder, 'tokenizer.json', tokenizer).model.vocab;
  return readVoiceJson(folder, 'config.json', config).vocab;
}

interface Reading {
  readonly vocab: Readonly<Record<string, number>>;
  readonly language: string;
}

/** @throws StageError `stage.script`, `stage.empty-text`, `stage.phoneme` */
async function utterancesOf(
  text: string,
  { vocab, language }: Reading,
  { phonemes, voice }: Params,
  ctx: StageContext,
): Promise<Utterance[]> {
  if (phonemes === 'given') checkGiven(text);
  else checkScripts(text, `voice "${voice}"`, scriptsOf(language));
  const unknown = new Set<string>();
  const made: Utterance[] = [];
  for (const part of utterances(text.replace(/\s+/g, ' ').trim())) {
    const written = phonemes === 'given' ? part : asTrained(await phonemize(part, language, ctx.signal), language);
    for (const piece of pieces([...written])) {
      const known = piece.filter((symbol) => Object.hasOwn(vocab, symbol));
      for (const symbol of piece) if (!Object.hasOwn(vocab, symbol) && symbol.trim() !== '') unknown.add(symbol);
      const ids = Int32Array.from([0, ...known.map((symbol) => vocab[symbol] as number), 0]);
      if (known.length > 0) made.push({ text: part, symbols: ['', ...known, ''], ids });
    }
  }
  settleUnknown(unknown, { phonemes, voice }, (message) => ctx.log(message));
  return made;
}

/** Symbols in pieces that the network can read, cut at spaces where there are any. */
function pieces(symbols: readonly string[]): string[][] {
  if (symbols.length <= LONGEST) return [[...symbols]];
  const space = symbols.lastIndexOf(' ', LONGEST);
  const at = space > LONGEST / 2 ? space : LONGEST;
  return [symbols.slice(0, at), ...pieces(symbols.slice(at))];
}

/** Where eSpeak NG writes sounds otherwise than Kokoro's English was trained: the published substitutions. */
const SOUNDS: readonly [RegExp, string][] = [
  [/ʲ/g, 'j'],
  [/r/g, 'ɹ'],
  [/x/g, 'k'],
  [/ɬ/g, 'l'],
];

function asTrained(ipa: string, language: string): string {
  if (!language.startsWith('en')) return ipa;
  const plain = SOUNDS.reduce((now, [from, to]) => now.replace(from, to), ipa);
  return language === 'en-us' ? plain.replace(/(?<=nˈaɪn)ti(?!ː)/g, 'di') : plain;
}
