import type { Audio, Metrics } from '@soliloquy/ports';
import { stageContext } from '@soliloquy/testing';
import { runOf } from '../src/evaluation/backbones/measures.ts';
import { ownMeasures } from '../src/evaluation/own-measures.ts';

const ctx = stageContext();

/** What evaluation says of some inputs. */
export async function measure(
  inputs: Readonly<Record<string, unknown>>,
  params: { readonly every?: number },
): Promise<Metrics> {
  return (await runOf(ownMeasures)(inputs, { every: 10, ...params }, ctx)).metrics;
}

/** Bursts of a tone with a different rhythm for each seed, 16 kHz. */
export function tone(seed: number, seconds: number): Audio {
  const samples = new Float32Array(16_000 * seconds);
  let state = seed;
  const next = (): number => (state = (state * 1664525 + 1013904223) >>> 0) / 2 ** 32;
  for (let at = 2000; at < samples.length - 8000; at += Math.floor(3000 + 5000 * next())) {
    const length = 1500 + Math.floor(2500 * next());
    for (let i = 0; i < length; i++)
      samples[at + i] += 0.4 * Math.sin((Math.PI * i) / length) * Math.sin((2 * Math.PI * 180 * i) / 16_000);
  }
  return { sampleRate: 16_000, samples };
}
