import { seededNormals, type Draws } from '@soliloquy/random';
import { SPEECH_SAMPLE_RATE } from '../text-to-speech/voices.ts';
import { soundOf, spectrumOf } from './spectrum.ts';

const rootMeanSquare = (x: ArrayLike<number>): number => {
  let sum = 0;
  for (let i = 0; i < x.length; i++) sum += x[i] * x[i];
  return Math.sqrt(sum / Math.max(1, x.length));
};

const normals = (length: number, draws: Draws): Float64Array => seededNormals(length, draws.index(2 ** 31));

/**
 * Impulse response of a room that never was: the direct sound at time 0, then noise that begins after 2 … 12 ms and
 * decays by 60 dB in 0.12 … 0.7 s, duller than the direct sound (the diffuse tail of Polack 1988). f64 [samples]
 */
export function roomResponse(draws: Draws): Float64Array {
  const seconds = draws.between(0.12, 0.7);
  const gap = Math.round(draws.between(0.002, 0.012) * SPEECH_SAMPLE_RATE);
  const directOverTailDb = draws.between(-2, 16);
  const dullness = draws.between(0.1, 0.7);
  const response = normals(Math.round(seconds * SPEECH_SAMPLE_RATE), draws);
  let dull = 0;
  let energy = 1e-12;
  for (let i = 0; i < response.length; i++) {
    dull += (1 - dullness) * (response[i] - dull);
    response[i] = i < gap ? 0 : dull * 10 ** ((-3 * i) / (seconds * SPEECH_SAMPLE_RATE));
    energy += response[i] ** 2;
  }
  const gain = 10 ** (-directOverTailDb / 20) / Math.sqrt(energy);
  for (let i = 0; i < response.length; i++) response[i] *= gain;
  response[0] = 1;
  return response;
}

/**
 * What a microphone and a line do to the spectrum, in dB at a frequency: a tilt, three soft humps, and ends of the band
 * that fall by 24 dB an octave. Without phase, so that nothing is delayed.
 */
export function lineResponse(draws: Draws): (hertz: number) => number {
  const tilt = draws.around(4);
  const humps = Array.from({ length: 3 }, () => ({ at: draws.between(-3, 3.5), db: draws.around(7) }));
  const isNarrow = draws.next() < 0.5;
  const low = isNarrow ? draws.between(80, 350) : 20;
  const high = isNarrow ? draws.between(2800, 7000) : 8000;
  return (hertz) => {
    const octave = Math.log2(Math.max(hertz, 30) / 1000);
    const bent = humps.reduce((sum, { at, db }) => sum + db * Math.exp(-((octave - at) ** 2)), tilt * octave);
    const below = Math.max(0, Math.log2(low / Math.max(hertz, 1)));
    const above = Math.max(0, Math.log2(Math.max(hertz, 1) / high));
    return bent - 24 * (below + above);
  };
}

/** The sound in a room and over a line; as long as before, nothing delayed. */
export function filtered(
  samples: Float32Array,
  room: Float64Array | undefined,
  line: ((hertz: number) => number) | undefined,
): Float32Array {
  if (room === undefined && line === undefined) return samples;
  const { size, bins } = spectrumOf(samples, samples.length + (room?.length ?? 0));
  const tail = room && spectrumOf(room, size).bins;
  for (let k = 0; k <= size / 2; k++) {
    const gain = line === undefined ? 1 : 10 ** (line((k * SPEECH_SAMPLE_RATE) / size) / 20);
    const [re, im] = [bins[2 * k] * gain, bins[2 * k + 1] * gain];
    const [a, b] = tail ? [tail[2 * k], tail[2 * k + 1]] : [1, 0];
    bins[2 * k] = re * a - im * b;
    bins[2 * k + 1] = re * b + im * a;
  }
  return soundOf({ size, bins }, samples.length);
}

/**
 * Noise of a color: white at 0, −3 dB an octave at 1, −6 dB at 2; its level wanders by some dB within a second.
 *
 * @returns f32 [length], root mean square 1
 */
export function coloredNoise(length: number, draws: Draws): Float32Array {
  const color = draws.between(0, 2);
  const { size, bins } = spectrumOf(normals(length, draws));
  for (let k = 0; k <= size / 2; k++) {
    const gain = Math.max(1, (k * SPEECH_SAMPLE_RATE) / size / 60) ** (-color / 2);
    bins[2 * k] *= gain;
    bins[2 * k + 1] *= gain;
  }
  const noise = soundOf({ size, bins }, length);
  const [rate, depth, phase] = [draws.between(0.3, 4), draws.between(0, 0.6), draws.between(0, 2 * Math.PI)];
  for (let i = 0; i < length; i++)
    noise[i] *= 1 + depth * Math.sin((2 * Math.PI * rate * i) / SPEECH_SAMPLE_RATE + phase);
  const scale = 1 / rootMeanSquare(noise);
  return noise.map((x) => x * scale);
}

/** Adds noise at a ratio of powers, of the whole sound and the whole noise. dB */
export function withNoise(samples: Float32Array, noise: Float32Array, ratioDb: number): Float32Array {
  const gain = (rootMeanSquare(samples) / Math.max(1e-9, rootMeanSquare(noise))) * 10 ** (-ratioDb / 20);
  return samples.map((x, i) => x + gain * (noise[i % noise.length] ?? 0));
}

/** µ-law at 8 bits (ITU-T G.711's curve, continuous): what a telephone leaves. */
export function companded(samples: Float32Array): Float32Array {
  const mu = 255;
  return samples.map((x) => {
    const level = Math.sign(x) * (Math.log1p(mu * Math.min(1, Math.abs(x))) / Math.log1p(mu));
    const coded = Math.round(level * 127) / 127;
    return Math.sign(coded) * (Math.expm1(Math.abs(coded) * Math.log1p(mu)) / mu);
  });
}

const BLOCK = 512;

/**
 * What a codec of few bits leaves, roughly: in blocks of 32 ms the bins far below their block's neighbours in frequency
 * are dropped, and the others keep their size in steps of some dB. No standard's codec.
 *
 * @param thresholdDb below the smoothed spectrum of its block a bin is dropped
 * @param stepDb      of what is kept
 */
export function coarselyCoded(samples: Float32Array, thresholdDb: number, stepDb: number): Float32Array {
  const window = Float64Array.from({ length: BLOCK }, (_, i) => Math.sin((Math.PI * (i + 0.5)) / BLOCK));
  const out = new Float32Array(samples.length);
  const block = new Float64Array(BLOCK);
  for (let start = -BLOCK / 2; start < samples.length; start += BLOCK / 2) {
    for (let i = 0; i < BLOCK; i++) block[i] = window[i] * (samples[start + i] ?? 0);
    const spectrum = spectrumOf(block);
    coarsen(spectrum.bins, thresholdDb, stepDb);
    const decoded = soundOf(spectrum, BLOCK);
    for (let i = Math.max(0, -start); i < BLOCK && start + i < out.length; i++)
      out[start + i] += window[i] * decoded[i];
  }
  return out;
}

/** @param bins complex, interleaved, changed in place */
function coarsen(bins: Float64Array, thresholdDb: number, stepDb: number): void {
  const count = bins.length / 2;
  const power = Float64Array.from({ length: count }, (_, k) => bins[2 * k] ** 2 + bins[2 * k + 1] ** 2);
  const reach = 6;
  let sum = 0;
  for (let k = 0; k < reach; k++) sum += power[k];
  for (let k = 0; k < count; k++) {
    sum += (power[k + reach] ?? 0) - (power[k - reach - 1] ?? 0);
    const near = Math.max(1e-20, sum) / (2 * reach + 1);
    const relative = 10 * Math.log10(Math.max(1e-20, power[k]) / near);
    const gain = relative < -thresholdDb ? 0 : 10 ** ((Math.round(relative / stepDb) * stepDb - relative) / 20);
    bins[2 * k] *= gain;
    bins[2 * k + 1] *= gain;
  }
}
