/**
 * Films of one avatar that speaks with voices no clip has, as the networks see them: how wrists, elbows, head, lids and
 * lips move, how quiet the hands are in silence, whether lips close at p, b and m where the puppet's do, whether beats
 * of the hands are those of the own voice, and how unlike two seeds and two strokes are.
 *
 *     npx soliloquy run libs/methods/speech-features/bench/data/probe-speech.json --set lines.from=20 \
 *         --set lines.count=60 --out SPEECH
 *     node test/spoken-films.bench.ts RUN STORE SPEECH [--voice awb] [--films 20] [--seeds 3] [--seeded 3] \
 *         [--clips 6] [--guidance 1.15] [--prior]
 *
 * RUN is the folder of a run of `graphs/talk.json` or `graphs/quickstart.json`, STORE its store. A film says three
 * sentences, with 2.6 s of silence after them. The first `seeded` voices are filmed with every seed, the others with
 * one; the first `clips` are also clips of the puppet. With `--prior` the avatar is moved by the motion prior, as
 * `talk --quick` does, and nothing of what the run trained is asked.
 */
import { parseArgs } from 'node:util';
import { motionDecodeStage } from '@soliloquy/alignment';
import { evaluationStage } from '@soliloquy/evaluation';
import { alignedSpace } from '@soliloquy/gaussian-codec/port';
import { motionSamplingStage } from '@soliloquy/motion-diffusion';
import { motionPriorStage } from '@soliloquy/motion-prior';
import { motionModel } from '@soliloquy/motion-transformer/port';
import * as ports from '@soliloquy/ports';
import { onsetTimes } from '@soliloquy/speech-features';
import { splatRendererStage } from '@soliloquy/splat-renderer';
import { trackingStage } from '@soliloquy/tracking';
import { videoDiffusionStage } from '@soliloquy/video-diffusion';
import { beatAlignment, motionBeats } from '../libs/stages/evaluation/src/evaluation/tracked/beats.ts';
import { lipOpening } from '../libs/stages/evaluation/src/evaluation/tracked/face.ts';
import { distances, PersonTracks } from '../libs/stages/evaluation/src/evaluation/tracked/person-tracks.ts';
import { mean, median, quantile } from '../libs/stages/evaluation/src/evaluation/tracked/statistics.ts';
import { closureAt, LIP_GROUPS } from '../libs/stages/video-diffusion/bench/gestures/lip-measures.ts';
import { joined, sentences, type Spoken } from '../libs/stages/video-diffusion/bench/gestures/spoken-voices.ts';
import * as wrist from '../libs/stages/video-diffusion/bench/gestures/wrist-measures.ts';
import { openRun, ran } from './bench/trained-run.ts';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    voice: { type: 'string', default: 'awb' },
    films: { type: 'string', default: '20' },
    seeds: { type: 'string', default: '3' },
    seeded: { type: 'string', default: '3' },
    clips: { type: 'string', default: '6' },
    guidance: { type: 'string', default: '1.15' },
    prior: { type: 'boolean', default: false },
  },
});
const [run, storeFolder, speech] = positionals;
const [films, seeds, seeded, clips] = [values.films, values.seeds, values.seeded, values.clips].map(Number);

const SENTENCES = 3;
/** Seconds of silence at the end, of which the last two are looked at. */
const SILENCE = 2;
const IRISES = ['468', '473'] as const;
const FIGURES = [
  'wrist-reach:mediapipe',
  'wrist-speed:mediapipe',
  'wrist-moving:mediapipe',
  'elbow-reach:mediapipe',
  'head-roll:mediapipe',
  'lip-motion:mediapipe',
  'blinks:mediapipe',
  'hand-presence:mediapipe',
] as const;

const made = await openRun(run, storeFolder);
const avatar = {
  gaussians: await made('avatar', 'gaussians', ports.gaussians),
  background: await made('reference', 'background', ports.image),
  image: await made('reference', 'image', ports.image),
  landmarks: await made('reference', 'landmarks', ports.landmarks),
  space: await made('alignment', 'model', alignedSpace),
  model: await made('training', 'model', motionModel),
};

/** What is seen on one film. */
interface Seen {
  readonly spoken: Spoken;
  readonly person: PersonTracks;
  readonly figures: Readonly<Record<string, number | undefined>>;
}

const said = await sentences(speech, values.voice, films * SENTENCES);
const all: Seen[][] = [];
/** Phones at which lips close on the clip, and on the film too, by group. */
const cases = new Map<string, { clip: number; film: number }>();
for (let i = 0; i < films; i++) {
  const spoken = joined(said.slice(SENTENCES * i, SENTENCES * (i + 1)));
  const ofSeeds: Seen[] = [];
  for (let seed = 1; seed <= (i < seeded ? seeds : 1); seed++)
    ofSeeds.push(await seenOn(spoken, await sampled(spoken, seed)));
  all.push(ofSeeds);
  if (i < clips) countLips(ofSeeds[0], await seenOn(spoken, await clip(spoken)));
  console.error(`${i + 1} of ${films} voices`);
}
printFigures(all.flat());
printBeats(all.map(([first]) => first));
printSeeds(all.filter(({ length }) => length > 1));
printLips();

async function sampled({ audio }: Spoken, seed: number): Promise<ports.Video> {
  const { gaussians, background } = avatar;
  const { deformation } = await (values.prior ? byPrior(audio, seed) : byOwnModel(audio, seed));
  return (await ran<{ video: ports.Video }>(splatRendererStage, { gaussians, background, deformation })).video;
}

async function byOwnModel(audio: ports.Audio, seed: number): Promise<{ deformation: ports.Deformation }> {
  const { space, model, gaussians } = avatar;
  const { motion } = await ran<{ motion: ports.Motion }>(
    motionSamplingStage,
    { audio, model, space },
    { seed, globalVariance: false, guidance: Number(values.guidance) },
  );
  return ran(motionDecodeStage, { motion, model: space, gaussians });
}

async function byPrior(audio: ports.Audio, seed: number): Promise<{ deformation: ports.Deformation }> {
  const { image, landmarks, gaussians } = avatar;
  return ran(motionPriorStage, { audio, image, landmarks, gaussians }, { seed });
}

async function clip({ audio }: Spoken): Promise<ports.Video> {
  const { image, landmarks, background } = avatar;
  const given = { image, landmarks, background, audio };
  return (await ran<{ video: ports.Video }>(videoDiffusionStage, given, { frames: 0, expressiveness: 1.25 })).video;
}

async function seenOn(spoken: Spoken, video: ports.Video): Promise<Seen> {
  const { tracks } = await ran<{ tracks: ports.Tracks }>(trackingStage, { video });
  const { metrics } = await ran<{ metrics: ports.Metrics }>(evaluationStage, { tracks });
  return { spoken, person: new PersonTracks('evaluation.tracks', tracks), figures: metrics.values };
}

/** Places of both wrists, in distances of the shoulders. */
function wrists(person: PersonTracks): wrist.Track[] {
  const unit = median(distances(person.path('body', 'leftShoulder'), person.path('body', 'rightShoulder')));
  return ['leftWrist', 'rightWrist'].map((name) => {
    const { x, y } = person.path('body', name);
    return { x: x.map((value) => value / unit), y: y.map((value) => value / unit) };
  });
}

/** Mean speed of the wrists in the last two seconds, in which nothing is said, over that of the film. */
function silentShare({ person }: Seen): number {
  const speeds = wrists(person).map((track) => wrist.speedOf(track, person.fps));
  return (
    mean(speeds.map((speed) => mean(speed.subarray(-SILENCE * person.fps)))) / mean(speeds.map((speed) => mean(speed)))
  );
}

/** Root mean square distance of the nose from its mean place, in distances of the shoulders. */
function noseReach({ person }: Seen): number {
  const { x, y } = person.path('body', 'nose');
  const unit = median(distances(person.path('body', 'leftShoulder'), person.path('body', 'rightShoulder')));
  return wrist.spread({ x, y }) / unit;
}

/** Correlation of the paths of the two likest strokes of a wrist. */
function likest({ person }: Seen): number {
  return Math.max(
    ...wrists(person).map((track) => wrist.likestStrokes(track, wrist.speedOf(track, person.fps), person.fps).most),
  );
}

function printFigures(seen: readonly Seen[]): void {
  const rows: [string, (number | undefined)[]][] = FIGURES.map((name) => [
    name,
    seen.map((each) => each.figures[name]),
  ]);
  rows.push(
    ['nose RMS, sw', seen.map(noseReach)],
    ['lips, 95th percentile, irises', seen.map(({ person }) => quantile(openMore(person), 0.95))],
    ['lips, deviation, irises', seen.map(({ person }) => wrist.deviation(openMore(person)))],
    ['speed in silence over mean', seen.map(silentShare)],
    ['likest two strokes', seen.map(likest)],
  );
  console.log(`${seen.length} films\n\nfigure | mean | least | most`);
  for (const [name, numbers] of rows) {
    const known = numbers.filter((value) => value !== undefined);
    const shown = known.length === 0 ? ['–'] : [mean(known), Math.min(...known), Math.max(...known)].map(three);
    console.log([name, ...shown].join(' | '));
  }
}

/** Beat alignment with the own voice and, mean of them, with the others; paired (Student's t). */
function printBeats(seen: readonly Seen[]): void {
  const onsets = seen.map(({ spoken }) => onsetTimes(spoken.audio));
  const pairs = seen.flatMap(({ person }, i) => {
    const beats = motionBeats(person);
    const own = beatAlignment(beats, onsets[i]);
    const others = onsets.flatMap((times, k) => (k === i ? [] : (beatAlignment(beats, times) ?? [])));
    return own === undefined || others.length === 0 ? [] : [{ own, other: mean(others) }];
  });
  const more = pairs.map(({ own, other }) => own - other);
  const t = mean(more) / (wrist.deviation(more) / Math.sqrt(more.length - 1));
  console.log(
    `\nbeat alignment: own voice ${three(mean(pairs.map(({ own }) => own)))}, others ` +
      `${three(mean(pairs.map(({ other }) => other)))}; paired t = ${t.toFixed(2)}, ${more.length - 1} degrees of ` +
      'freedom (2.09 is p = 0.05 for 19)',
  );
}

/** How far apart the wrists of two seeds of one voice are. */
function printSeeds(voices: readonly Seen[][]): void {
  const apart = voices.flatMap((ofSeeds) =>
    ofSeeds.flatMap(({ person: a }, i) =>
      ofSeeds.slice(0, i).map(({ person: b }) => {
        const others = wrists(b);
        return mean(wrists(a).map((track, side) => wrist.distance(track, others[side])));
      }),
    ),
  );
  if (apart.length > 0) console.log(`two seeds, sw: mean ${three(mean(apart))}, least ${three(Math.min(...apart))}`);
}

/** Counts the phones at which lips close on the clip, and those of them at which they close on the film. */
function countLips(film: Seen, clip: Seen): void {
  const { phones } = clip.spoken;
  const { fps } = clip.person;
  const [onClip, onFilm] = [clip, film].map(({ person }) => ({ gap: openMore(person), fps }));
  phones.forEach((_, i) => {
    const closure = closureAt(phones, i, onClip);
    if (!closure?.near) return;
    const counts = cases.get(closure.group) ?? { clip: 0, film: 0 };
    counts.clip++;
    if (closureAt(phones, i, onFilm)?.near) counts.film++;
    cases.set(closure.group, counts);
  });
}

/** How much more the lips are apart than in silence, distances of the irises: f64 [F]. */
function openMore(person: PersonTracks): Float64Array {
  const [left, right] = IRISES.map((name) => person.path('face', name));
  const [outerLeft, outerRight] = ['263', '33'].map((name) => person.path('face', name));
  const irises = median(distances(outerLeft, outerRight)) / median(distances(left, right));
  const gap = lipOpening(person).map((value) => value * irises);
  const rest = median(gap.subarray(-SILENCE * person.fps));
  return gap.map((value) => value - rest);
}

function printLips(): void {
  console.log('\nphones | closed on the clip | of them on the film (opened by less than 0.03 of the irises)');
  for (const group of Object.keys(LIP_GROUPS)) {
    const counts = cases.get(group);
    if (counts) console.log([group, counts.clip, (counts.film / counts.clip).toFixed(2)].join(' | '));
  }
}

function three(value: number): string {
  return value.toFixed(3);
}
