import { audioCondition } from '@soliloquy/motion-transformer/audio-condition';
import { cosineSchedule, ddimStep, ddimSteps, type NoiseSchedule } from '@soliloquy/motion-transformer/noise-schedule';
import { createRng, type Rng } from '@soliloquy/tensor/random';

/** Position codes go round after this many frames, as far as training knows them. */
const STARTS = 1000;

/** What the network hears and sees of one window. */
export interface StreamWindow {
  /** f32 [T, latent] noisy x_t, standardised */
  readonly x: Float32Array;
  /** f32 [T, audio] standardised; zeros are the motion without a voice */
  readonly audio: Float32Array;
  /** noise step */
  readonly tau: number;
  /** number of the first frame */
  readonly start: number;
}

/** What of the networks a stream needs, whatever engine runs them. */
export interface StreamNetworks {
  /** T, that are made at once */
  readonly frames: number;
  /** of the cosine schedule */
  readonly noiseSteps: number;
  /** width of x_t */
  readonly latent: number;
  /** frames of context that `embed` reads before a frame */
  readonly context: number;
  /** X_0 = F(X_τ | A, τ): f32 [T, latent] clean x_t, standardised */
  predict(window: StreamWindow): Promise<Float32Array>;
  /** speech features f32 [F, features] -> f32 [F, embedding] */
  embed(features: Float32Array): Promise<Float32Array>;
  /** the audio condition f32 [F, audio] less mean and over deviation */
  standardise(condition: Float32Array, frames: number): Float32Array;
}

/** What is heard so far of a voice that goes on. */
export interface HeardSoFar {
  /** frames that are heard */
  readonly frames: number;
  /**
   * Speech features f32 [to - from, features] of what is heard so far; before frame 0 silence, beyond what is heard
   * its last frame.
   */
  rows(from: number, to: number): Float32Array;
}

/** How a stream is sampled. */
export interface StreamSampling {
  /** DDIM steps of each piece */
  readonly steps: number;
  /** 0: deterministic given the noise of each frame; 1: as noisy as DDPM */
  readonly eta: number;
  /** 1: as learned, one pass of the network a step; above, away from the motion without a voice, in two */
  readonly guidance: number;
  /** frames that must be heard behind one before it is fixed */
  readonly lookAhead: number;
  /** noise steps, the last ones, at which what is fixed takes the place of what the network makes of it */
  readonly held: number;
  readonly seed: number;
}

/** What is new starts where what is fixed ended; the difference fades with this constant. frames */
const FADE_FRAMES = 4;

/**
 * Motion for a voice while it is spoken: DDIM over the last T frames that were heard, again for every piece.
 *
 * - The noise of a frame depends on its number alone, so that two pieces make much the same of the frames that they
 *   share, and the body drifts as it does where a film is made at once.
 * - At the last noise steps (`held`) the frames that are fixed are imposed, with that step's noise: the network makes
 *   what follows them. Imposed at every step, as RePaint does (Lugmayr et al. 2022), each piece would regress to the
 *   pose before it, and hands would keep a seventh of their variance.
 * - Frames with less than the look-ahead behind them are made as well, and made again when more is heard; in the piece
 *   after, they fade into the new ones. With that and the difference at the border, which fades too, there is no seam.
 */
export class MotionStream {
  readonly #networks: StreamNetworks;
  readonly #sampling: StreamSampling;
  readonly #schedule: NoiseSchedule;
  readonly #steps: Int32Array;
  readonly #rng: Rng;
  /** f32 [T, latent] the last T frames that are fixed */
  readonly #fixed: Float32Array;
  /** f32 [frames, latent] what the piece before made of the frames after them */
  #tentative = new Float32Array(0);
  /** by what it is for and its frame: f32 [latent]; pieces share most of their frames */
  readonly #drawn = new Map<string, Map<number, Float32Array>>();
  #frames = 0;
  #begun = false;

  constructor(networks: StreamNetworks, sampling: StreamSampling) {
    this.#networks = networks;
    this.#sampling = sampling;
    this.#schedule = cosineSchedule(networks.noiseSteps);
    this.#steps = ddimSteps(this.#schedule, sampling.steps);
    this.#rng = createRng(sampling.seed);
    this.#fixed = new Float32Array(networks.frames * networks.latent);
  }

  /** Frames that are fixed. */
  get frames(): number {
    return this.#frames;
  }

  /** Frames that must be heard behind one before it is fixed. */
  get lookAhead(): number {
    return this.#sampling.lookAhead;
  }

  /** The first frame whose features are still asked for. */
  get needs(): number {
    return this.#frames - this.#networks.frames - this.#networks.context;
  }

  /**
   * Fixes what has enough behind it.
   *
   * @param ended the voice is over: no more is waited for
   * @returns f32 [frames that are new, latent] standardised x_t
   */
  async advance(heard: HeardSoFar, ended = false): Promise<Float32Array> {
    const { frames: T, latent } = this.#networks;
    if (!this.#begun) await this.#rest(heard);
    const until = heard.frames - (ended ? 0 : this.#sampling.lookAhead);
    const made: Float32Array[] = [];
    while (this.#frames < until) {
      // At most half of the network's frames at once: the rest is what it goes on from.
      const count = Math.min(until - this.#frames, T >> 1);
      const end = Math.min(heard.frames, this.#frames + count + this.#sampling.lookAhead);
      const fresh = await this.#denoise(heard, end - T, end - this.#frames);
      const piece = fresh.slice(0, count * latent);
      this.#fadeIn(piece);
      this.#tentative = fresh.slice(count * latent);
      this.#fixed.copyWithin(0, piece.length);
      this.#fixed.set(piece, this.#fixed.length - piece.length);
      this.#frames += count;
      made.push(piece);
    }
    return joined(made);
  }

  /** How the person stands before anything is said: T frames of silence, made at once. */
  async #rest(heard: HeardSoFar): Promise<void> {
    const { frames: T } = this.#networks;
    this.#fixed.set(await this.#denoise(heard, -T, T));
    this.#begun = true;
  }

  /**
   * The last `count` of T frames; those before are fixed.
   *
   * @param start number of the first of the T frames
   * @returns f32 [count, latent]
   */
  async #denoise(heard: HeardSoFar, start: number, count: number): Promise<Float32Array> {
    const { frames: T, latent } = this.#networks;
    const audio = await this.#condition(heard, start);
    const fixed = this.#fixed.subarray(count * latent);
    const first = this.#noise('start', start);
    const x = first.slice();
    for (const [k, tau] of this.#steps.entries()) {
      if (k >= this.#steps.length - this.#sampling.held) this.#impose(x, fixed, { first, tau });
      const clean = await this.#predict({ x, audio, tau, start: ((start % STARTS) + STARTS) % STARTS });
      const { eta } = this.#sampling;
      const fresh = eta > 0 ? this.#noise(`step ${k}`, start) : first;
      ddimStep(this.#schedule, x, clean, tau, this.#steps[k + 1] ?? -1, eta, fresh);
    }
    const border = (T - count) * latent;
    const made = x.slice(border);
    if (border === 0) return made;
    for (let i = 0; i < made.length; i++) {
      const column = i % latent;
      const difference = fixed[border - latent + column] - x[border - latent + column];
      made[i] += difference * Math.exp(-(Math.floor(i / latent) + 1) / FADE_FRAMES);
    }
    return made;
  }

  /** Clean frames with the noise of a step: √ᾱ x0 + √(1 − ᾱ) ε, in the place of the first ones of x. */
  #impose(x: Float32Array, clean: Float32Array, noise: { readonly first: Float32Array; readonly tau: number }): void {
    const alphaBar = this.#schedule.alphaBar[noise.tau];
    const [signal, rest] = [Math.sqrt(alphaBar), Math.sqrt(1 - alphaBar)];
    for (let i = 0; i < clean.length; i++) x[i] = signal * clean[i] + rest * noise.first[i];
  }

  /** The frames that the piece before made already fade into those of this one, in place. */
  #fadeIn(piece: Float32Array): void {
    const { latent } = this.#networks;
    const shared = Math.min(this.#tentative.length, piece.length);
    for (let i = 0; i < shared; i++) {
      const weight = 1 - (Math.floor(i / latent) + 1) / (shared / latent + 1);
      piece[i] = weight * this.#tentative[i] + (1 - weight) * piece[i];
    }
  }

  /** Classifier-free guidance (Ho and Salimans 2022): unheard + w (heard − unheard). */
  async #predict(window: StreamWindow): Promise<Float32Array> {
    const { guidance } = this.#sampling;
    const heard = await this.#networks.predict(window);
    if (guidance === 1) return heard;
    const unheard = await this.#networks.predict({ ...window, audio: new Float32Array(window.audio.length) });
    return heard.map((value, i) => unheard[i] + guidance * (value - unheard[i]));
  }

  /** f32 [T, audio] standardised, of the T frames from `start` on. */
  async #condition(heard: HeardSoFar, start: number): Promise<Float32Array> {
    const { frames: T, context } = this.#networks;
    const features = heard.rows(start - context, start + T);
    const condition = audioCondition(features, await this.#networks.embed(features), T + context);
    const width = condition.length / (T + context);
    return this.#networks.standardise(condition.slice(context * width), T);
  }

  /** Noise of the T frames from `start` on: f32 [T, latent]. */
  #noise(purpose: string, start: number): Float32Array {
    const { frames: T, latent } = this.#networks;
    const drawn = this.#drawn.get(purpose) ?? new Map<number, Float32Array>();
    this.#drawn.set(purpose, drawn);
    for (const frame of drawn.keys()) if (frame < start) drawn.delete(frame);
    const data = new Float32Array(T * latent);
    for (let frame = start; frame < start + T; frame++) {
      let noise = drawn.get(frame);
      if (noise === undefined) {
        noise = this.#rng.fork(`${purpose} ${frame}`).normal([latent]).data as Float32Array;
        drawn.set(frame, noise);
      }
      data.set(noise, (frame - start) * latent);
    }
    return data;
  }
}

function joined(parts: readonly Float32Array[]): Float32Array {
  const all = new Float32Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}
