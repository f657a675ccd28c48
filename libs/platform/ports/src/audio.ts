import { checkVoice, decodeAudio, encodeWav, VOICE_SECONDS, type Audio } from '@soliloquy/media';
import { arrayProblem, arraySchema, countProblem } from './array-schema.ts';
import { artifactFile } from './port-error.ts';
import type { PortType } from './port-type.ts';
import { givenFile } from './user-file.ts';

/** Mono sound; WAV of 32-bit float, every bit kept. */
export const audio: PortType<Audio> = {
  id: 'audio',
  title: 'Audio',
  viewer: 'audio',
  hue: 150,
  schema: arraySchema<Audio>(
    ({ sampleRate, samples }) =>
      countProblem('sampleRate', sampleRate, 1) ??
      arrayProblem('samples', samples, Float32Array, [samples?.length ?? 0]),
  ),
  files: [{ name: 'audio.wav', what: 'WAV of one channel, 32-bit float, any rate' }],
  encode: async (value) => ({ 'audio.wav': encodeWav(value) }),
  decode: async (files) => decodeAudio(artifactFile(files, 'audio.wav', 'audio')),
  preview: ({ samples, sampleRate }) => ({
    summary: `${(samples.length / sampleRate).toFixed(2)} s at ${sampleRate} Hz`,
    file: 'audio.wav',
  }),
  fromUser: async (given) => {
    const { name, bytes } = givenFile(given, 'audio');
    const value = await decodeAudio(bytes, { name, maxSeconds: VOICE_SECONDS.max });
    checkVoice(value, name);
    return value;
  },
};
