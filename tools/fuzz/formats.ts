import { readFile } from 'node:fs/promises';
import { BYTE_MUTATORS, type Mutator } from './mutate-bytes.ts';
import {
  byParts,
  flacParts,
  gzipParts,
  jpegParts,
  lineParts,
  mp4Parts,
  oggParts,
  pngParts,
  riffParts,
  safetensorsParts,
} from './mutate-parts.ts';
import { mutateJson, mutateText } from './mutate-text.ts';
import * as read from './readers.ts';
import * as seeds from './seeds.ts';

/** A format that strangers give: sound files to begin with, what changes them, and who reads them. */
export interface Format {
  /** ending of a file, for what is kept of a finding */
  readonly ending: string;
  seeds(): Promise<readonly Uint8Array[]>;
  /** as likely as they are often in it */
  readonly mutators: readonly Mutator[];
  /** What the product does with such a file. Throws what it refuses it with. */
  read(bytes: Uint8Array): Promise<void>;
}

const ROOT = new URL('../../', import.meta.url);
const MEDIA = 'libs/platform/media/test/fixtures';

const files =
  (...paths: string[]) =>
  (): Promise<readonly Uint8Array[]> =>
    Promise.all(paths.map(async (path) => new Uint8Array(await readFile(new URL(path, ROOT)))));
const voices = (...names: string[]) => files(...names.map((name) => `${MEDIA}/${name}`));
const golden = (...names: string[]) => files(...names.map((name) => `kernels/splat/test/golden/${name}`));
/** Half of all changes know how the format is made. */
const withParts = (...own: Mutator[]): Mutator[] => [
  ...BYTE_MUTATORS,
  ...Array.from({ length: BYTE_MUTATORS.length }, (_, at) => own[at % own.length]),
];

/** Every format that is read of what people bring, by name. */
export const FORMATS: Readonly<Record<string, Format>> = {
  flac: {
    ending: 'flac',
    seeds: voices('voices/speech.flac', 'voices/speech-24bit.flac', 'voices/speech-pipe.flac'),
    mutators: withParts(byParts(flacParts)),
    read: (bytes) => read.voice(bytes, 'voice.flac'),
  },
  mp3: {
    ending: 'mp3',
    seeds: voices('voices/speech-ffmpeg.mp3', 'voices/speech-vbr-id3.mp3', 'sine-440-stereo.mp3'),
    mutators: BYTE_MUTATORS,
    read: (bytes) => read.voice(bytes, 'voice.mp3'),
  },
  m4a: {
    ending: 'm4a',
    seeds: voices('sine-440.m4a', 'voices/alac-and-aac.m4a', 'voices/opposed.m4a'),
    mutators: withParts(byParts(mp4Parts)),
    read: (bytes) => read.voice(bytes, 'voice.m4a'),
  },
  mp4: {
    ending: 'mp4',
    seeds: seeds.films,
    mutators: withParts(byParts(mp4Parts)),
    read: read.film,
  },
  wav: {
    ending: 'wav',
    seeds: voices('voices/sox-pipe.wav', 'voices/alaw.wav', 'voices/opposed.wav', 'voices/ffmpeg-pipe-rf64.wav'),
    mutators: withParts(byParts(riffParts)),
    read: (bytes) => read.voice(bytes, 'voice.wav'),
  },
  ogg: {
    ending: 'ogg',
    seeds: voices('voices/speech.opus', 'voices/speech-flac.oga', 'voices/vorbis-and-opus.ogg', 'sine-440.ogg'),
    mutators: withParts(byParts(oggParts)),
    read: (bytes) => read.voice(bytes, 'voice.ogg'),
  },
  png: {
    ending: 'png',
    seeds: voices('pictures/sdr.png', 'pictures/pq.png', 'pictures/p3.png'),
    mutators: withParts(byParts(pngParts)),
    read: (bytes) => read.picture(bytes, 'picture.png'),
  },
  jpeg: {
    ending: 'jpg',
    seeds: voices('pictures/baseline.jpg', 'pictures/progressive.jpg', 'pictures/ffmpeg.jpg'),
    mutators: withParts(byParts(jpegParts)),
    read: (bytes) => read.picture(bytes, 'picture.jpg'),
  },
  webp: {
    ending: 'webp',
    seeds: seeds.webps,
    mutators: withParts(byParts(riffParts)),
    read: (bytes) => read.picture(bytes, 'picture.webp'),
  },
  ply: {
    ending: 'ply',
    seeds: golden('five.ply', 'five.compressed.ply'),
    mutators: withParts(byParts(lineParts), mutateHead),
    read: read.ply,
  },
  spz: {
    ending: 'spz',
    seeds: golden('five-v2.spz', 'five-v3.spz', 'five-v4.spz'),
    mutators: withParts(byParts(gzipParts)),
    read: read.spz,
  },
  splat: { ending: 'splat', seeds: golden('five.splat'), mutators: BYTE_MUTATORS, read: read.splat },
  safetensors: {
    ending: 'safetensors',
    seeds: seeds.tensors,
    mutators: withParts(byParts(safetensorsParts), mutateTensorsHeader),
    read: read.tensors,
  },
  onnx: { ending: 'onnx', seeds: seeds.networks, mutators: BYTE_MUTATORS, read: read.network },
  landmarks: {
    ending: 'json',
    seeds: seeds.landmarks,
    mutators: [mutateJson, mutateJson, mutateJson, mutateText, ...BYTE_MUTATORS.slice(0, 2)],
    read: read.landmarks,
  },
  graph: {
    ending: 'json',
    seeds: files('graphs/quickstart.json', 'graphs/talk.json', 'graphs/hybrid-data.json'),
    mutators: [mutateJson, mutateJson, mutateJson, mutateJson, mutateText, BYTE_MUTATORS[0]],
    read: read.graph,
  },
  run: {
    ending: 'json',
    seeds: seeds.runs,
    mutators: [mutateJson, mutateJson, mutateJson, mutateText, BYTE_MUTATORS[0]],
    read: read.run,
  },
  markdown: { ending: 'md', seeds: seeds.cells, mutators: [mutateText], read: read.markdown },
};

/** The lines of a .ply before its numbers. */
function mutateHead(bytes: Uint8Array, draws: Parameters<Mutator>[1]): Uint8Array {
  const end = Math.max(0, Buffer.from(bytes).indexOf('end_header'));
  return Buffer.concat([mutateText(bytes.subarray(0, end), draws), bytes.subarray(end)]);
}

function mutateTensorsHeader(bytes: Uint8Array, draws: Parameters<Mutator>[1]): Uint8Array {
  if (bytes.length < 8) return new Uint8Array(bytes);
  const [header, ...data] = safetensorsParts.split(bytes);
  return safetensorsParts.join([mutateJson(header, draws), ...data]);
}
