/**
 * How hands, head and lips of the puppet move, beside the people of four tracked clips: 24 voices of 19 to 24 s, four
 * sentences each with pauses of 0.35, 0.8 and 2.6 s between; and two seeds of each.
 *
 *     npx soliloquy run libs/methods/speech-features/bench/data/probe-speech.json --out SPEECH
 *     node libs/stages/video-diffusion/bench/gestures.bench.ts SPEECH [--expressiveness 1]
 *
 * All is measured on the channels, as they are asked for; how a film shows them is measured on films. The clips are 01
 * … 04 of EchoMimicV2's half-body demo, measured in the same way on their pose tracks.
 */
import { parseArgs } from 'node:util';
import { correlation } from '@soliloquy/signal';
import { speechFeatures } from '@soliloquy/speech-features';
import { voiceRhythm, type VoiceRhythm } from '../src/puppet/gestures/voice-rhythm.ts';
import { heardLips, puppetMotion, type BodyMeans, type PuppetMotion } from '../src/puppet/index.ts';
import { mouthMotion } from '../src/puppet/mouth-motion.ts';
import { countClosures, LIP_GROUPS, lipGap, type Closures } from './gestures/lip-measures.ts';
import { joined, sentences, type Spoken } from './gestures/spoken-voices.ts';
import * as measures from './gestures/wrist-measures.ts';

const FPS = 25;
const VOICES = ['slt', 'rms', 'awb', 'kal16'];
const SENTENCES = 48;
const SPEECHES = 24;

/** What a half-body picture lets hands do whose wrists rest before the belly. */
const ARM = {
  freedom: 'free',
  rest: { out: 0.3, down: 1.1 },
  reach: { inward: 0.3, outward: 0.4, up: 0.5, down: 0.15 },
} as const;
const MEANS: BodyMeans = { left: ARM, right: ARM, clasped: false };

/**
 * Proportions of a usual half-body picture, to bring the head's channels to sw: five units of the face (eyes to mouth)
 * to a sw; the nose stands 1.15 units before the axis that the head turns about, 1.4 above the neck, and 1.1 sw above
 * the hips; a whole shift of weight moves the trunk by 0.035 sw, a whole sway by 0.045 units.
 */
const FACE = { unit: 1 / 5, nose: 1.15, neck: 1.4, hips: 1.1, shift: 0.035, sway: 0.045 };

/** As GESTURES names them; of the clips left and right. */
const CLIPS: Readonly<Record<string, readonly string[]>> = {
  'wrist RMS, sw': ['.171 .168', '.132 .169', '.055 .053', '.071 .072'],
  'wrist speed, sw/s': ['.23', '.17', '.12', '.14'],
  '95th percentile': ['.94', '.86', '.35', '.55'],
  'faster than .1 sw/s': ['.37', '.30', '.44', '.37'],
  'left-right of speed': ['.23', '.97', '.84', '.72'],
  'nose RMS, sw': ['.013', '.013', '.026', '.014'],
  'nose speed, sw/s': ['.043', '.050', '.075', '.044'],
  'head roll, degrees': ['.74', '.58', '1.41', '.68'],
};

/** One speech and what the puppet does to it. */
interface Film {
  readonly spoken: Spoken;
  readonly rhythm: VoiceRhythm;
  readonly motion: PuppetMotion;
  readonly otherSeed: PuppetMotion;
}

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { expressiveness: { type: 'string', default: '1' } },
});
const said = new Map<string, Spoken[]>();
for (const voice of VOICES) said.set(voice, await sentences(positionals[0], voice, SENTENCES));
const films = Array.from({ length: SPEECHES }, (_, i) => film(i, Number(values.expressiveness)));
printMotion(films);
printRhythm(films);
await printLips();

function film(i: number, expressiveness: number): Film {
  const sentencesOf = said.get(VOICES[i % VOICES.length]) as Spoken[];
  const spoken = joined([0, 1, 2, 3].map((k) => sentencesOf[(4 * i + k) % SENTENCES]));
  const frames = Math.floor((spoken.audio.samples.length / spoken.audio.sampleRate) * FPS);
  const made = (seed: number) => puppetMotion(spoken.audio, { fps: FPS, frames, seed, expressiveness }, MEANS);
  return {
    spoken,
    rhythm: voiceRhythm(spoken.audio, frames / FPS),
    motion: made(11 + i),
    otherSeed: made(1011 + i),
  };
}

function wrists({ channels }: PuppetMotion): measures.Track[] {
  return (['left', 'right'] as const).map((side) => ({ x: channels[`${side}HandOut`], y: channels[`${side}HandUp`] }));
}

function nose({ channels: c, frames }: PuppetMotion): measures.Track {
  const at = (of: (f: number) => number): Float64Array => Float64Array.from({ length: frames }, (_, f) => of(f));
  return {
    x: at(
      (f) =>
        FACE.unit * (c.headX[f] + FACE.nose * Math.sin(c.yaw[f]) + FACE.neck * c.roll[f] + FACE.sway * c.sway[f]) +
        FACE.hips * c.lean[f] +
        FACE.shift * c.shift[f],
    ),
    y: at((f) => FACE.unit * (c.headY[f] + FACE.nose * Math.sin(c.pitch[f]))),
  };
}

/** Figures of one film, by name; those of wrists are the mean of both. */
function figuresOf({ motion, otherSeed, rhythm }: Film): Record<string, number> {
  const [tracks, others] = [wrists(motion), wrists(otherSeed)];
  const speeds = tracks.map((track) => measures.speedOf(track, FPS));
  const both = (of: (track: measures.Track, speed: Float64Array) => number): number =>
    measures.mean(tracks.map((track, i) => of(track, speeds[i])));
  const { lean, roll } = motion.channels;
  const head = nose(motion);
  return {
    'wrist RMS, sw': both(measures.spread),
    'wrist speed, sw/s': both((_, speed) => measures.mean(speed)),
    '95th percentile': both((_, speed) => [...speed].sort((a, b) => a - b)[Math.floor(0.95 * speed.length)]),
    'faster than .1 sw/s': both((_, speed) => measures.movingShare(speed)),
    'left-right of speed': correlation(speeds[0], speeds[1]),
    'speed in silence': both((_, speed) => silentShare(speed, rhythm)),
    'two seeds, sw': measures.mean(tracks.map((track, i) => measures.distance(track, others[i]))),
    'likest two strokes': Math.max(...tracks.map((track, i) => measures.likestStrokes(track, speeds[i], FPS).most)),
    'nose RMS, sw': measures.spread(head),
    'nose speed, sw/s': measures.mean(measures.speedOf(head, FPS)),
    'head roll, degrees': (measures.deviation(roll.map((angle, f) => angle + lean[f])) * 180) / Math.PI,
  };
}

/** Speed in the first two seconds of pauses of at least two, over that of the film. */
function silentShare(speed: Float64Array, { phrases, seconds }: VoiceRhythm): number {
  const silent = phrases.flatMap(({ end }, i) =>
    (phrases[i + 1]?.start ?? seconds) - end >= 2
      ? [...speed.subarray(Math.ceil(end * FPS), Math.ceil((end + 2) * FPS))]
      : [],
  );
  return measures.mean(silent) / measures.mean(speed);
}

function printMotion(made: readonly Film[]): void {
  const all = made.map(figuresOf);
  const width = 22;
  const row = (cells: readonly string[]): void => console.log(cells.map((cell) => cell.padEnd(12)).join(''));
  console.log(`${made.length} films, expressiveness ${values.expressiveness}\n`);
  row([''.padEnd(width), 'mean', 'least', 'most', 'clip 01', '02', '03', '04']);
  for (const name of Object.keys(all[0])) {
    const figures = all.map((figure) => figure[name]);
    const shown = [measures.mean(figures), Math.min(...figures), Math.max(...figures)].map((x) => x.toFixed(3));
    row([name.padEnd(width), ...shown, ...(CLIPS[name] ?? [])]);
  }
}

/** Beat alignment with the own voice and with another one, paired (Student's t). */
function printRhythm(made: readonly Film[]): void {
  const onsets = made.map(({ rhythm }) =>
    rhythm.phrases.flatMap(({ syllables }) => syllables.map(({ onset }) => onset)),
  );
  const beats = made.map(({ motion }) =>
    wrists(motion).flatMap((track) => measures.motionBeats(measures.speedOf(track, FPS), FPS)),
  );
  const own = beats.map((times, i) => measures.beatAlignment(times, onsets[i]));
  const other = beats.map((times, i) => measures.beatAlignment(times, onsets[(i + 5) % made.length]));
  const more = own.map((value, i) => value - other[i]);
  const t = measures.mean(more) / (measures.deviation(more) / Math.sqrt(more.length - 1));
  console.log(
    `\nbeat alignment: own voice ${measures.mean(own).toFixed(3)}, another ${measures.mean(other).toFixed(3)}; ` +
      `paired t = ${t.toFixed(2)} with ${more.length - 1} degrees of freedom (2.07 is p = 0.05 for 23)`,
  );
}

/** How often lips close, by loudness alone and with phones heard. `awb` was never heard by the phone encoder. */
async function printLips(): Promise<void> {
  console.log('\nlips closed (gap below 0.03 iod) within a frame of the phone / at its middle');
  console.log(['voice, lips by'.padEnd(20), ...Object.keys(LIP_GROUPS).map((name) => name.padEnd(10))].join(''));
  for (const [voice, all] of said) {
    const counts = { loudness: new Map<string, Closures>(), phones: new Map<string, Closures>() };
    for (const { audio, phones } of all) {
      const frames = Math.floor((audio.samples.length / audio.sampleRate) * FPS);
      const features = speechFeatures(audio, { fps: FPS, frames });
      const lips = await heardLips(audio, { fps: FPS, frames });
      countClosures(counts.loudness, phones, { gap: lipGap(mouthMotion(features, FPS)), fps: FPS });
      countClosures(counts.phones, phones, { gap: lipGap(mouthMotion(features, FPS, lips)), fps: FPS });
    }
    for (const [by, groups] of Object.entries(counts)) {
      const cells = Object.keys(LIP_GROUPS).map((name) => {
        const { phones, near, middle } = groups.get(name) ?? { phones: 0, near: 0, middle: 0 };
        return `${(near / phones).toFixed(2)}/${(middle / phones).toFixed(2)}`.padEnd(10);
      });
      console.log([`${voice}, ${by}`.padEnd(20), ...cells].join(''));
    }
  }
}
