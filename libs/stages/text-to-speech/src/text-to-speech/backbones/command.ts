import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { runOwnProgram } from '@soliloquy/launcher';
import { checkVoice, decodeAudio, encodeWav, resample } from '@soliloquy/media';
import { StageError, type RunOf } from '@soliloquy/stage';
import { padTo } from '../pad-to.ts';
import { speechCommand } from '../speech-command.ts';
import type { textToSpeechStage } from '../stage.ts';
import { SPEECH_SAMPLE_RATE } from '../voices.ts';

/**
 * What a person's own program says: `run --text T --like L.wav --seed N --output O.wav`, `--like` where a recording is
 * given whose voice it is to have.
 */
export const run: RunOf<typeof textToSpeechStage, 'command'> = async ({ text, like }, params, ctx) => {
  if (text === undefined || text.trim() === '')
    throw new StageError({
      code: 'stage.empty-text',
      where: 'text-to-speech.text',
      expected: 'a text',
      got: 'nothing',
      remedy: 'write what is to be said',
    });
  const args = ['--text', text];
  if (like !== undefined) {
    const recording = join(await ctx.scratch(), 'like.wav');
    await writeFile(recording, encodeWav(like));
    args.push('--like', recording);
  }
  const run = { where: 'text-to-speech.command', system: speechCommand, args, ending: '.wav' };
  const voice = await decodeAudio(await runOwnProgram(run, ctx), { name: 'what speech-command said' });
  checkVoice(voice, 'what speech-command said');
  return { audio: padTo(resample(voice, SPEECH_SAMPLE_RATE), params.padTo) };
};
