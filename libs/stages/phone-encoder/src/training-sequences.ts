import { HEARD_WIDTH, HOPS_PER_SECOND, PHONES, STRIDE } from '@soliloquy/speech-features/phone-encoder';
import type { Rng, Tensor } from '@soliloquy/tensor';
import type { TimedClip } from './timed-clips.ts';

/** Deviation of the noise on what is heard. */
const NOISE = 0.1;
/** Numbers that noise is cut from, anywhere: new ones for every step would take as long as the network does. */
const POOL = 2 ** 20;
/** A run of bands that is not heard in a sequence has up to this many; there is one in every second sequence. */
const WIDEST_GAP = 6;
/** Bands by which a sequence's spectrum is moved, at its upper end: a vocal tract beside those of the corpus. */
const WIDEST_SHIFT = 2.6;
/** Of a sequence's spectrum, lowest to highest band. 15 dB */
const STEEPEST_TILT = 0.4;
/** Share of certainty that is spread over all phones (Szegedy et al. 2016). */
const SMOOTHING = 0.05;

/** Sequences to learn. A type, not an interface: batches are trees of tensors. */
export type SequenceBatch = {
  /** f32 [B, before + 1 + (T − 1) · STRIDE, 41] */
  readonly heard: Tensor;
  /** f32 [B, T, phones] what is to be told at each moment; each row of sum 1 */
  readonly phones: Tensor;
};

/** How large batches are. */
export interface SequenceSize {
  /** B */
  readonly batch: number;
  /** T, a stride of hops apart */
  readonly moments: number;
  /** hops before the first that the network hears */
  readonly before: number;
  /** ms */
  readonly lookAhead: number;
}

/** Hops from the first moment of a sequence to its last, that one included. */
export function hopsOf(moments: number): number {
  return 1 + (moments - 1) * STRIDE;
}

/**
 * The batch of a step: sequences from anywhere in all clips, each with a vocal tract, a tilt and noise of its own,
 * half of them with a gap in the spectrum (SpecAugment, Park et al. 2019). At hop h the phone of `lookAhead` before is
 * to be told.
 */
export function trainingSequences(
  clips: readonly TimedClip[],
  size: SequenceSize,
  rng: Rng,
): (step: number) => SequenceBatch {
  const { batch: B, moments: T, before } = size;
  const hops = hopsOf(T);
  const length = before + hops;
  const late = Math.round((size.lookAhead / 1000) * HOPS_PER_SECOND);
  const pool = rng
    .fork('noise')
    .normal([POOL])
    .data.map((x) => NOISE * x);
  return (step) => {
    const draw = rng.fork(`batch ${step}`);
    const heard = new Float32Array(B * length * HEARD_WIDTH);
    const phones = new Float32Array(B * T * PHONES.length).fill(SMOOTHING / PHONES.length);
    for (let b = 0; b < B; b++) {
      const [pick, start, gap, bands, band, shift, tilt, noise] = draw.uniform([8]).data;
      const clip = clips[Math.floor(pick * clips.length)];
      const from = Math.floor(start * (clip.hops - hops + 1));
      const unheard = gap < 0.5 ? 0 : 1 + Math.floor(bands * WIDEST_GAP);
      const first = Math.floor(band * (HEARD_WIDTH - 1 - unheard));
      const cut = Math.floor(noise * POOL);
      const speaker = otherSpeaker((2 * shift - 1) * WIDEST_SHIFT, (2 * tilt - 1) * STEEPEST_TILT);
      for (let t = 0; t < length; t++) {
        const into = (b * length + t) * HEARD_WIDTH;
        const row = clip.heard.subarray((from + t) * HEARD_WIDTH, (from + t + 1) * HEARD_WIDTH);
        for (let k = 0; k < HEARD_WIDTH; k++) {
          const isHeard = k < first || k >= first + unheard;
          heard[into + k] = (isHeard ? speaker(row, k) : 0) + pool[(cut + t * HEARD_WIDTH + k) % POOL];
        }
      }
      for (let t = 0; t < T; t++) {
        const said = from + t * STRIDE - late;
        const phone = said < 0 ? 0 : clip.phones[said];
        phones[(b * T + t) * PHONES.length + phone] += 1 - SMOOTHING;
      }
    }
    return {
      heard: { shape: [B, length, HEARD_WIDTH], data: heard },
      phones: { shape: [B, T, PHONES.length], data: phones },
    };
  };
}

/**
 * What a speaker of another vocal tract would put into a band: the level of a place that many bands up, a quarter of it
 * at the lowest band and all of it at the highest, and a tilt about the middle. The last number of a row, how loud it
 * is, stays.
 *
 * @param shift bands @param tilt 15 dB from the lowest band to the middle
 */
function otherSpeaker(shift: number, tilt: number): (row: Float32Array, band: number) => number {
  const bands = HEARD_WIDTH - 1;
  return (row, band) => {
    if (band === bands) return row[band];
    const place = Math.min(bands - 1, Math.max(0, band + shift * (0.25 + (0.75 * band) / bands)));
    const below = Math.floor(place);
    const above = Math.min(bands - 1, below + 1);
    return row[below] + (place - below) * (row[above] - row[below]) + tilt * ((2 * band) / bands - 1);
  };
}
