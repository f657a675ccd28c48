import { expect, it } from 'vitest';
import { stageContext } from '@soliloquy/testing';
import { textToSpeechStage, type Voice } from '@soliloquy/text-to-speech';
import { heardLips, puppetMotion } from '@soliloquy/video-diffusion/puppet';

const fps = 25;
const LINE =
  'Bob maybe saw a big map of my home. The number may be above a million by September. Peppers and plums grow by the ' +
  'pump. Remember to buy some butter, and bring them both back before dinner.';

/** Jaw and lips at p, b and m of a voice and at its open vowels: the least and the most within a frame of each. */
async function lipsOf(voice: Voice, hears: boolean) {
  await using ctx = stageContext();
  const { run } = await textToSpeechStage.backbones.flite.load();
  const { audio, timings } = await run({ text: LINE, file: undefined }, { voice, pace: 1, padTo: 0 }, ctx);
  const frames = Math.floor((audio.samples.length / audio.sampleRate) * fps);
  const lips = hears ? await heardLips(audio, { fps, frames }) : undefined;
  const { jawOpen, lipPart } = puppetMotion(audio, { fps, frames, seed: 1, lips }, { clasped: false }).channels;
  const open = jawOpen.map((jaw, f) => Math.max(jaw, lipPart[f]));
  const within = (phones: readonly string[], frame: number): Float32Array[] =>
    (timings?.phones ?? [])
      .filter(({ phone }) => phones.includes(phone))
      .map(({ start, end }) =>
        open.slice(Math.max(0, Math.round(start * fps - 0.5) - frame), Math.round(end * fps - 0.5) + frame + 1),
      );
  return {
    closed: within(['p', 'b', 'm'], 1).map((values) => Math.min(...values)),
    open: within(['aa', 'ae', 'ah', 'aw', 'ay', 'ow'], 0).map((values) => Math.max(...values)),
  };
}

const share = (values: readonly number[], holds: (value: number) => boolean): number =>
  values.filter(holds).length / values.length;

it.each(['awb', 'slt'] as const)(
  'lips of the puppet close at p, b and m of %s, and open at open vowels',
  async (voice) => {
    const [heard, deaf] = [await lipsOf(voice, true), await lipsOf(voice, false)];
    expect(heard.closed.length).toBeGreaterThan(25);
    expect(share(heard.closed, (value) => value < 0.12)).toBeGreaterThan(0.88);
    expect(share(heard.open, (value) => value > 0.25)).toBeGreaterThan(0.85);
    // Loudness alone tells p, not b and m.
    expect(share(deaf.closed, (value) => value < 0.12)).toBeLessThan(0.7);
  },
);
