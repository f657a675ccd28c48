import { gaussianMean, smoothstep } from '@soliloquy/signal';
import type { SpeechFeatures } from '@soliloquy/speech-features';
import { softLimit } from './gestures/soft-limit.ts';
import type { HeardLips } from './heard-lips.ts';

/**
 * What the lips do at each frame; a function of the sound near the frame and of nothing else, so that a model can learn
 * it.
 */
export interface MouthMotion {
  /** f32 [F] 0 closed … 1 as wide as speech goes */
  readonly jawOpen: Float32Array;
  /** f32 [F] −1 rounded … 1 spread */
  readonly lipWidth: Float32Array;
  /** f32 [F] 0 … 1 lips parted over closed teeth, for sibilants */
  readonly lipPart: Float32Array;
}

/**
 * Jaw and lips from speech features. The jaw follows loudness, more for open vowels (energy at the first formant's
 * upper range), less for sibilants, and with a dip emphasised so that plosives close the lips; lips spread with energy
 * at 1.7 … 3 kHz over 0.5 … 1.2 kHz (front vowels) and round with the opposite. Smoothed over ± 1 frame without delay.
 * Where p, b or m is heard lips close, whatever the loudness: it tells p by its silence, but b and m are as loud as
 * vowels. At f and v the jaw is up and the lower lip near the teeth.
 *
 * @param lips where those phones are heard; without it lips go by the features alone
 */
export function mouthMotion(features: SpeechFeatures, fps: number, lips?: HeardLips): MouthMotion {
  const { frames, dims, data, names } = features;
  const column = (name: string): Float64Array => {
    const at = names.indexOf(name);
    return Float64Array.from({ length: frames }, (_, f) => data[f * dims + at]);
  };
  const mels = (first: number, last: number): Float64Array => {
    const columns = Array.from({ length: last - first + 1 }, (_, i) =>
      column(`mel${String(first + i).padStart(2, '0')}`),
    );
    return Float64Array.from(
      { length: frames },
      (_, f) => columns.reduce((sum, values) => sum + values[f], 0) / columns.length,
    );
  };
  const envelope = column('envelope');
  const around = gaussianMean(envelope, 0.08 * fps);
  const [mid, voicing, centroid, low] = [column('midBand'), column('voicing'), column('centroid'), column('lowBand')];
  // Bands by centre: 5-9 about 0.5 … 1.2 kHz, 12-16 about 1.7 … 3 kHz.
  const [back, front] = [mels(5, 9), mels(12, 16)];

  const jaw = envelope.map((loud, f) => {
    const contrasted = Math.max(0, loud + 0.6 * (loud - around[f]));
    const sibilant = smoothstep(0.3, 0.55, centroid[f]);
    const open = 0.5 + 0.5 * Math.min(1, mid[f]);
    return contrasted * open * (1 - 0.5 * sibilant) * smoothstep(0.02, 0.2, loud);
  });
  const width = envelope.map((loud, f) => {
    const frontness = Math.tanh(1.1 * (front[f] - back[f]));
    const roundness = Math.max(0, low[f] - mid[f] - 0.25);
    return (0.9 * frontness - 0.9 * roundness) * smoothstep(0.1, 0.45, loud) * (0.35 + 0.65 * voicing[f]);
  });
  const part = envelope.map((loud, f) => smoothstep(0.28, 0.5, centroid[f]) * smoothstep(0.1, 0.35, loud));
  const shortly = 0.024 * fps;
  const open = (f: number): number => (lips ? (1 - lips.closed[f]) * (1 - 0.8 * lips.onTeeth[f]) : 1);
  const parted = (f: number): number => (lips ? (1 - lips.closed[f]) * (1 - 0.5 * lips.onTeeth[f]) : 1);
  return {
    jawOpen: Float32Array.from(gaussianMean(jaw, shortly), (x, f) => open(f) * softLimit(1.15 * x, 1)),
    lipWidth: Float32Array.from(gaussianMean(width, 2 * shortly), (x) => Math.max(-1, Math.min(1, x))),
    lipPart: Float32Array.from(gaussianMean(part, shortly), (x, f) => parted(f) * x),
  };
}
