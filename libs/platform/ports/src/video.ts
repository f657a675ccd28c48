import { z } from 'zod';
import {
  decodeAudio,
  encodeMp4,
  encodeWav,
  openMp4,
  videoFromFrames,
  type Video,
  type VideoMatte,
} from '@soliloquy/media';
import { arraySchema, countProblem, positiveProblem } from './array-schema.ts';
import { canonicalJson } from './json-port.ts';
import { artifactFile, parseJson, parseValue } from './port-error.ts';
import { jsonFields } from './port-file.ts';
import type { PortType } from './port-type.ts';
import { givenFile } from './user-file.ts';

const headerSchema = z.object({
  width: z.int().positive().describe('pixels, even, from 16'),
  height: z.int().positive().describe('pixels, even, from 16'),
  fps: z.number().positive().describe('frames a second, above 0'),
  frames: z.int().positive().describe('how many, from 1'),
});

/**
 * A film. Its artifact: `video.mp4` (H.264 at intermediate quality, with the sound as AAC, so that it plays as it is),
 * `matte.mp4` (the matte as grey, if there is one), `sound.wav` (the sound as it was, if there is any), `header.json`.
 * Frames lose what H.264 loses: the value that others see is the decoded one. The encoder cuts a picture into slices by
 * the number of cores that it sees: two, but where a system has one or lets nobody choose (`encoderCores` of media).
 */
export const video: PortType<Video> = {
  id: 'video',
  title: 'Video',
  viewer: 'video',
  hue: 5,
  coresMatter: true,
  files: [
    { name: 'header.json', what: 'JSON in UTF-8', fields: jsonFields(headerSchema) },
    {
      name: 'video.mp4',
      what: 'H.264 of that size, rate and number of frames; its own sound is for players and is not read back',
    },
    {
      name: 'matte.mp4',
      when: 'where there is a matte',
      what: 'H.264 of the same frames, grey, 0 outside the person, 255 inside',
    },
    { name: 'sound.wav', when: 'where there is sound', what: 'WAV of one channel, 32-bit float' },
  ],
  parts: ['matte', 'audio'],
  userLacks: ['matte'],
  schema: arraySchema<Video>(({ width, height, fps, frames, read }) => {
    const problem =
      countProblem('width', width, 16) ??
      countProblem('height', height, 16) ??
      positiveProblem('fps', fps) ??
      countProblem('frames', frames, 1);
    if (problem) return problem;
    if (width % 2 !== 0 || height % 2 !== 0)
      return { path: 'width', message: `expected even sides, got ${width}x${height}` };
    return typeof read === 'function'
      ? undefined
      : { path: 'read', message: `expected a function, got ${typeof read}` };
  }),
  async encode(value) {
    const { width, height, fps, frames, matte, audio } = value;
    return {
      'header.json': new TextEncoder().encode(canonicalJson({ width, height, fps, frames })),
      'video.mp4': await encodeMp4(value, { quality: 'intermediate' }),
      ...(matte && {
        'matte.mp4': await encodeMp4(greyFilm({ width, height, fps, frames }, matte), { quality: 'intermediate' }),
      }),
      ...(audio && { 'sound.wav': encodeWav(audio) }),
    };
  },
  async decode(files) {
    const header = parseValue(
      headerSchema,
      parseJson(artifactFile(files, 'header.json', 'video'), 'video.header'),
      'video.header',
    );
    const film = await openMp4(artifactFile(files, 'video.mp4', 'video'), 'video.mp4');
    const matte = files['matte.mp4'] && matteOf(await openMp4(files['matte.mp4'], 'matte.mp4'));
    const audio = files['sound.wav'] && (await decodeAudio(files['sound.wav'], { name: 'sound.wav' }));
    return videoFromFrames({ ...header, ...(matte && { matte }), ...(audio && { audio }) }, (from, to) =>
      film.read(from, to),
    );
  },
  preview: ({ width, height, fps, frames, audio, matte }) => ({
    summary: [
      `${width}x${height}`,
      `${frames} frames`,
      `${fps} fps`,
      ...(audio ? ['sound'] : []),
      ...(matte ? ['matte'] : []),
    ].join(', '),
    file: 'video.mp4',
  }),
  // It is encoded anew, at some tens of frames a second.
  giving: { seconds: 1800, mebibytes: 2048 },
  fromUser: async (given) => {
    const { name, bytes } = givenFile(given, 'video');
    return openMp4(bytes, name);
  },
};

/** A matte as a film of greys. */
function greyFilm(header: { width: number; height: number; fps: number; frames: number }, matte: VideoMatte): Video {
  return videoFromFrames(header, async function* (from, to) {
    const rgba = new Uint8ClampedArray(header.width * header.height * 4).fill(255);
    for await (const coverage of matte.read(from, to)) {
      for (let i = 0; i < coverage.length; i++) rgba[4 * i] = rgba[4 * i + 1] = rgba[4 * i + 2] = coverage[i];
      yield rgba;
    }
  });
}

function matteOf(film: Video): VideoMatte {
  return {
    async *read(from, to) {
      const coverage = new Uint8ClampedArray(film.width * film.height);
      for await (const rgba of film.read(from, to)) {
        for (let i = 0; i < coverage.length; i++) coverage[i] = rgba[4 * i + 1];
        yield coverage;
      }
    },
  };
}
