import { expect, it } from 'vitest';
import type { Audio } from '@soliloquy/ports';
import { stageContext } from '@soliloquy/testing';
import { run } from '../src/voice-clips/backbones/pauses.ts';

const RATE = 16_000;

/** A tone of so many seconds with silence of 0.2 s from each of the times on. */
function tone(seconds: number, pauses: readonly number[]): Audio {
  const samples = Float32Array.from({ length: Math.round(seconds * RATE) }, (_, i) =>
    pauses.some((at) => i / RATE >= at && i / RATE < at + 0.2) ? 0 : Math.sin(0.3 * i),
  );
  return { sampleRate: RATE, samples };
}

async function clipsOf(audio: Audio, most = 6): Promise<readonly Audio[]> {
  await using ctx = stageContext();
  return (await run({ audio }, { seconds: 5, most }, ctx)).audio;
}

/** Seconds of sound before the silence at the end. */
function sound({ samples }: Audio): number {
  return (samples.findLastIndex((x) => x !== 0) + 1) / RATE;
}

it('cuts in pauses, each clip from where the one before was cut, and fills up with silence', async () => {
  const recording = tone(12, [4.2, 8.5]);
  const clips = await clipsOf(recording);
  expect(clips.map(({ samples }) => samples.length)).toEqual([5 * RATE, 5 * RATE, 5 * RATE]);
  expect(sound(clips[0])).toBeCloseTo(4.2, 2);
  expect(sound(clips[1])).toBeCloseTo(8.5 - 4.4, 1);
  const second = clips[1].samples.findIndex((x) => x !== 0);
  expect(clips[1].samples.slice(second, second + 100)).toEqual(
    recording.samples.slice(Math.round(4.4 * RATE), Math.round(4.4 * RATE) + 100),
  );
});

it('leaves a rest of less than half a clip, but for a recording that is no longer', async () => {
  expect(await clipsOf(tone(6.5, [4.6]))).toHaveLength(1);
  const [only, ...more] = await clipsOf(tone(1.5, []));
  expect([sound(only), only.samples.length, more]).toEqual([1.5, 5 * RATE, []]);
});

it('gives no more than are wanted, and a whole clip where nothing is quiet', async () => {
  const clips = await clipsOf(tone(60, []), 3);
  expect(clips).toHaveLength(3);
  for (const clip of clips) expect(sound(clip)).toBeGreaterThan(2.9);
});
