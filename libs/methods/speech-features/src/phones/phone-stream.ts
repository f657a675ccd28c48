import { ResampleStream } from '@soliloquy/media/resample';
import { slope } from '../frame-levels.ts';
import { VoiceLevels } from '../voice-levels.ts';
import { CHUNK_HOPS } from './chunk.ts';
import { HEARD_RATE, HEARD_WIDTH, HeardHops, HOP, HOPS_PER_SECOND, WINDOW_SECONDS } from './heard-spectrum.ts';

/** A phone encoder, as a stream asks it. */
export interface PhoneNetwork {
  /** hops before a hop that what is told of it depends on */
  readonly before: number;
  /** ms of sound behind the middle of a frame that it hears */
  readonly lookAhead: number;
  /** width of the code */
  readonly code: number;
  /** f32 [before + CHUNK_HOPS, 41] as `heardSpectrum` gives it -> f32 [CHUNK_HOPS, code] */
  tell(heard: Float32Array): Promise<Float32Array>;
}

/** A network of `packPhoneEncoder`, whatever engine runs it. */
export interface PhoneProgram {
  run(feeds: {
    readonly heard: { readonly shape: readonly number[]; readonly data: Float32Array };
  }): Promise<Record<string, { readonly data: ArrayLike<number> }>>;
}

/** What of its card a stream needs. */
export interface PhoneCard {
  readonly lookAhead: number;
  readonly before: number;
  readonly code: number;
}

/** A phone encoder as a stream asks it. */
export function phoneNetworkOf(program: PhoneProgram, { lookAhead, before, code }: PhoneCard): PhoneNetwork {
  return {
    lookAhead,
    before,
    code,
    async tell(heard) {
      const told = await program.run({ heard: { shape: [1, before + CHUNK_HOPS, HEARD_WIDTH], data: heard } });
      return Float32Array.from(told.code.data);
    },
  };
}

/** Samples under the window of a hop, at `HEARD_RATE`. */
const WINDOW = WINDOW_SECONDS * HEARD_RATE;

/** What is known of one frame. */
interface ToldFrame {
  /** f32 [code] */
  readonly code: Float32Array;
  readonly envelope: number;
}

/**
 * What a model with `hearing: 'phones'` hears, of a voice that goes on: the encoder's code of each frame, its envelope
 * and the envelope's slope. The encoder hears the past alone and is asked late, so its codes are those of the whole
 * recording; the envelope is related to the loud frames so far. A frame is told when there is sound for the encoder's
 * look-ahead beyond its middle; one in which nobody speaks (`VoiceGate`) is what silence is told as.
 */
export class PhoneStream {
  /** s beyond the middle of a frame that are heard before it is told */
  readonly reach: number;
  readonly #network: PhoneNetwork;
  readonly #sampleRate: number;
  readonly #fps: number;
  readonly #voice: VoiceLevels;
  readonly #resampled: ResampleStream;
  /** f32, the last samples of a window at `HEARD_RATE` */
  readonly #window = new Float32Array(WINDOW);
  /** samples at that rate, and samples that were pushed */
  #sounded = 0;
  #pushed = 0;
  readonly #hops = new HeardHops(this.#window);
  /** f32 [before + CHUNK_HOPS, 41], what was heard last */
  readonly #spectra: Float32Array;
  /** hops that were heard, and that were told */
  #heardHops = 0;
  #toldHops = 0;
  /** codes of the frames that are told, and levels of those that are measured; from `#dropped` on */
  readonly #codes: Float32Array[] = [];
  readonly #envelopes: number[] = [];
  #dropped = 0;
  readonly #silence: ToldFrame;

  private constructor(
    network: PhoneNetwork,
    { sampleRate, fps, silence }: { sampleRate: number; fps: number; silence: Float32Array },
  ) {
    this.#network = network;
    this.#sampleRate = sampleRate;
    this.#fps = fps;
    this.reach = Math.max(1 / fps, network.lookAhead / 1000);
    this.#voice = new VoiceLevels(sampleRate, fps);
    this.#resampled = new ResampleStream(sampleRate, HEARD_RATE);
    this.#spectra = new Float32Array((network.before + CHUNK_HOPS) * HEARD_WIDTH);
    this.#silence = { code: silence, envelope: 0 };
    // The silence before the sound, and hop 0, which ends where it begins.
    this.#heardHops = -network.before;
    for (let hop = 0; hop <= network.before; hop++) this.#hearHop();
  }

  /**
   * @param sampleRate Hz, whole, of all that is pushed
   * @param fps        frames a second
   */
  static async open(network: PhoneNetwork, sampleRate: number, fps: number): Promise<PhoneStream> {
    const { before, code } = network;
    const [silent, hops] = [new Float32Array((before + CHUNK_HOPS) * HEARD_WIDTH), new HeardHops(new Float32Array(0))];
    for (let at = 0; at < silent.length; at += HEARD_WIDTH) hops.hear(0, silent.subarray(at, at + HEARD_WIDTH));
    const silence = (await network.tell(silent)).slice((CHUNK_HOPS - 1) * code);
    return new PhoneStream(network, { sampleRate, fps, silence });
  }

  /** Frames that are heard. */
  get frames(): number {
    return this.#dropped + Math.min(this.#codes.length, this.#envelopes.length);
  }

  /** Whether somebody speaks at a frame, by what is heard so far. */
  isSpoken(frame: number): boolean {
    return this.#voice.gate.isOpen(frame);
  }

  /** Pieces are pushed one after the other: each when the one before is heard. @param samples f32 -1 … 1 */
  async push(samples: Float32Array): Promise<void> {
    this.#voice.push(samples, ({ envelope }) => this.#envelopes.push(envelope));
    this.#pushed += samples.length;
    const sound = this.#resampled.push(samples);
    for (let at = 0, end = 0; at < sound.length; at = end) {
      end = Math.min(sound.length, at + HOP - (this.#sounded % HOP));
      this.#window.copyWithin(0, end - at);
      this.#window.set(sound.subarray(at, end), WINDOW - (end - at));
      this.#sounded += end - at;
      if (this.#sounded % HOP !== 0) continue;
      this.#hearHop();
      // The network is told of so many hops at a time.
      if (this.#heardHops - this.#toldHops === CHUNK_HOPS) await this.#tell();
    }
    await this.#tell();
  }

  /** Hears the frames that sound has begun for; what follows is silence. */
  async end(): Promise<void> {
    const wanted = Math.ceil((this.#pushed / this.#sampleRate) * this.#fps - 1e-6);
    await this.push(new Float32Array(this.#voice.missing()));
    while (this.frames < wanted) await this.push(new Float32Array(Math.ceil(this.#sampleRate / HOPS_PER_SECOND)));
  }

  /**
   * Features f32 [to - from, code + 2] by what is heard so far; before frame 0 silence, beyond what is heard its last
   * frame. The slope of the last frame changes when more is heard.
   */
  rows(from: number, to: number): Float32Array {
    const { code: width } = this.#network;
    const dims = width + 2;
    const last = this.frames - 1;
    const out = new Float32Array((to - from) * dims);
    for (let frame = from; frame < to; frame++) {
      const at = Math.min(frame, last);
      const envelope = (i: number): number => this.#frame(Math.min(last, at - 1 + i)).envelope;
      out.set(this.#frame(at).code, (frame - from) * dims);
      out[(frame - from) * dims + width] = envelope(1);
      out[(frame - from) * dims + width + 1] = (slope(envelope, 1, 3, 1) * this.#fps) / 25;
    }
    return out;
  }

  /** Forgets frames before this one; `rows` must not ask for them again. */
  forget(before: number): void {
    const count = Math.max(0, Math.min(this.frames, before - 1) - this.#dropped);
    this.#codes.splice(0, count);
    this.#envelopes.splice(0, count);
    this.#dropped += count;
    this.#voice.gate.forget(this.#dropped);
  }

  #frame(frame: number): ToldFrame {
    if (frame < 0 || !this.isSpoken(frame)) return this.#silence;
    const at = frame - this.#dropped;
    return { code: this.#codes[at] ?? this.#silence.code, envelope: this.#envelopes[at] ?? 0 };
  }

  /** The hop that a frame is told at. */
  #hopOf(frame: number): number {
    return hopAt((frame + 0.5) / this.#fps + this.#network.lookAhead / 1000);
  }

  /** The hop whose window is full now: hop h hears the sound that ends at h · HOP. */
  #hearHop(): void {
    this.#spectra.copyWithin(0, HEARD_WIDTH);
    this.#hops.hear(WINDOW_SECONDS / 2, this.#spectra.subarray(-HEARD_WIDTH));
    this.#heardHops++;
  }

  /** Asks the network, where a frame can be told. */
  async #tell(): Promise<void> {
    const next = (): number => this.#dropped + this.#codes.length;
    const fresh = this.#heardHops - this.#toldHops;
    if (this.#hopOf(next()) >= this.#heardHops && fresh < CHUNK_HOPS) return;
    const { code } = this.#network;
    const told = await this.#network.tell(this.#spectra.slice());
    for (let hop = this.#hopOf(next()); hop < this.#heardHops; hop = this.#hopOf(next())) {
      const row = CHUNK_HOPS - (this.#heardHops - hop);
      this.#codes.push(told.slice(row * code, (row + 1) * code));
    }
    this.#toldHops = this.#heardHops;
  }
}

/** The last hop that ends at a time or before it. Seconds; a rounding error of the time is no hop. */
export function hopAt(seconds: number): number {
  return Math.floor(seconds * HOPS_PER_SECOND + 1e-6);
}
