import { envelopeOf, frameRms, loudLevel, QUIETEST_SPEECH_RMS } from './loudness.ts';
import { periodicity } from './pitch.ts';
import { VoiceGate } from './voice-gate.ts';

/** Loud frames of a voice before anything is heard: what microphones with a gain of their own give. RMS, dBFS */
const TYPICAL_LOUD_DB = -20;
/** That belief counts as much as this many seconds of speech. */
const BELIEF_SECONDS = 1;
/** Levels and means are those of about so long before. s */
export const MEMORY_SECONDS = 20;
/** Frames of sound that are kept around the one that is heard: it, and one on either side. */
const KEPT = 3;

/** How loud one frame is, and its sound. */
export interface LeveledFrame {
  /** of the loud frames so far. RMS, full scale 1 */
  readonly reference: number;
  /** 0 … 1, as `speechEnvelope` */
  readonly envelope: number;
  /** of the period, 0 … 1 */
  readonly strength: number;
}

/**
 * A voice that goes on, cut into frames: how loud each is beside the loud frames of the last 20 s, and whether somebody
 * speaks. A frame is there once the sound reaches one and a half frames beyond its beginning.
 */
export class VoiceLevels {
  readonly gate: VoiceGate;
  /** f32, the sound of the frame that is told and of one frame on either side */
  readonly around: Float32Array;
  readonly #sampleRate: number;
  readonly #fps: number;
  /** the sound from the frame before the next one on */
  #samples: Float32Array;
  /** of the first of them, from the beginning of the stream */
  #first: number;
  #frames = 0;
  #loud: number[] = [];

  /** @param sampleRate Hz, of all that is pushed @param fps frames a second */
  constructor(sampleRate: number, fps: number) {
    this.#sampleRate = sampleRate;
    this.#fps = fps;
    this.#first = Math.round(-sampleRate / fps);
    this.#samples = new Float32Array(-this.#first);
    this.around = new Float32Array(Math.ceil((KEPT * sampleRate) / fps) + 1);
    this.gate = new VoiceGate(fps);
  }

  /** Frames that are told. */
  get frames(): number {
    return this.#frames;
  }

  /** @param samples f32 -1 … 1, what follows @param tell is told of each new frame, in their order */
  push(samples: Float32Array, tell: (frame: LeveledFrame) => void): void {
    const all = new Float32Array(this.#samples.length + samples.length);
    all.set(this.#samples);
    all.set(samples, this.#samples.length);
    this.#samples = all;
    while (this.#at(this.#frames + 2) - this.#first <= this.#samples.length) tell(this.#next());
  }

  /** Samples of silence after which every frame is told that sound has begun for. */
  missing(): number {
    const begun = this.#first + this.#samples.length - this.#at(this.#frames);
    if (begun <= 0) return 0;
    const frames = Math.ceil(begun / (this.#sampleRate / this.#fps) - 1e-6);
    return Math.max(0, this.#at(this.#frames + frames + 1) - this.#first - this.#samples.length);
  }

  #at(frame: number): number {
    return Math.round((frame * this.#sampleRate) / this.#fps);
  }

  #next(): LeveledFrame {
    const frame = this.#frames;
    const from = this.#at(frame - 1) - this.#first;
    const slice = this.#samples.subarray(from, from + this.around.length);
    this.around.fill(0);
    this.around.set(slice.subarray(0, this.#at(frame + 2) - this.#at(frame - 1)));
    const audio = { samples: this.around, sampleRate: this.#sampleRate };
    const rms = frameRms(audio, this.#fps, 2)[1];
    const strength = periodicity(audio, this.#fps, 2).strength[1];
    this.gate.hear(rms, strength);
    const reference = this.#reference(rms);
    const used = this.#at(frame) - this.#first;
    this.#samples = this.#samples.slice(used);
    this.#first += used;
    this.#frames++;
    return { reference, envelope: envelopeOf(rms, reference), strength };
  }

  /** Level of the loud frames so far. RMS, full scale 1 */
  #reference(rms: number): number {
    if (this.gate.isOpen(this.#frames)) this.#loud.push(rms);
    if (this.#loud.length > MEMORY_SECONDS * this.#fps) this.#loud.shift();
    const loud = loudLevel(Float64Array.from(this.#loud)) ?? 0;
    if (loud === 0) return 10 ** (TYPICAL_LOUD_DB / 20);
    const belief = BELIEF_SECONDS * this.#fps;
    const level = (belief * TYPICAL_LOUD_DB + this.#loud.length * 20 * Math.log10(loud)) / (belief + this.#loud.length);
    return Math.max(10 ** (level / 20), QUIETEST_SPEECH_RMS);
  }
}
