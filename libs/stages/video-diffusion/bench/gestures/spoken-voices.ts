import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { decodeAudio, type Audio } from '@soliloquy/media';
import type { Timings } from '@soliloquy/ports';

/** Speech with its phones' times. */
export interface Spoken {
  readonly name: string;
  readonly audio: Audio;
  readonly phones: Timings['phones'];
}

/** Pauses after the sentences of one speech, seconds: within a thought, between two, and a silence. */
const PAUSES = [0.35, 0.8, 2.6, 0.5];

/** Sentences of a folder that the graph `probe-speech.json` made, in its order. */
export async function sentences(folder: string, voice: string, count: number): Promise<Spoken[]> {
  return Promise.all(
    Array.from({ length: count }, async (_, i) => {
      const name = `${voice}-${i}`;
      const { phones } = JSON.parse(readFileSync(join(folder, `${name}.json`), 'utf8')) as Timings;
      return { name, phones, audio: await decodeAudio(readFileSync(join(folder, `${name}.wav`)), { name }) };
    }),
  );
}

/** One speech of several sentences, with pauses between and after them. */
export function joined(parts: readonly Spoken[]): Spoken {
  const { sampleRate } = parts[0].audio;
  const gap = (i: number): number => Math.round(PAUSES[i % PAUSES.length] * sampleRate);
  const starts: number[] = [];
  let length = 0;
  parts.forEach(({ audio }, i) => {
    starts.push(length);
    length += audio.samples.length + gap(i);
  });
  const samples = new Float32Array(length);
  parts.forEach(({ audio }, i) => samples.set(audio.samples, starts[i]));
  const phones = parts.flatMap((part, i) =>
    part.phones.map(({ phone, start, end }) => ({
      phone,
      start: start + starts[i] / sampleRate,
      end: end + starts[i] / sampleRate,
    })),
  );
  return { name: parts.map(({ name }) => name).join('+'), audio: { sampleRate, samples }, phones };
}
