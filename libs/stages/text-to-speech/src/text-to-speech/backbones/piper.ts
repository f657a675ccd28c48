import { join } from 'node:path';
import { z } from 'zod';
import { StageError, type RunOf, type StageContext } from '@soliloquy/stage';
import { phonemize } from '../neural/espeak.ts';
import { checkGiven, settleUnknown } from '../neural/given-phonemes.ts';
import { checkScripts, scriptOf, scriptsOf } from '../neural/scripts.ts';
import { speak, type Utterance } from '../neural/speak.ts';
import { openSpeechNetwork } from '../neural/speech-network.ts';
import { filesEnding, licenceOf, readVoiceJson, voiceLayout } from '../neural/voice-folder.ts';
import { utterances } from '../speakable.ts';
import type { textToSpeechStage } from '../stage.ts';

type Run = RunOf<typeof textToSpeechStage, 'piper'>;
type Params = Parameters<Run>[1];

const ids = z.array(z.int().min(0)).max(16);
/** The configuration beside a voice (`.onnx.json`), as far as it is read. */
const voiceConfig = z.looseObject({
  audio: z.looseObject({ sample_rate: z.int().min(4000).max(192_000) }),
  espeak: z.looseObject({ voice: z.string() }).optional(),
  language: z.looseObject({ code: z.string() }).optional(),
  inference: z
    .looseObject({
      noise_scale: z.number().min(0).default(0.667),
      length_scale: z.number().positive().default(1),
      noise_w: z.number().min(0).default(0.8),
    })
    .prefault({}),
  phoneme_type: z.enum(['espeak', 'text']).default('espeak'),
  phoneme_map: z.record(z.string(), z.array(z.string())).default({}),
  phoneme_id_map: z.record(z.string(), ids),
  num_speakers: z.int().min(1).default(1),
  speaker_id_map: z.record(z.string(), z.int().min(0)).default({}),
});
type VoiceConfig = z.infer<typeof voiceConfig>;

/** Symbols with a meaning of their own: beginning, end, and what stands between all others. */
const [BEGIN, END, PAD] = ['^', '$', '_'] as const;
/** Silence between sentences, seconds. */
const PAUSE = 0.2;

/** Speech by a voice of Piper: phonemes to ids with padding between, VITS to samples. */
export const run: Run = async ({ text = '' }, params, ctx) => {
  const folder = await ctx.model(params.model);
  const name = onlyVoice(folder);
  const config = readVoiceJson(folder, `${name}.json`, voiceConfig);
  for (const symbol of [BEGIN, END, PAD])
    if (config.phoneme_id_map[symbol] === undefined) throw voiceLayout(`an id of "${symbol}"`, 'none');
  const speaker = speakerOf(config, params.speaker);
  ctx.log(
    `voice ${name}, ${config.language?.code ?? config.espeak?.voice ?? 'of no said language'}; ${licenceOf(folder)}`,
  );
  const spoken = await utterancesOf(text, config, params, ctx);
  const network = await openSpeechNetwork(join(folder, name), { threads: ctx.threads, seed: ctx.seed, where: name });
  const { noise_scale, length_scale, noise_w } = config.inference;
  const { pace, variation } = params;
  const scales = Float32Array.of(noise_scale * variation, length_scale / pace, noise_w * variation);
  try {
    return await speak(
      {
        sampleRate: config.audio.sample_rate,
        utterances: spoken,
        pause: PAUSE,
        say: ({ ids: all }) =>
          network.say(
            {
              input: { shape: [1, all.length], data: all },
              input_lengths: { shape: [1], data: Int32Array.of(all.length) },
              scales: { shape: [3], data: scales },
              sid: { shape: [1], data: Int32Array.of(speaker) },
            },
            all.length,
          ),
      },
      params.padTo,
      ctx,
    );
  } finally {
    await network.dispose();
  }
};

/** The one voice of a folder. @throws StageError `model.layout` */
function onlyVoice(folder: string): string {
  const voices = filesEnding(folder, '.onnx');
  if (voices.length === 1) return voices[0] as string;
  throw voiceLayout('one voice (.onnx with .onnx.json) in the folder', voices.join(', ') || 'none');
}

function speakerOf({ speaker_id_map: byName, num_speakers: count }: VoiceConfig, wanted: string): number {
  if (wanted === '') return 0;
  const id = Object.hasOwn(byName, wanted) ? byName[wanted] : /^\d{1,6}$/.test(wanted) ? Number(wanted) : undefined;
  if (id !== undefined && id < count) return id;
  const names = Object.keys(byName);
  throw new StageError({
    code: 'stage.argument',
    where: 'text-to-speech.speaker',
    expected: names.length > 0 ? `a speaker of this voice (${names.slice(0, 8).join(', ')} …)` : `0 to ${count - 1}`,
    got: `"${wanted}"`,
    remedy: 'choose one',
  });
}

/** @throws StageError `stage.script`, `stage.empty-text`, `stage.phoneme` */
async function utterancesOf(
  text: string,
  config: VoiceConfig,
  { phonemes, model }: Params,
  ctx: StageContext,
): Promise<Utterance[]> {
  const reads = config.phoneme_type === 'text';
  const scripts = reads ? lettersOf(config) : scriptsOf(config.language?.code ?? config.espeak?.voice ?? 'en');
  if (phonemes === 'espeak') checkScripts(text, `voice "${model}"`, scripts);
  else checkGiven(text);
  const unknown = new Set<string>();
  const made: Utterance[] = [];
  for (const part of utterances(text.replace(/\s+/g, ' ').trim())) {
    const isIpa = phonemes === 'given' || reads;
    const written = isIpa ? part : await phonemize(part, config.espeak?.voice ?? 'en-us', ctx.signal);
    made.push(toIds(part, reads ? written.toLowerCase() : written, config, unknown));
  }
  settleUnknown(unknown, { phonemes, voice: model }, (message) => ctx.log(message));
  return made;
}

/** Writings whose letters a voice that reads text has. */
function lettersOf({ phoneme_id_map: map }: VoiceConfig): string[] {
  return [...new Set(Object.keys(map).flatMap((letter) => scriptOf(letter) ?? []))];
}

/** `^ _ a _ b _ $`, as voices of Piper were trained, by code points of the decomposed text. */
function toIds(text: string, written: string, config: VoiceConfig, unknown: Set<string>): Utterance {
  const { phoneme_id_map: map, phoneme_map: renamed } = config;
  const symbols: string[] = [];
  const all: number[] = [];
  const put = (symbol: string, ids: readonly number[] = []): void => {
    for (const [index, id] of ids.entries()) {
      all.push(id);
      symbols.push(index === 0 ? symbol : '');
    }
  };
  put(BEGIN, map[BEGIN]);
  for (const symbol of [...written.normalize('NFD')].flatMap((each) => renamed[each] ?? [each])) {
    if (!Object.hasOwn(map, symbol)) {
      if (symbol.trim() !== '') unknown.add(symbol);
      continue;
    }
    put(symbol, map[symbol]);
    put('', map[PAD]);
  }
  put(END, map[END]);
  return { text, symbols, ids: Int32Array.from(all) };
}
