import { partsOf } from '@soliloquy/fault';
import { checkVoice, decodeAudio, MediaError, resample, VOICE_SECONDS } from '@soliloquy/media';
import { StageError, type RunOf } from '@soliloquy/stage';
import { padTo } from '../pad-to.ts';
import type { textToSpeechStage } from '../stage.ts';
import { SPEECH_SAMPLE_RATE } from '../voices.ts';

/**
 * A recorded voice: decoded, checked, mixed to mono, resampled; the log says what was done to it besides. Nothing is
 * cut from its ends.
 */
export const run: RunOf<typeof textToSpeechStage, 'recording'> = async ({ file }, params, ctx) => {
  if (!file)
    throw new StageError({
      code: 'stage.missing-input',
      where: 'text-to-speech.file',
      expected: 'a recording',
      got: 'nothing',
      remedy: 'connect a file',
    });
  try {
    await ctx.step(0, 1, `decoding ${file.name}`);
    const voice = await decodeAudio(file.bytes, {
      name: file.name,
      maxSeconds: VOICE_SECONDS.max,
      notice: (message) => ctx.log(message),
    });
    checkVoice(voice, file.name);
    await ctx.step(1, 1, 'resampling');
    return { audio: padTo(resample(voice, SPEECH_SAMPLE_RATE), params.padTo) };
  } catch (error) {
    if (error instanceof MediaError) throw new StageError(partsOf(error), { cause: error });
    throw error;
  }
};
