import { Fault } from '@soliloquy/fault';
import {
  denoise,
  exportNetwork,
  openNetwork,
  type MotionWindow,
  type Sampling,
  type Scale,
  type TrainedNetwork,
} from '@soliloquy/motion-transformer';
import { halveWeights } from '@soliloquy/tensor/half-weights';
import { decodeSafetensors, encodeSafetensors } from '@soliloquy/tensor/safetensors';
import { APPEARANCE } from '../appearance-numbers.ts';
import { POINT_SET } from '../canonical-points.ts';
import { decodeTokens, encodeTokens, type FlowBasis, type LinearBasis } from '../flow-basis.ts';
import { FLOW_PARTS } from '../flow-tokens.ts';
import { flowCondition, type FlowSpeaker } from './flow-condition.ts';
import type { PackedLatentFlow } from './latent-flow-port.ts';
import { MANNER_NUMBERS } from './manner-numbers.ts';
import { PERSON_NUMBERS } from './person-numbers.ts';
import { steadyLids } from './steady-lids.ts';

/** How people of the corpus behave: f32 [3] `MANNER_NUMBERS` each. */
export interface Manners {
  readonly low: Float32Array;
  readonly usual: Float32Array;
  readonly high: Float32Array;
}

/** What training leaves behind. */
export interface LatentFlowContents extends TrainedNetwork {
  readonly fps: number;
  /** of the cosine schedule */
  readonly noiseSteps: number;
  readonly basis: FlowBasis;
  /** f32 [K + 4] variance over time of each number of a latent, mean over the corpus */
  readonly variance: Float32Array;
  /** f32 [N, K + 4] frames of the corpus, anywhere in it */
  readonly bank: Float32Array;
  readonly manners: Manners;
  readonly phoneEncoder: string;
  /** What else is known of it, e.g. `losses`. */
  readonly card: Readonly<Record<string, unknown>>;
}

/** The model as an artifact: the denoiser as ONNX with weights of 16 bits, basis and scales as safetensors, a card. */
export function packLatentFlow(contents: LatentFlowContents): PackedLatentFlow {
  const { basis, size, frames, fps, noiseSteps, motion, audio, variance, bank, manners, phoneEncoder, card } = contents;
  const vector = (data: Float32Array) => ({ shape: [data.length], data });
  return {
    kind: 'latent-flow',
    files: {
      'denoiser.onnx': halveWeights(exportNetwork(contents, 'latent-flow')),
      'basis.safetensors': encodeSafetensors({
        mean: vector(basis.mean),
        encoder: { shape: [basis.width, basis.tokens], data: basis.encoder },
        decoder: { shape: [basis.tokens, basis.width], data: basis.decoder },
        latentMean: vector(motion.mean),
        latentScale: vector(motion.scale),
        audioMean: vector(audio.mean),
        audioScale: vector(audio.scale),
        latentVariance: vector(variance),
        bank: { shape: [bank.length / variance.length, variance.length], data: bank },
        mannerLow: vector(manners.low),
        manner: vector(manners.usual),
        mannerHigh: vector(manners.high),
      }),
    },
    card: {
      ...card,
      ...size,
      frames,
      fps,
      noiseSteps,
      phoneEncoder,
      points: POINT_SET,
      widths: basis.widths,
      explained: basis.explained,
    },
  };
}

/** Motion of a film: f32 [F, D] tokens and f32 [F, 4] appearance. */
export interface FlowMotion {
  readonly tokens: Float32Array;
  readonly appearance: Float32Array;
}

/** What is said, by whom and how. */
export interface Speech extends FlowSpeaker {
  /** F */
  readonly frames: number;
  /** f32 [F, W] by the phone encoder of the model */
  readonly heard: Float32Array;
}

/** A latent flow model, ready to use. */
export interface LatentFlow {
  /** T, that are made at once */
  readonly frames: number;
  readonly fps: number;
  readonly noiseSteps: number;
  /** width of a latent: K components of motion, then the appearance */
  readonly latent: number;
  /** width of a frame's condition */
  readonly audio: number;
  readonly basis: LinearBasis;
  /** f32 [latent] what each number is divided by before the network sees it */
  readonly scale: Float32Array;
  /** f32 [N, latent] frames of the corpus: poses as people take them */
  readonly bank: Float32Array;
  /** f32 [latent] variance over time of each number, mean over the corpus */
  readonly variance: Float32Array;
  readonly manners: Manners;
  readonly phoneEncoder: string;
  /** f32 [F, latent] of a film's motion */
  encode(motion: FlowMotion): Float32Array;
  decode(latent: Float32Array): FlowMotion;
  /** Latents less mean and over deviation, as the network knows them; `restore` is the inverse. */
  standardise(latent: Float32Array): Float32Array;
  restore(x: Float32Array): Float32Array;
  /**
   * What is told at each frame, f32 [F, audio] standardised; silence follows a speech of fewer than T frames.
   *
   * @throws Fault `latent-flow.heard` where it is of another width than in training
   */
  condition(speech: Speech): Float32Array;
  /** Clean latents of a window, f32 [T, latent] standardised, as what goes in is. */
  predict(window: MotionWindow): Promise<Float32Array>;
  /** Motion for a speech of any length, f32 [F, latent]; no lid shuts for less than a blink takes (`steadyLids`). */
  sample(speech: Speech, sampling: Sampling): Promise<Float32Array>;
  dispose(): Promise<void>;
}

/**
 * @throws Fault `latent-flow.points` for a model of another set of points, `latent-flow.basis` where its tensors do not
 *   fit each other
 */
export async function openLatentFlow(model: PackedLatentFlow, threads: number): Promise<LatentFlow> {
  const { frames, fps, noiseSteps, phoneEncoder } = model.card;
  requirePoints(model.card.points);
  const { basis, motion, audio, variance, bank, manners } = readTensors(model);
  const latent = motion.mean.length;
  const heard = audio.mean.length;
  const size = { frames, latent, audio: heard };
  const network = await openNetwork(model.files['denoiser.onnx'], size, { threads, name: 'latent-flow' });
  const condition = (speech: Speech): Float32Array => withinCorpus(standardised(toldOf(speech, size), audio), heard);
  const restore = (x: Float32Array): Float32Array => restored(x, motion);
  return {
    ...size,
    fps,
    noiseSteps,
    basis,
    scale: motion.scale,
    bank,
    variance,
    manners,
    phoneEncoder,
    encode: ({ tokens, appearance }) => joined(encodeTokens(basis, tokens), basis.width, appearance),
    decode: (z) => apart(z, basis),
    standardise: (z) => standardised(z, motion),
    restore,
    condition,
    predict: (window) => network.predict(window),
    async sample(speech, sampling) {
      const denoiser = { ...size, noiseSteps, predict: network.predict };
      const x = await denoise(denoiser, condition(speech), sampling);
      return steadyLids(restore(x.subarray(0, speech.frames * latent)), latent, fps);
    },
    dispose: () => network.dispose(),
  };
}

function requirePoints(points: string): void {
  if (points !== POINT_SET)
    throw new Fault({
      code: 'latent-flow.points',
      where: 'model<latent-flow>.card.points',
      expected: `a model of the points ${POINT_SET}`,
      got: points,
      remedy: 'train it again with the points of now',
    });
}

/** What of a model its safetensors hold. */
type ModelTensors = Pick<LatentFlow, 'basis' | 'variance' | 'bank' | 'manners'> &
  Pick<TrainedNetwork, 'motion' | 'audio'>;

function readTensors({ files, card: { widths } }: PackedLatentFlow): ModelTensors {
  const { tensors } = decodeSafetensors(files['basis.safetensors']);
  const [width, tokens] = tensors.encoder.shape;
  const latent = width + APPEARANCE.length;
  const f32 = (name: string, ...shape: number[]): Float32Array => {
    if (tensors[name].shape.some((side, i) => side !== shape[i])) throw wrongBasis(name, shape, tensors[name].shape);
    return tensors[name].data as Float32Array;
  };
  const total = FLOW_PARTS.reduce((sum, part) => sum + widths[part], 0);
  if (total !== width) throw wrongBasis('encoder', [total, tokens], [width, tokens]);
  const heard = tensors.audioMean.shape[0];
  return {
    basis: {
      tokens,
      width,
      widths,
      mean: f32('mean', tokens),
      encoder: f32('encoder', width, tokens),
      decoder: f32('decoder', tokens, width),
    },
    motion: { mean: f32('latentMean', latent), scale: f32('latentScale', latent) },
    audio: { mean: f32('audioMean', heard), scale: f32('audioScale', heard) },
    variance: f32('latentVariance', latent),
    bank: f32('bank', tensors.bank.shape[0], latent),
    manners: {
      low: f32('mannerLow', MANNER_NUMBERS.length),
      usual: f32('manner', MANNER_NUMBERS.length),
      high: f32('mannerHigh', MANNER_NUMBERS.length),
    },
  };
}

function wrongBasis(name: string, expected: readonly number[], got: readonly number[]): Fault {
  return new Fault({
    code: 'latent-flow.basis',
    where: `model<latent-flow>.files.basis.safetensors.${name}`,
    expected: `f32 [${expected.join(', ')}]`,
    got: `f32 [${got.join(', ')}]`,
    remedy: 'save the tensors of one training',
  });
}

/** f32 [max(F, T), audio] */
function toldOf(
  speech: Speech,
  { frames: T, audio }: { readonly frames: number; readonly audio: number },
): Float32Array {
  const frames = Math.max(T, speech.frames);
  const heard = new Float32Array((frames * speech.heard.length) / speech.frames);
  heard.set(speech.heard);
  const told = flowCondition(heard, speech, frames);
  if (told.length === frames * audio) return told;
  throw new Fault({
    code: 'latent-flow.heard',
    where: 'latent-flow.heard',
    expected: `what makes ${audio} numbers a frame, as in the training of the model`,
    got: String(told.length / frames),
    remedy: 'hear the voice with the phone encoder of the model',
  });
}

/** Deviations of the corpus beyond which nobody is told to be. */
const FARTHEST = 2;

/**
 * Somebody whom the corpus has nothing like, a half body among whole ones, is told as the nearest it has: a network
 * makes anything of numbers that it never saw. What is heard stays.
 */
function withinCorpus(told: Float32Array, width: number): Float32Array {
  const from = width - PERSON_NUMBERS.length - MANNER_NUMBERS.length;
  return told.map((value, i) => (i % width < from ? value : Math.min(FARTHEST, Math.max(-FARTHEST, value))));
}

function standardised(rows: Float32Array, { mean, scale }: Scale): Float32Array {
  return rows.map((value, i) => (value - mean[i % mean.length]) / scale[i % mean.length]);
}

function restored(rows: Float32Array, { mean, scale }: Scale): Float32Array {
  return rows.map((value, i) => value * scale[i % mean.length] + mean[i % mean.length]);
}

/** Rows of motion with those of appearance beside them, f32 [F, K + 4]. */
export function joined(motion: Float32Array, width: number, appearance: Float32Array): Float32Array {
  const frames = motion.length / width;
  const latent = width + APPEARANCE.length;
  const rows = new Float32Array(frames * latent);
  for (let f = 0; f < frames; f++) {
    rows.set(motion.subarray(f * width, (f + 1) * width), f * latent);
    rows.set(appearance.subarray(f * APPEARANCE.length, (f + 1) * APPEARANCE.length), f * latent + width);
  }
  return rows;
}

function apart(z: Float32Array, basis: LinearBasis): FlowMotion {
  const latent = basis.width + APPEARANCE.length;
  const frames = z.length / latent;
  const motion = new Float32Array(frames * basis.width);
  const appearance = new Float32Array(frames * APPEARANCE.length);
  for (let f = 0; f < frames; f++) {
    motion.set(z.subarray(f * latent, f * latent + basis.width), f * basis.width);
    appearance.set(z.subarray(f * latent + basis.width, (f + 1) * latent), f * APPEARANCE.length);
  }
  return { tokens: decodeTokens(basis, motion), appearance };
}
