/**
 * Motion as a live avatar samples it beside motion that is sampled at once, of the same voices: the acceleration error
 * of mouth and jaw and the variance of each part, as ratios, and the step where two pieces meet: the largest one
 * against the 99.9th percentile of the steps elsewhere, and the mean against their mean.
 *
 *     node test/motion-stream.bench.ts RUN STORE [--seeds 3] [--look-ahead 80,120,200] [--steps 4] [--held 1,2]
 *       [--sentences 12]
 *
 * RUN is the folder of a run of `graphs/quickstart.json`; STORE its store. The error is of the film's own voice, which
 * has a true clip; variances, per 125 frames, and seams are of sentences that no clip says, one after another.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { openDiskStore } from '@soliloquy/artifacts';
import { evaluationStage } from '@soliloquy/evaluation';
import { PART_OF_REGION, varianceOverTime } from '@soliloquy/gaussian-cloud';
import { openAlignedSpace } from '@soliloquy/gaussian-codec';
import { alignedSpace } from '@soliloquy/gaussian-codec/port';
import { motionSamplingStage } from '@soliloquy/motion-diffusion';
import { motionModel } from '@soliloquy/motion-transformer/port';
import * as ports from '@soliloquy/ports';
import { loadBackbone } from '@soliloquy/stage';
import { stageContext } from '@soliloquy/testing';
import { corpusStage, textToSpeechStage } from '@soliloquy/text-to-speech';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    seeds: { type: 'string', default: '3' },
    'look-ahead': { type: 'string', default: '80,120,200' },
    steps: { type: 'string', default: '4' },
    held: { type: 'string' },
    sentences: { type: 'string', default: '12' },
  },
});
const [run, storeFolder] = positionals;
const seeds = Array.from({ length: Number(values.seeds) }, (_, i) => i + 1);
const store = await openDiskStore(join(storeFolder, 'store'));
const { tasks } = JSON.parse(readFileSync(join(run, 'run.json'), 'utf8')) as {
  tasks: { task: string; outputs: Record<string, string> }[];
};
/** Frames of a clip, and those that the causal backbone fixes at a time. */
const [CLIP, PIECE] = [125, 5];
const PARTS = ['body', 'face', 'hand'] as const;

const [audio] = await made('voice', 'audio', ports.audio);
const voices = await said(Number(values.sentences));
const long = { sampleRate: audio.sampleRate, samples: joined(voices.map(({ samples }) => samples)) };
const [truth] = await made('truth-fit', 'deformation', ports.deformation);
const [gaussians] = await made('avatar', 'gaussians', ports.gaussians);
const [space] = await made('alignment', 'model', alignedSpace);
const [model] = await made('training', 'model', motionModel);
const opened = await openAlignedSpace(space, 2);
const { rig } = opened;

interface Row {
  readonly error: number;
  readonly variance: readonly number[];
  readonly seams: readonly number[];
  readonly borders: readonly number[];
}

const plain = { globalVariance: false, blinks: false };
const offline = await row('ddim', { steps: 50, ...plain });
const few = await row('ddim', { steps: Number(values.steps), ...plain });
console.log('sampled | against | error | body | face | hand | seam: largest | mean (body, face, hand)');
print(`at once, ${values.steps} steps`, few, { '50 steps': offline });
for (const lookAhead of values['look-ahead'].split(',').map(Number)) {
  for (const held of values.held?.split(',').map(Number) ?? [undefined]) {
    const given = { lookAhead, held, piece: PIECE, steps: Number(values.steps), blinks: false };
    const live = await row('causal', given);
    const name = `live, ${lookAhead} ms${held === undefined ? '' : `, ${held} held`}`;
    print(name, live, { '50 steps': offline, [`${values.steps} steps`]: few });
  }
}
await opened.dispose();

function print(what: string, found: Row, others: Readonly<Record<string, Row>>): void {
  for (const [name, other] of Object.entries(others)) {
    const ratios = [found.error / other.error, ...found.variance.map((value, i) => value / other.variance[i])];
    const [seams, borders] = [found.seams, found.borders].map((each) => each.map((x) => x.toFixed(2)).join(', '));
    console.log([what, name, ...ratios.map((value) => value.toFixed(2)), seams, borders].join(' | '));
  }
}

/** Means over the seeds. */
async function row(backbone: 'ddim' | 'causal', given: object): Promise<Row> {
  const rows: Row[] = [];
  for (const seed of seeds) {
    const short = await sampled(backbone, given, { seed, audio });
    const whole = await sampled(backbone, given, { seed, audio: long });
    rows.push({ error: await errorOf(short), variance: variancesOf(whole), ...seamsOf(whole, given) });
  }
  const mean = (of: (each: Row) => number): number => rows.reduce((sum, each) => sum + of(each), 0) / rows.length;
  return {
    error: mean(({ error }) => error),
    variance: PARTS.map((_, i) => mean(({ variance }) => variance[i])),
    seams: PARTS.map((_, i) => mean(({ seams }) => seams[i])),
    borders: PARTS.map((_, i) => mean(({ borders }) => borders[i])),
  };
}

/** Where the particles go, f32 [F, P, 3] world. */
async function sampled(
  name: 'ddim' | 'causal',
  given: object,
  { seed, audio: voice }: { seed: number; audio: ports.Audio },
): Promise<Float32Array> {
  const backbone = motionSamplingStage.backbones[name];
  const { run: work } = await loadBackbone(`motion-sampling.${name}`, backbone);
  const params = { ...motionSamplingStage.params.parse({}), ...backbone.params.parse(given) };
  const { motion } = (await work(
    { audio: voice, model, space } as never,
    params as never,
    stageContext({ seed, threads: 2 }),
  )) as { motion: ports.Motion };
  return opened.decode(motion.latent);
}

async function errorOf(translations: Float32Array): Promise<number> {
  const frames = translations.length / (rig.particles * 3);
  const rotations = Float32Array.from({ length: frames * rig.particles * 4 }, (_, i) => (i % 4 === 0 ? 1 : 0));
  const logScaleOffsets = new Float32Array(translations.length);
  const moved = { kind: 'particles', frames, fps: 25, count: gaussians.count, ...rig, translations };
  const { width, height } = gaussians.camera;
  const video = { width, height, fps: 25, frames };
  const { measures } = evaluationStage.backbones;
  const { run: work } = await loadBackbone('evaluation.measures', measures);
  const params = { ...evaluationStage.params.parse({}), ...measures.params.parse({}) };
  const inputs = { video, gaussians, truth, deformation: { ...moved, rotations, logScaleOffsets } };
  const { metrics } = (await work(inputs as never, params as never, stageContext())) as { metrics: ports.Metrics };
  return metrics.values['acc-err:particles'];
}

/** Variance over time of each part's particles, mean over clips. */
function variancesOf(translations: Float32Array): number[] {
  const size = CLIP * rig.particles * 3;
  const sums = PARTS.map(() => 0);
  for (let at = 0; at + size <= translations.length; at += size)
    varianceOverTime(translations.slice(at, at + size), rig.particles * 3).forEach((variance, column) => {
      sums[PARTS.indexOf(PART_OF_REGION[rig.regions[Math.floor(column / 3)]])] += variance;
    });
  return sums;
}

/** Steps between frames of two pieces over the others, by part: the largest over their 99.9th percentile, and means. */
function seamsOf(translations: Float32Array, given: { lookAhead?: number }): Pick<Row, 'seams' | 'borders'> {
  const first = PIECE - Math.max(0, Math.round(((given.lookAhead ?? 40) * 25) / 1000) - 1);
  const mean = (list: readonly number[]): number => list.reduce((sum, value) => sum + value, 0) / list.length;
  const found = PARTS.map((part) => {
    const members = [...rig.regions.keys()].filter((p) => PART_OF_REGION[rig.regions[p]] === part);
    const steps = Array.from({ length: translations.length / (rig.particles * 3) - 1 }, (_, f) => stepOf(f, members));
    const isBorder = (f: number): boolean => (f + 1 - first) % PIECE === 0;
    const [at, rest] = [
      steps.filter((_, f) => isBorder(f)),
      steps.filter((_, f) => !isBorder(f)).sort((x, y) => x - y),
    ];
    return { seam: Math.max(...at) / rest[Math.floor(0.999 * rest.length)], border: mean(at) / mean(rest) };
  });
  return { seams: found.map(({ seam }) => seam), borders: found.map(({ border }) => border) };
  /** Root mean square way of the particles from a frame to the next one. */
  function stepOf(frame: number, members: readonly number[]): number {
    let sum = 0;
    for (const p of members)
      for (let axis = 0; axis < 3; axis++) {
        const at = (f: number): number => translations[(f * rig.particles + p) * 3 + axis];
        sum += (at(frame + 1) - at(frame)) ** 2;
      }
    return Math.sqrt(sum / members.length);
  }
}

async function made<T>(node: string, port: string, type: ports.PortType<T>): Promise<T[]> {
  const found = tasks.filter(({ task }) => task.replace(/\[.*/, '') === node);
  if (found.length === 0) throw new Error(`${run}: no ${node}`);
  return Promise.all(found.map(async ({ outputs }) => type.decode(await store.get(outputs[port]))));
}

function joined(parts: readonly Float32Array[]): Float32Array {
  const all = new Float32Array(parts.reduce((sum, { length }) => sum + length, 0));
  parts.reduce((at, part) => (all.set(part, at), at + part.length), 0);
  return all;
}

/** Sentences of the corpus that the quickstart's clips do not have, as its voice says them. */
async function said(count: number): Promise<ports.Audio[]> {
  const lines = corpusStage.backbones.sentences;
  const { run: write } = await loadBackbone('corpus.sentences', lines);
  const params = { ...corpusStage.params.parse({ count, from: 101 }), ...lines.params.parse({}) };
  const { text } = (await write({} as never, params as never, stageContext())) as { text: readonly string[] };
  const { flite } = textToSpeechStage.backbones;
  const { run: say } = await loadBackbone('text-to-speech.flite', flite);
  const how = { ...textToSpeechStage.params.parse({ padTo: 5 }), ...flite.params.parse({ voice: 'slt' }) };
  const all: ports.Audio[] = [];
  for (const line of text)
    all.push(((await say({ text: line } as never, how as never, stageContext())) as { audio: ports.Audio }).audio);
  return all;
}
