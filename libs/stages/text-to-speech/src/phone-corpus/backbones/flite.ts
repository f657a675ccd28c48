import type { Audio, Timings } from '@soliloquy/ports';
import { namedDraws } from '@soliloquy/random';
import type { RunOf } from '@soliloquy/stage';
import { openFlite } from '../../text-to-speech/flite-program.ts';
import { saidBy } from '../../text-to-speech/said-by.ts';
import { madeSentence, strangeSentence } from '../made-sentences.ts';
import { drawSpeaker, recorded } from '../recorded-clip.ts';
import type { phoneCorpusStage } from '../stage.ts';

/** Share of sentences in words that nobody knows. */
const STRANGE = 0.6;
/** Clips before it that may be heard behind a clip. */
const BEHIND = 8;

/** Clip k depends on seed, voice and k only but for the voices behind it, so that more clips keep what there was. */
export const run: RunOf<typeof phoneCorpusStage, 'flite'> = async (_inputs, { voice, count, recordings }, ctx) => {
  const flite = await openFlite(await ctx.scratch());
  const audio: Audio[] = [];
  const timings: Timings[] = [];
  const clean: Float32Array[] = [];
  for (let clip = 0; clip < count; clip++) {
    const draws = namedDraws(ctx.seed, `${voice} ${clip}`);
    const text = draws.next() < STRANGE ? strangeSentence(draws) : madeSentence(draws);
    await ctx.step(clip, count, `saying "${text.slice(0, 40)}"`);
    const said = await saidBy(flite, text, drawSpeaker(voice, draws));
    audio.push(draws.next() < recordings ? recorded(said.audio, clean, draws) : said.audio);
    timings.push({ phones: said.phones });
    clean.push(said.audio.samples);
    if (clean.length > BEHIND) clean.shift();
  }
  return { audio, timings };
};
