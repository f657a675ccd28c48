import { Fault } from '@soliloquy/fault';
import { framesOf } from '@soliloquy/media';
import type { Audio } from '@soliloquy/ports';
import {
  decibels,
  FLOOR_DB,
  HIGHEST_HZ,
  LOWEST_HZ,
  MEL_NAMES,
  MELS,
  PER_DB,
  QUIETEST_DB,
  SCALARS,
  SHRINKAGE_SECONDS,
  slope,
  spectralShape,
  SPOKEN,
  TYPICAL_BAND_DB,
} from './frame-levels.ts';
import { referenceRms, speechEnvelope } from './loudness.ts';
import { melBands } from './mel-bands.ts';
import { periodicity } from './pitch.ts';
import { PowerSpectrum } from './power-spectrum.ts';

/** What is heard at each frame of a film. */
export interface SpeechFeatures {
  /** F */
  readonly frames: number;
  /** D */
  readonly dims: number;
  /** f32 [F, D] */
  readonly data: Float32Array;
  /** D names: `mel00` …, `melSlope00` …, then the scalars */
  readonly names: readonly string[];
}

/**
 * Features of speech at each frame of a film, made so that another voice and another loudness give similar numbers.
 * Frame f is centred at (f + 0.5) / fps.
 *
 * - `mel00` … `mel25`: log-mel levels, 60 Hz … 8 kHz; Hann windows of 25 ms about 10 ms apart, their powers averaged
 *   over the frame; in dB relative to the loud frames of
 *   the utterance, less the utterance's mean spectrum while somebody speaks (shrunk to a typical one by 2 s of speech,
 *   so that a short word keeps its vowel), divided by 15 dB
 * - `melSlope00` …: their slope by least squares over 5 frames of 40 ms, per frame of 40 ms
 * - `envelope`: `speechEnvelope`; `envelopeSlope`: its slope by least squares over 3 frames
 * - `voicing`: highest normalised autocorrelation for a pitch of 70 … 400 Hz below 1.2 kHz, 40 ms (Boersma 1993), times
 *   √envelope; 0 … 1
 * - `zeroCrossing`: expected zero-crossings by Rice (1944), √(∫f²S / ∫S) / 4 kHz; `centroid`: ∫fS / ∫S / 4 kHz; both
 *   times √envelope
 * - `lowBand`, `midBand`, `highBand`: level in 80 … 400 Hz, 400 … 2200 Hz (where open vowels have their first and
 *   second formant), 3 … 8 kHz (sibilants), (dB + 30) / 30 relative to the loud frames, clipped to 0 … 1.5
 *
 * A sound's loudness cancels exactly. Frames after its end are silent.
 *
 * @param audio         mono, any rate
 * @param film.fps      frames a second
 * @param film.frames   F; default: as long as the sound (`framesOf`)
 */
export function speechFeatures(audio: Audio, film: { readonly fps: number; readonly frames?: number }): SpeechFeatures {
  const { fps } = film;
  if (!(fps > 0))
    throw new Fault({
      code: 'speech-features.argument',
      where: 'speech-features.fps',
      expected: 'more than 0',
      got: `${fps}`,
      audience: 'author',
    });
  const frames = film.frames ?? framesOf(audio, fps);
  const reference = referenceRms(audio);
  const envelope = speechEnvelope(audio, fps, frames);
  const spectrum = new PowerSpectrum(audio.samples, audio.sampleRate, 0.025);
  const bands = melBands(MELS, { low: LOWEST_HZ, high: HIGHEST_HZ }, spectrum);
  const windows = Math.max(1, Math.round(100 / fps));
  const voicing = periodicity(audio, fps, frames).strength;

  const levels = new Float64Array(frames * MELS);
  const scalars = Array.from({ length: frames }, () => ({
    zeroCrossing: 0,
    centroid: 0,
    lowBand: 0,
    midBand: 0,
    highBand: 0,
  }));
  const power = new Float64Array(spectrum.bins);
  const mean = new Float64Array(spectrum.bins);
  for (let f = 0; f < frames; f++) {
    mean.fill(0);
    for (let w = 0; w < windows; w++) {
      spectrum.at((f + (w + 0.5) / windows) / fps, power);
      for (let k = 0; k < power.length; k++) mean[k] += power[k] / (windows * reference * reference);
    }
    for (let b = 0; b < MELS; b++) {
      let sum = 0;
      bands[b].weights.forEach((weight, i) => (sum += weight * mean[bands[b].first + i]));
      levels[f * MELS + b] = Math.max(FLOOR_DB, decibels(sum));
    }
    scalars[f] = spectralShape(mean, spectrum.binHz, Math.sqrt(envelope[f]));
  }

  const centred = lessUtteranceMean(levels, frames, envelope, fps);
  const names = MEL_NAMES;
  const dims = names.length;
  const data = new Float32Array(frames * dims);
  const perFrame = fps / 25;
  for (let f = 0; f < frames; f++) {
    const row = f * dims;
    for (let b = 0; b < MELS; b++) {
      data[row + b] = centred[f * MELS + b] / PER_DB;
      data[row + MELS + b] = (slope((i) => centred[i * MELS + b], f, frames, 2) * perFrame) / PER_DB;
    }
    const { zeroCrossing, centroid, lowBand, midBand, highBand } = scalars[f];
    const values: Record<(typeof SCALARS)[number], number> = {
      envelope: envelope[f],
      envelopeSlope: slope((i) => envelope[i], f, frames, 1) * perFrame,
      voicing: voicing[f] * Math.sqrt(envelope[f]),
      zeroCrossing,
      centroid,
      lowBand,
      midBand,
      highBand,
    };
    SCALARS.forEach((name, i) => (data[row + 2 * MELS + i] = values[name]));
  }
  return { frames, dims, data, names };
}

/**
 * Subtracts each band's mean over the frames in which somebody speaks, shrunk to `TYPICAL_BAND_DB`. f64 [frames, MELS]
 * dB
 */
function lessUtteranceMean(levels: Float64Array, frames: number, envelope: Float32Array, fps: number): Float64Array {
  const prior = SHRINKAGE_SECONDS * fps;
  const means = Array.from({ length: MELS }, (_, b) => {
    let sum = prior * TYPICAL_BAND_DB;
    let weight = prior;
    for (let f = 0; f < frames; f++) {
      if (envelope[f] < SPOKEN) continue;
      sum += levels[f * MELS + b];
      weight += 1;
    }
    return sum / weight;
  });
  return levels.map((level, i) => Math.max(QUIETEST_DB, level - means[i % MELS]));
}
