import { readFileSync, statSync } from 'node:fs';
import { loadOnnx, seedRandom, type OnnxProgram, type Tensor, type TensorData } from '@soliloquy/tensor';
import { voiceLayout } from './voice-folder.ts';

/** Samples of one utterance, and how long each of its symbols is heard, where the network says so. */
export interface Spoken {
  readonly samples: Float32Array;
  /** One per symbol, in any unit. */
  readonly durations?: Float64Array;
}

/** A network that says symbols. */
export interface SpeechNetwork {
  readonly inputs: OnnxProgram['inputs'];
  say(feeds: Readonly<Record<string, Tensor<TensorData>>>, symbols: number): Promise<Spoken>;
  dispose(): Promise<void>;
}

/** Larger than this a voice is none: Node reads no more at once. */
const LARGEST = 2 ** 31 - 1;
/** What networks call what they say, and how long it takes. */
const SAMPLES = ['output', 'waveform', 'audio'];
const DURATIONS = ['durations', 'duration', 'pred_dur', 'w_ceil', 'phoneme_durations'];

/**
 * Loads a voice's network. What in it draws is seeded, so that the same task says the same.
 *
 * @throws StageError `model.layout`, TensorError
 */
export async function openSpeechNetwork(
  path: string,
  { threads, seed, where }: { readonly threads: number; readonly seed: number; readonly where: string },
): Promise<SpeechNetwork> {
  const size = statSync(path, { throwIfNoEntry: false })?.size;
  if (size === undefined || size > LARGEST)
    throw voiceLayout('a network of less than 2 GiB', size === undefined ? 'none' : 'more');
  const program = await loadOnnx(seedRandom(readFileSync(path), seed, where), { threads, name: where });
  return {
    inputs: program.inputs,
    async say(feeds, symbols) {
      const given: Record<string, Tensor<TensorData>> = {};
      for (const { name } of program.inputs) {
        if (feeds[name] === undefined)
          throw voiceLayout(`a network that takes ${Object.keys(feeds).join(', ')}`, `one that takes "${name}"`);
        given[name] = feeds[name];
      }
      const outputs = await program.run(given);
      const first = program.outputs[0]?.name ?? '';
      const samples = outputs[SAMPLES.find((name) => outputs[name] !== undefined) ?? first]?.data;
      if (!(samples instanceof Float32Array) || samples.length === 0 || !samples.every(Number.isFinite))
        throw voiceLayout('a network that gives samples', samples === undefined ? 'none' : 'no numbers');
      const durations = outputs[DURATIONS.find((name) => outputs[name] !== undefined) ?? '']?.data;
      if (durations === undefined || durations.length !== symbols) return { samples };
      return { samples, durations: Float64Array.from(durations as ArrayLike<number>) };
    },
    dispose: () => program.dispose(),
  };
}
