import {
  decibels,
  FLOOR_DB,
  HIGHEST_HZ,
  LOWEST_HZ,
  MEL_NAMES,
  MELS,
  PER_DB,
  QUIETEST_DB,
  SHRINKAGE_SECONDS,
  slope,
  spectralShape,
  SPOKEN,
  TYPICAL_BAND_DB,
} from './frame-levels.ts';
import { melBands, type Band } from './mel-bands.ts';
import { PowerSpectrum } from './power-spectrum.ts';
import { MEMORY_SECONDS, VoiceLevels, type LeveledFrame } from './voice-levels.ts';

/** Frames behind one whose features still change it: slopes reach so far. */
const REACH = 2;

/** What is known of one frame. */
interface HeardFrame {
  /** f64 [MELS] dB, less reference and mean */
  readonly levels: Float64Array;
  readonly envelope: number;
  readonly voicing: number;
  /** zeroCrossing, centroid, lowBand, midBand, highBand */
  readonly shape: readonly number[];
}

const SILENCE: HeardFrame = {
  levels: new Float64Array(MELS).fill(QUIETEST_DB),
  envelope: 0,
  voicing: 0,
  shape: [0, 0, 0, 0, 0],
};

/**
 * The features of `speechFeatures` for a voice that goes on: a frame is heard once the sound reaches one and a half
 * frames beyond its beginning, and by what was heard until then, where `speechFeatures` knows the whole recording. The
 * level of the loud frames and the mean spectrum are those of the last 20 s, shrunk to what voices usually have; a
 * frame in which nobody speaks (`VoiceGate`) is silence.
 */
export class MelStream {
  readonly names = MEL_NAMES;
  /** s beyond the middle of a frame that are heard before it is told */
  readonly reach: number;
  readonly #fps: number;
  readonly #voice: VoiceLevels;
  readonly #spectrum: PowerSpectrum;
  readonly #bands: readonly Band[];
  readonly #heard: HeardFrame[] = [];
  /** number of the first frame that is kept */
  #dropped = 0;
  readonly #sums = new Float64Array(MELS);
  #weight = 0;

  /**
   * @param sampleRate Hz, of all that is pushed
   * @param fps        frames a second
   */
  constructor(sampleRate: number, fps: number) {
    this.#fps = fps;
    this.reach = 1 / fps;
    this.#voice = new VoiceLevels(sampleRate, fps);
    this.#spectrum = new PowerSpectrum(this.#voice.around, sampleRate, 0.025);
    this.#bands = melBands(MELS, { low: LOWEST_HZ, high: HIGHEST_HZ }, this.#spectrum);
  }

  /** Frames that are heard. */
  get frames(): number {
    return this.#dropped + this.#heard.length;
  }

  /** @param samples f32 -1 … 1, what follows */
  push(samples: Float32Array): void {
    this.#voice.push(samples, (frame) => this.#hear(frame));
  }

  /** Hears the frames that sound has begun for; what follows is silence. */
  end(): void {
    this.push(new Float32Array(this.#voice.missing()));
  }

  /** Whether somebody speaks at a frame, by what is heard so far. */
  isSpoken(frame: number): boolean {
    return this.#voice.gate.isOpen(frame);
  }

  /**
   * Features f32 [to - from, features] by what is heard so far; before frame 0 silence, beyond what is heard its last
   * frame. Frames from two before the last one on change when more is heard.
   */
  rows(from: number, to: number): Float32Array {
    const dims = MEL_NAMES.length;
    const last = this.frames - 1;
    const out = new Float32Array((to - from) * dims);
    for (let frame = from; frame < to; frame++) {
      const row = this.#row(Math.min(frame, last), last);
      out.set(row, (frame - from) * dims);
    }
    return out;
  }

  /** Forgets frames before this one; `rows` must not ask for them again. */
  forget(before: number): void {
    const count = Math.min(this.#heard.length, Math.max(0, before - REACH - this.#dropped));
    this.#heard.splice(0, count);
    this.#dropped += count;
    this.#voice.gate.forget(this.#dropped);
  }

  #frame(frame: number): HeardFrame {
    return frame < 0 || !this.isSpoken(frame) ? SILENCE : (this.#heard[frame - this.#dropped] ?? SILENCE);
  }

  #row(frame: number, last: number): Float32Array {
    const row = new Float32Array(MEL_NAMES.length);
    const at = (other: number): HeardFrame => this.#frame(Math.min(last, other));
    const perFrame = this.#fps / 25;
    // Slopes are those of `slope` over frames whose first is far before this one.
    const slopeAt = (value: (of: HeardFrame) => number, reach: number): number =>
      slope((i) => value(at(frame - REACH + i)), REACH, 2 * REACH + 1, reach) * perFrame;
    const { levels, envelope, voicing, shape } = at(frame);
    for (let b = 0; b < MELS; b++) {
      row[b] = levels[b] / PER_DB;
      row[MELS + b] = slopeAt((of) => of.levels[b], 2) / PER_DB;
    }
    row.set([envelope, slopeAt((of) => of.envelope, 1), voicing, ...shape], 2 * MELS);
    return row;
  }

  /** The next frame, from the sound of it and of one frame on either side. */
  #hear({ reference, envelope, strength }: LeveledFrame): void {
    const power = this.#power(reference);
    const levels = Float64Array.from(this.#bands, ({ first, weights }) => {
      let sum = 0;
      weights.forEach((weight, i) => (sum += weight * power[first + i]));
      return Math.max(FLOOR_DB, decibels(sum));
    });
    const presence = Math.sqrt(envelope);
    const { zeroCrossing, centroid, lowBand, midBand, highBand } = spectralShape(power, this.#spectrum.binHz, presence);
    this.#heard.push({
      levels: this.#lessMean(levels, envelope),
      envelope,
      voicing: strength * presence,
      shape: [zeroCrossing, centroid, lowBand, midBand, highBand],
    });
  }

  /** Mean power per Hz over the frame, relative to the loud frames: f64 [bins]. */
  #power(reference: number): Float64Array {
    const windows = Math.max(1, Math.round(100 / this.#fps));
    const [power, mean] = [new Float64Array(this.#spectrum.bins), new Float64Array(this.#spectrum.bins)];
    for (let w = 0; w < windows; w++) {
      this.#spectrum.at((1 + (w + 0.5) / windows) / this.#fps, power);
      for (let k = 0; k < power.length; k++) mean[k] += power[k] / (windows * reference * reference);
    }
    return mean;
  }

  /** Levels less each band's mean so far while somebody speaks. dB */
  #lessMean(levels: Float64Array, envelope: number): Float64Array {
    const belief = SHRINKAGE_SECONDS * this.#fps;
    if (envelope >= SPOKEN && this.isSpoken(this.frames)) {
      const keep = Math.exp(-1 / (MEMORY_SECONDS * this.#fps));
      this.#weight = keep * this.#weight + 1;
      for (let b = 0; b < MELS; b++) this.#sums[b] = keep * this.#sums[b] + levels[b];
    }
    return levels.map((level, b) =>
      Math.max(QUIETEST_DB, level - (belief * TYPICAL_BAND_DB + this.#sums[b]) / (belief + this.#weight)),
    );
  }
}
