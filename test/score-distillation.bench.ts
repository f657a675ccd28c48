/**
 * What score distillation changes on a trained avatar: none, L_vsd alone, L_traj alone and both, from the same model,
 * with the same seed and steps, on sentences that neither clips nor voices nor films say.
 *
 *     node test/score-distillation.bench.ts RUN STORE [--steps 150] [--voices 12] [--films 4] [--held 6] [--seed 1]
 *
 * RUN is the folder of a run of `graphs/quickstart.json`, STORE its store (a copy: nothing is written there). Truth is
 * the puppet's film of each held sentence, its points tracked from its pixels. Figures are of the avatar's points where
 * its particles carry them, in pixels of the film: acceleration error of the mouth and of all points, variance over
 * time of body, head and mouth against the truth's. One line of JSON for each variant.
 */
import { parseArgs } from 'node:util';
import { openAlignedSpace } from '@soliloquy/gaussian-codec';
import { alignedSpace } from '@soliloquy/gaussian-codec/port';
import { motionSamplingStage } from '@soliloquy/motion-diffusion';
import { motionModel } from '@soliloquy/motion-transformer/port';
import * as ports from '@soliloquy/ports';
import { scoreDistillationStage } from '@soliloquy/score-distillation';
import { loadBackbone } from '@soliloquy/stage';
import { stageContext } from '@soliloquy/testing';
import { corpusStage, textToSpeechStage } from '@soliloquy/text-to-speech';
import { trackingStage } from '@soliloquy/tracking';
import { videoDiffusionStage } from '@soliloquy/video-diffusion';
import { carriedPoints } from '../libs/stages/score-distillation/src/carried-points.ts';
import { openRun, ran } from './bench/trained-run.ts';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    steps: { type: 'string', default: '150' },
    voices: { type: 'string', default: '12' },
    films: { type: 'string', default: '4' },
    held: { type: 'string', default: '6' },
    seed: { type: 'string', default: '1' },
    exact: { type: 'string', default: '20' },
    only: { type: 'string', default: 'none,vsd,traj,both' },
  },
});
const [steps, voiceCount, filmCount, heldCount, seed, exactEvery] = [
  values.steps,
  values.voices,
  values.films,
  values.held,
  values.seed,
  values.exact,
].map(Number);
const CLIPS = 6;
/** Sentences of the corpus from which on no clip says any. */
const FROM = { voices: 40, films: 80, held: 120 } as const;

const [run, storeFolder] = positionals;
const made = await openRun(run, storeFolder);
const each = <T>(node: string, port: string, type: ports.PortType<T>): Promise<T[]> =>
  Promise.all(Array.from({ length: CLIPS }, (_, i) => made(node, port, type, i)));
const person = {
  image: await made('reference', 'image', ports.image),
  landmarks: await made('reference', 'landmarks', ports.landmarks),
  background: await made('reference', 'background', ports.image),
};
const trained = {
  ...person,
  model: await made('training', 'model', motionModel),
  space: await made('alignment', 'model', alignedSpace),
  gaussians: await made('avatar', 'gaussians', ports.gaussians),
  deformation: await each('fit', 'deformation', ports.deformation),
  audio: await each('speech', 'audio', ports.audio),
};

async function spoken(from: number, count: number): Promise<ports.Audio[]> {
  const { text } = await ran<{ text: string[] }>(corpusStage, {}, { from, count });
  const voices: ports.Audio[] = [];
  for (const line of text)
    voices.push(
      (await ran<{ audio: ports.Audio }>(textToSpeechStage, { text: line }, { voice: 'slt', padTo: 5 })).audio,
    );
  return voices;
}

/** A film by a backbone of video diffusion, as its points. */
async function filmed(backbone: 'puppet' | 'latent-flow', audio: ports.Audio, filmSeed: number): Promise<ports.Tracks> {
  const one = videoDiffusionStage.backbones[backbone];
  const { run: film } = await loadBackbone(backbone, one);
  const own = backbone === 'puppet' ? { expressiveness: 1.25 } : {};
  const params = {
    ...videoDiffusionStage.params.parse({}),
    ...(one.params.parse(own) as object),
    area: 98_304,
  };
  const { video } = (await film(
    { ...person, audio } as never,
    params as never,
    stageContext({ threads: 2, seed: filmSeed }),
  )) as { video: ports.Video };
  const track = await loadBackbone('points', trackingStage.backbones.points);
  const { tracks } = (await track.run(
    { ...person, video } as never,
    { guesses: 'none' } as never,
    stageContext({ threads: 2 }),
  )) as { tracks: ports.Tracks };
  return tracks;
}

const say = (line: object): void => console.log(JSON.stringify(line));
const voices = await spoken(FROM.voices, voiceCount);
const filmVoices = await spoken(FROM.films, filmCount);
const held = await spoken(FROM.held, heldCount);
say({ spoken: voices.length + filmVoices.length + held.length });
const tracks: ports.Tracks[] = [];
for (const [i, voice] of filmVoices.entries()) tracks.push(await filmed('latent-flow', voice, 100 + i));
const truths: ports.Tracks[] = [];
for (const [i, voice] of held.entries()) truths.push(await filmed('puppet', voice, 200 + i));
say({ filmed: tracks.length, truths: truths.length });

const space = await openAlignedSpace(trained.space, 2);
const { width, height } = truths[0];
const carried = carriedPoints(trained.gaussians, space.rig, trained.landmarks, { width, height });
const { points } = carried;
const PARTS = { body: [0, 1, 2, 3, 4], head: [5], mouth: [6, 7, 8] } as const;
const inParts = (parts: readonly number[]): number[] =>
  [...points.parts.keys()].filter((q) => points.visibility[q] > 0 && parts.includes(points.parts[q]));
const all = inParts([...PARTS.body, ...PARTS.head, ...PARTS.mouth]);

/** f32 [F, Q, 2] shifts of what a model samples for a voice, film pixels. */
async function sampled(model: unknown, audio: ports.Audio, sampleSeed: number): Promise<Float32Array> {
  const { motion } = await ran<{ motion: ports.Motion }>(
    motionSamplingStage,
    { audio, model, space: trained.space },
    { seed: sampleSeed, frames: 125, globalVariance: false, guidance: 1, blinks: false },
  );
  const { positions } = space.rig;
  return carried.shifts(motion.positions.map((value, i) => value - positions[i % positions.length]));
}

function figures(made: Float32Array, truth: Float32Array) {
  const Q = points.count;
  const frames = made.length / (2 * Q);
  const acceleration = (of: Float32Array, f: number, i: number): number =>
    of[(f + 1) * 2 * Q + i] - 2 * of[f * 2 * Q + i] + of[(f - 1) * 2 * Q + i];
  const error = (members: readonly number[]): number => {
    let sum = 0;
    for (let f = 1; f + 1 < frames; f++)
      for (const q of members)
        sum += Math.hypot(
          acceleration(made, f, 2 * q) - acceleration(truth, f, 2 * q),
          acceleration(made, f, 2 * q + 1) - acceleration(truth, f, 2 * q + 1),
        );
    return sum / ((frames - 2) * members.length);
  };
  /** Of head and mouth less what carries them: a nod is no speech. */
  const variance = (of: Float32Array, members: readonly number[]): number => {
    let total = 0;
    for (const q of members)
      for (const axis of [0, 1]) {
        const row = Array.from({ length: frames }, (_, f) => of[f * 2 * Q + 2 * q + axis]);
        const mean = row.reduce((sum, value) => sum + value, 0) / frames;
        total += row.reduce((sum, value) => sum + (value - mean) ** 2, 0) / frames;
      }
    return total;
  };
  const share = (parts: readonly number[]): [number, number] => {
    const members = inParts(parts);
    return [variance(made, members), variance(truth, members)];
  };
  return {
    mouth: error(inParts(PARTS.mouth)),
    all: error(all),
    body: share(PARTS.body),
    head: share(PARTS.head),
    lips: share(PARTS.mouth),
  };
}

async function judged(model: unknown) {
  const seen: ReturnType<typeof figures>[] = [];
  for (const [i, voice] of held.entries()) {
    const truth = truths[i].positions.map((value, k) => value - points.positions[k % (2 * points.count)]);
    seen.push(figures(await sampled(model, voice, 300 + i), truth));
  }
  const mean = (of: (one: (typeof seen)[number]) => number): number =>
    seen.reduce((sum, one) => sum + of(one), 0) / seen.length;
  const ratio = (of: (one: (typeof seen)[number]) => [number, number]): number =>
    mean((one) => of(one)[0]) / mean((one) => of(one)[1]);
  return {
    'acc-err mouth': mean(({ mouth }) => mouth),
    'acc-err all': mean((one) => one.all),
    'variance body': ratio(({ body }) => body),
    'variance head': ratio(({ head }) => head),
    'variance mouth': ratio(({ lips }) => lips),
  };
}

const VARIANTS = { none: {}, vsd: { vsd: 0.5 }, traj: { traj: 1 }, both: { vsd: 0.5, traj: 1 } } as const;
say({ variant: 'before', ...(await judged(trained.model)) });
for (const variant of values.only.split(',') as (keyof typeof VARIANTS)[]) {
  const started = Date.now();
  const result = await ran<{ model: unknown; metrics: ports.Metrics }>(
    scoreDistillationStage,
    { ...trained, voices, tracks, filmVoices },
    {
      ...{ vsd: 0, traj: 0, render: 0, rigidity: 0.02, keepVariance: false, steps, seed, exactEvery },
      ...VARIANTS[variant],
    },
  );
  const seconds = Math.round((Date.now() - started) / 1000);
  say({ variant, ...(await judged(result.model)), metrics: result.metrics.values, seconds });
}
await space.dispose();
