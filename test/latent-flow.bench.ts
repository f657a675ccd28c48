/**
 * How the latent flow model moves people whom it has not seen, to sentences and a voice that it has not heard, beside
 * what the puppet does to the same voice.
 *
 *     node test/latent-flow.bench.ts [RUN STORE] [--figures 4] [--lines 2] [--films 4] [--only followsVoice,blinks]
 *
 * RUN and STORE are those of `soliloquy run graphs/latent-flow.json --out RUN --store STORE`; without them it is the
 * model that comes with Soliloquy. Everything is told in tokens, units of the face (eyes to mouth). What came out:
 * libs/methods/latent-flow/bench/NOTES.md.
 */
import { parseArgs } from 'node:util';
import { canonicalParts, canonicalPoints, tokenLayout, toTokens, type FlowPart } from '@soliloquy/latent-flow';
import {
  mannerNumbers,
  openLatentFlow,
  personNumbers,
  scoreLatents,
  shippedLatentFlow,
  type FlowMotion,
  type Speech,
} from '@soliloquy/latent-flow/motion';
import { latentFlow } from '@soliloquy/latent-flow/port';
import { cosineSchedule, predictClean } from '@soliloquy/motion-transformer';
import type { Audio } from '@soliloquy/ports';
import { correlation, lagCorrelation } from '@soliloquy/signal';
import { openEars } from '@soliloquy/speech-features/hearing';
import { createRng } from '@soliloquy/tensor';
import { stageContext } from '@soliloquy/testing';
import { HELD_OUT_FROM, SENTENCES, type Voice } from '@soliloquy/text-to-speech';
import { trackingStage } from '@soliloquy/tracking';
import { videoDiffusionStage } from '@soliloquy/video-diffusion';
import { openRun } from './bench/trained-run.ts';
import { accelerationError, mean, movesOf, openingOf } from './fixture/flow-measures.ts';
import { FPS, FRAMES, motionFor, paintedSubject, puppetFilm, said, type Subject } from './fixture/puppet-films.ts';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    figures: { type: 'string', default: '4' },
    lines: { type: 'string', default: '2' },
    films: { type: 'string', default: '4' },
    only: { type: 'string', default: '' },
  },
});
const [run, store] = positionals;
const packed = run ? await (await openRun(run, store))('training', 'model', latentFlow) : await shippedLatentFlow();
const model = await openLatentFlow(packed, 2);
const ears = await openEars({ hearing: 'phones', phoneEncoder: model.phoneEncoder });
const VOICES: readonly Voice[] = ['awb', 'slt'];
const SAID = SENTENCES.conversation.slice(HELD_OUT_FROM);

/** A film that nobody learned from. */
interface Held {
  readonly voice: Voice;
  readonly audio: Audio;
  readonly subject: Subject;
  readonly speech: Speech;
  /** what is heard in another film */
  readonly other: Float32Array;
  /** f32 [F, D] */
  readonly truth: Float32Array;
  /** f32 [F] how shut the lids are in truth */
  readonly lids: Float32Array;
}

/** As the backbone samples where nothing else is asked for. */
const SAMPLING = { steps: 100, eta: 1, guidance: 1, overlap: 40 } as const;

const layout = tokenLayout({ parts: canonicalParts() });
const D = layout.width;
const mouth = layout.ranges.find(({ part }) => part === 'mouth')!;
const subjects = new Map<number, Promise<Subject>>();
const films: Held[] = [];
for (let s = 0; s < Number(values.figures); s++)
  for (let c = 0; c < Number(values.lines); c++) films.push(await held(s, c));
const variance = await corpusVariance();

for (const report of [followsVoice, seedsDiffer, blinks, hearsAtEveryNoise, pullsBack, isRead, isFilmed])
  if (values.only === '' || values.only.split(',').includes(report.name)) await report();
console.log(
  Object.entries(packed.files)
    .map(([name, { length }]) => `${name}: ${length} bytes`)
    .join(', '),
);
await model.dispose();
await ears.dispose();

async function sampled({ speech }: Held, seed: number, heard = speech.heard): Promise<FlowMotion> {
  const sampling = { ...SAMPLING, seed, step: async () => {} };
  const usual = { ...speech, heard, manner: model.manners.usual };
  return model.decode(await model.sample(usual, sampling));
}

/** Lips of one film beside the truth. */
interface Row {
  readonly voice: Voice;
  readonly r: number;
  readonly other: number;
  readonly overStill: number;
  readonly overMean: number;
  readonly opening: number;
}

/** 6.1: the lips open with the voice, and not with another. */
async function followsVoice(): Promise<void> {
  const rows: Row[] = [];
  const meanTruth = Float32Array.from(films[0].truth, (_, i) => mean(films.map(({ truth }) => truth[i])));
  for (const film of films) {
    const own = (await sampled(film, 1)).tokens;
    const other = (await sampled(film, 1, film.other)).tokens;
    const [a, b, truth] = [own, other, film.truth].map((tokens) => openingOf(layout, tokens));
    const error = (tokens?: Float32Array) => accelerationError(mouth, D, tokens, film.truth);
    rows.push({
      voice: film.voice,
      r: lagCorrelation(a, truth, 1).best,
      other: lagCorrelation(b, truth, 1).best,
      overStill: error(own) / error(),
      overMean: error(own) / error(meanTruth),
      opening: deviation(a) / deviation(truth),
    });
  }
  console.table(rows);
  const all = (key: Exclude<keyof Row, 'voice'>) => mean(rows.map((row) => row[key])).toFixed(3);
  console.log(
    `6.1 lips with the truth: r ${all('r')}, another voice ${all('other')}; acc-err over still ${all('overStill')}, ` +
      `over the mean film ${all('overMean')}; opening over the truth's ${all('opening')}`,
  );
}

/** 6.2: two seeds agree in lips and differ in the body; as much moves as in the corpus. */
async function seedsDiffer(): Promise<void> {
  const lips: number[] = [];
  const alike = new Map<FlowPart, number[]>();
  const [ratio, usual] = [0, 1].map(() => new Map<FlowPart, number[]>());
  for (const film of films) {
    const [a, b] = [(await sampled(film, 1)).tokens, (await sampled(film, 2)).tokens];
    lips.push(correlation(openingOf(layout, a), openingOf(layout, b)));
    for (const range of layout.ranges) {
      const [one, two] = [a, b].map((tokens) => movesOf(range, D, tokens));
      alike.set(range.part, [...(alike.get(range.part) ?? []), correlation(one, two)]);
      const note = (into: Map<FlowPart, number[]>, moves: readonly Float64Array[]): void => {
        const power = mean(moves.map((each) => mean(each.map((x) => x * x))));
        into.set(range.part, [...(into.get(range.part) ?? []), power / variance.get(range.part)!]);
      };
      note(ratio, [one, two]);
      note(usual, [movesOf(range, D, film.truth)]);
    }
  }
  console.log(`6.2 opening of the lips: two seeds correlate ${mean(lips).toFixed(3)}`);
  for (const { part } of layout.ranges)
    console.log(
      `6.2 ${part}: two seeds correlate ${mean(alike.get(part)!).toFixed(3)}, ` +
        `variance over the corpus' ${mean(ratio.get(part)!).toFixed(2)}, ` +
        `of the puppet for the same voices ${mean(usual.get(part)!).toFixed(2)}`,
    );
}

/** How often lids shut, and how far; beside it how often the puppet's did, whose films the model learned from. */
async function blinks(): Promise<void> {
  const [counts, truths, least]: number[][] = [[], [], []];
  for (const film of films) {
    truths.push(shuts(film.lids));
    for (const seed of [1, 2]) {
      const { appearance } = await sampled(film, seed);
      const lids = Float32Array.from({ length: FRAMES }, (_, f) => (appearance[4 * f] + appearance[4 * f + 1]) / 2);
      counts.push(shuts(lids));
      least.push(Math.max(...lids));
    }
  }
  const [found, truth] = [counts, truths].map((list) => ((60 * FPS * mean(list)) / FRAMES).toFixed(1));
  console.log(
    `blinks a minute ${found}, of the puppet ${truth}, ` +
      `most that lids shut in a film ${least.map((value) => value.toFixed(2)).join(' ')}`,
  );
}

/** Frames at which lids go past half shut. */
function shuts(lids: Float32Array): number {
  return lids.filter((value, f) => f > 0 && value >= 0.5 && lids[f - 1] < 0.5).length;
}

/** Of each part's tokens, from the poses that the model keeps less the usual deviation between people: the latents'. */
async function corpusVariance(): Promise<Map<FlowPart, number>> {
  const { decoder, width } = model.basis;
  return new Map(
    layout.ranges.map(({ part, from, to }) => {
      let sum = 0;
      for (let i = from; i < to; i++)
        for (let k = 0; k < width; k++) sum += decoder[i * width + k] ** 2 * model.variance[k];
      return [part, sum / (to - from)];
    }),
  );
}

/** 6.3: what hearing lowers the error of the lips' opening by, at each noise. */
async function hearsAtEveryNoise(): Promise<void> {
  const { alphaBar } = cosineSchedule(model.noiseSteps);
  for (const tau of [5, 15, 40, 100, 150, 180, 195]) {
    const errors = [0, 0];
    for (const [index, { speech, truth }] of films.entries()) {
      const x0 = model.standardise(latentOf(truth));
      const noise = createRng(`${tau} ${index}`).normal([FRAMES, model.latent]).data;
      const x = x0.map((value, i) => Math.sqrt(alphaBar[tau]) * value + Math.sqrt(1 - alphaBar[tau]) * noise[i]);
      const condition = model.condition(speech);
      const wanted = openingOf(layout, truth);
      for (const [h, heard] of [condition, new Float32Array(condition.length)].entries()) {
        const clean = await predictClean(model, { x, condition: heard, tau }, { guidance: 1, overlap: 40 });
        const opening = openingOf(layout, model.decode(model.restore(clean)).tokens);
        errors[h] += mean(opening.map((value, f) => (value - wanted[f]) ** 2));
      }
    }
    const lowered = (100 * (1 - errors[0] / errors[1])).toFixed(0);
    console.log(`6.3 noise step ${tau}: hearing lowers the error of the lips' opening by ${lowered}%`);
  }
}

/** Latents of a motion whose lids and mouth look as they usually do. */
function latentOf(truth: Float32Array): Float32Array {
  const usual = model.restore(new Float32Array(model.latent)).slice(model.basis.width);
  const appearance = Float32Array.from({ length: 4 * FRAMES }, (_, i) => usual[i % 4]);
  return model.encode({ tokens: truth, appearance });
}

/** 6.6: a motion that is late is pulled back by the score with its voice, not with another's. */
async function pullsBack(): Promise<void> {
  const [before, own, other]: number[][] = [[], [], []];
  for (const film of films.slice(0, 4)) {
    const truth = openingOf(layout, film.truth);
    const latent = latentOf(film.truth);
    const late = latent.map((_, i) => latent[Math.max(i % model.latent, i - 3 * model.latent)]);
    const r = (z: Float32Array) => correlation(openingOf(layout, model.decode(z).tokens), truth);
    before.push(r(late));
    own.push(r(await distilled(late, film.speech)));
    other.push(r(await distilled(late, { ...film.speech, heard: film.other })));
  }
  console.log(
    `6.6 late by 3 frames: r ${mean(before).toFixed(3)}; after 60 steps of the score ${mean(own).toFixed(3)}, ` +
      `with another voice ${mean(other).toFixed(3)}`,
  );
}

/** 6.4: latents are read from films of poses that the encoder was not fitted on. */
async function isRead(): Promise<void> {
  const { operations } = await import('../libs/stages/video-diffusion/src/backbones/latent-flow.ts');
  const all: Float32Array[] = [];
  for (let s = 0; s < Number(values.figures); s++) {
    await using ctx = stageContext({ threads: 2 });
    const { r2 } = await operations.describe({ ...(await subjectOf(s)), model: packed }, {}, ctx);
    all.push(r2);
  }
  let from = 0;
  const of = (count: number) => {
    const columns = Array.from({ length: count }, (_, k) => mean(all.map((r2) => r2[from + k])).toFixed(2));
    from += count;
    return columns.join(' ');
  };
  const { torso, arms, head, mouth: lips } = model.basis.widths;
  for (const [name, count] of Object.entries({ torso, arms, head, mouth: lips, appearance: 4 }))
    console.log(`6.4 R² of ${name} from views, by component: ${of(count)}`);
}

/** 6.1 on pixels: films are made and tracked again. */
async function isFilmed(): Promise<void> {
  const make = (await videoDiffusionStage.backbones['latent-flow'].load()).run;
  const track = (await trackingStage.backbones.points.load()).run;
  const film = { fps: FPS, frames: FRAMES, area: 98_304 };
  const params = { ...film, ...SAMPLING, expressiveness: 1 };
  const found: number[] = [];
  for (const { subject, audio, truth } of films.slice(0, Number(values.films))) {
    await using ctx = stageContext({ threads: 2, seed: 1 });
    const inputs = { ...subject, audio, prompt: undefined, tracks: undefined, model: packed };
    const { video } = await make(inputs, params, ctx);
    const { tracks } = await track({ ...subject, video }, { guesses: 'none' }, ctx);
    const points = canonicalPoints(subject.landmarks, video.width, video.height);
    const [a, b] = [toTokens(points, layout, tracks.positions), truth].map((rows) => openingOf(layout, rows));
    found.push(lagCorrelation(a, b, 1).best);
  }
  console.log(`6.1 lips of films, tracked again, with the truth: ${found.map((r) => r.toFixed(3)).join(' ')}`);
}

/** Adam on the score, from noise steps of up to 0.6 down to 0.1. */
async function distilled(start: Float32Array, speech: Speech): Promise<Float32Array> {
  const z = start.slice();
  const [first, second] = [new Float64Array(z.length), new Float64Array(z.length)];
  const draw = createRng('distilled');
  for (let step = 0; step < 60; step++) {
    const high = 0.6 - (0.5 * step) / 60;
    const tau = Math.floor(model.noiseSteps * (0.02 + (high - 0.02) * draw.uniform([1]).data[0]));
    const { clean } = await scoreLatents(model, { latent: z, speech, tau, seed: step, guidance: 1, overlap: 40 });
    for (let i = 0; i < z.length; i++) {
      const error = z[i] - clean[i];
      first[i] = 0.9 * first[i] + 0.1 * error;
      second[i] = 0.98 * second[i] + 0.02 * error ** 2;
      const way = first[i] / (1 - 0.9 ** (step + 1));
      z[i] -= (0.04 * model.scale[i % model.latent] * way) / (Math.sqrt(second[i] / (1 - 0.98 ** (step + 1))) + 1e-3);
    }
  }
  return z;
}

function deviation(values: Float64Array): number {
  const middle = mean(values);
  return Math.sqrt(mean(values.map((value) => (value - middle) ** 2)));
}

async function held(figure: number, clip: number): Promise<Held> {
  const subject = await subjectOf(figure);
  const at = (figure * Number(values.lines) + clip) % SAID.length;
  const voice = VOICES[clip % VOICES.length];
  const [audio, another] = await Promise.all([at, (at + 7) % SAID.length].map((i) => said(SAID[i], voice)));
  const motion = await motionFor(subject, audio, { seed: 31 * figure + clip + 5 });
  const points = canonicalPoints(subject.landmarks, subject.width, subject.height);
  const { carrier } = await puppetFilm(subject, motion);
  const tracks = new Float32Array(FRAMES * 2 * points.count);
  for (let f = 0; f < FRAMES; f++)
    carrier.carry(motion, f, points.positions, tracks.subarray(f * 2 * points.count, (f + 1) * 2 * points.count));
  const truth = toTokens(points, layout, tracks);
  const hear = async (sound: typeof audio) => (await ears.hear(sound, { fps: FPS, frames: FRAMES })).data;
  const speech = {
    frames: FRAMES,
    heard: await hear(audio),
    person: personNumbers(subject.landmarks, subject.width, subject.height),
    manner: mannerNumbers(layout, truth, FPS),
  };
  return { voice, audio, subject, speech, other: await hear(another), truth, lids: motion.channels.blink };
}

function subjectOf(figure: number): Promise<Subject> {
  const known = subjects.get(figure) ?? paintedSubject({}, 2001 + figure, { width: 256, height: 384 });
  subjects.set(figure, known);
  return known;
}
