/**
 * Which features tell the phone that a voice says which was never heard? A ridge classifier learned on some Flite
 * voices, tested on another: 50 sentences each, at 25 fps, by the phone at the middle of the frame.
 *
 *     npx soliloquy run libs/methods/speech-features/bench/data/probe-speech.json --out SPEECH
 *     node libs/methods/speech-features/bench/phone-probe.bench.ts SPEECH [--encoder FOLDER] [--learn slt,rms]
 *         [--test awb] [--real FOLDER]
 *
 * `--encoder`: the files of a model<phone-encoder> instead of the one that comes along, to choose by voices that it did
 * not learn. `--real`: a folder with goforward.s16le.16k.raw and librivox-sense-and-sensibility.wav.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { Fault } from '@soliloquy/fault';
import { decodeAudio, type Audio } from '@soliloquy/media';
import type { Timings } from '@soliloquy/ports';
import { openEars, type Ears } from '../src/hearing.ts';
import { openPhoneEncoder } from '../src/phones/index.ts';
import { phoneEncoder } from '../src/phones/phone-encoder-port.ts';
import { joined, ridgeProbe, type Rows } from './ridge-probe.ts';

const FPS = 25;

interface Said {
  readonly audio: Audio;
  readonly phones: Timings['phones'];
}

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    encoder: { type: 'string' },
    learn: { type: 'string', default: 'slt,rms,kal16' },
    test: { type: 'string', default: 'awb' },
    real: { type: 'string' },
  },
});
const [learn, test] = [values.learn.split(','), values.test.split(',')];
const speech = new Map<string, Said[]>();
for (const voice of new Set([...learn, ...test])) speech.set(voice, await spokenBy(positionals[0], voice));

for (const [name, hear] of await hearers(values.encoder)) {
  const rows = new Map<string, Rows>();
  for (const [voice, said] of speech) rows.set(voice, await rowsOf(said, hear));
  const probe = ridgeProbe(joined(learn.map((voice) => rows.get(voice) as Rows)));
  for (const voice of test) print(name, voice, probe, rows.get(voice) as Rows);
  if (values.real !== undefined)
    for (const [recording, said] of await realSpeech(values.real))
      print(name, recording, probe, await rowsOf([said], hear), folded);
}

type Hear = (audio: Audio, frames: number) => Promise<{ readonly width: number; readonly told: Float32Array }>;

/** Everything that can be listened with here, by name. */
async function hearers(folder: string | undefined): Promise<[string, Hear][]> {
  const mel = await openEars({ hearing: 'mel' });
  const list: [string, Hear][] = [
    ['mel', by(mel)],
    ['mel, 5 frames', stacked(by(mel), [-4, -2, 0, 2, 4])],
  ];
  let phones = by(await openEars({ hearing: 'phones' }));
  if (folder !== undefined) {
    const files = Object.fromEntries(readdirSync(folder).map((name) => [name, readFileSync(join(folder, name))]));
    const encoder = await openPhoneEncoder(await phoneEncoder.decode(files));
    phones = async (audio, frames) => ({
      width: encoder.code,
      told: (await encoder.hear(audio, { fps: FPS, frames })).code,
    });
  }
  // Frames before alone: it hears no more of what comes after.
  list.push(['phones', phones], ['phones, and 2 frames before', stacked(phones, [-2, -1, 0])]);
  try {
    list.push(['embedding', by(await openEars({ hearing: 'embedding' }))]);
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    console.warn(error.message);
  }
  return list;
}

function by(ears: Ears): Hear {
  return async (audio, frames) => {
    const { dims, data } = await ears.hear(audio, { fps: FPS, frames });
    return { width: dims, told: data };
  };
}

function stacked(hear: Hear, offsets: readonly number[]): Hear {
  return async (audio, frames) => {
    const { width, told } = await hear(audio, frames);
    const at = (frame: number): number => Math.min(frames - 1, Math.max(0, frame)) * width;
    const out = new Float32Array(frames * width * offsets.length);
    for (let f = 0; f < frames; f++)
      offsets.forEach((offset, k) =>
        out.set(told.subarray(at(f + offset), at(f + offset) + width), (f * offsets.length + k) * width),
      );
    return { width: width * offsets.length, told: out };
  };
}

async function rowsOf(said: readonly Said[], hear: Hear): Promise<Rows> {
  const told: Float32Array[] = [];
  const names: string[] = [];
  let width = 0;
  for (const { audio, phones } of said) {
    const frames = Math.floor((audio.samples.length / audio.sampleRate) * FPS);
    const heard = await hear(audio, frames);
    width = heard.width;
    for (let f = 0; f < frames; f++) {
      const t = (f + 0.5) / FPS;
      const phone = phones.find(({ start, end }) => start <= t && t < end);
      if (phone === undefined) continue;
      names.push(phone.phone);
      told.push(heard.told.subarray(f * width, (f + 1) * width));
    }
  }
  const all = new Float32Array(told.length * width);
  told.forEach((row, r) => all.set(row, r * width));
  return { width, told: all, phones: names };
}

/** The aligner's phones have no `ax`. */
function folded(phone: string): string {
  return phone === 'ax' ? 'ah' : phone;
}

function print(
  name: string,
  voice: string,
  probe: (rows: Rows) => string[],
  rows: Rows,
  fold: (phone: string) => string = (phone) => phone,
): void {
  const named = probe(rows);
  const share = (right: number): string => (right / rows.phones.length).toFixed(3);
  const counts = Map.groupBy(rows.phones, fold);
  const commonest = Math.max(...[...counts.values()].map(({ length }) => length));
  const right = named.filter((phone, r) => fold(phone) === fold(rows.phones[r])).length;
  console.log(
    `${learn.join('+')} -> ${voice} | ${name}, ${rows.width} numbers | ${share(right)} ` +
      `(${rows.phones.length} frames, the commonest phone ${share(commonest)})`,
  );
}

async function spokenBy(folder: string, voice: string): Promise<Said[]> {
  const names = readdirSync(folder)
    .filter((name) => new RegExp(`^${voice}\\b.*\\.wav$`).test(name))
    .sort();
  return Promise.all(
    names.map(async (name) => ({
      audio: await decodeAudio(readFileSync(join(folder, name)), { name }),
      phones: (JSON.parse(readFileSync(join(folder, name.replace(/wav$/, 'json')), 'utf8')) as Timings).phones,
    })),
  );
}

async function realSpeech(folder: string): Promise<[string, Said][]> {
  const aligned = JSON.parse(readFileSync(new URL('data/real-speech.json', import.meta.url), 'utf8')) as Record<
    string,
    { readonly phones: readonly (readonly [string, number, number])[] }
  >;
  const raw = readFileSync(join(folder, 'goforward.s16le.16k.raw'));
  const wav = 'librivox-sense-and-sensibility.wav';
  const sounds: [string, Audio][] = [
    [
      'goforward',
      {
        sampleRate: 16_000,
        samples: Float32Array.from({ length: raw.length / 2 }, (_, i) => raw.readInt16LE(2 * i) / 32768),
      },
    ],
    ['sense-and-sensibility', await decodeAudio(readFileSync(join(folder, wav)), { name: wav })],
  ];
  return sounds.map(([name, audio]) => [
    name,
    {
      audio,
      phones: aligned[name].phones.map(([phone, first, count]) => ({
        phone,
        start: first / 100,
        end: (first + count) / 100,
      })),
    },
  ]);
}
