import { gaussianMean, smoothstep } from '@soliloquy/signal';
import type { SpeechFeatures } from '@soliloquy/speech-features';

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
 */
export function mouthMotion(features: SpeechFeatures, fps: number): MouthMotion {
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
  return {
    jawOpen: Float32Array.from(gaussianMean(jaw, shortly), (x) => softClip(1.15 * x)),
    lipWidth: Float32Array.from(gaussianMean(width, 2 * shortly), (x) => Math.max(-1, Math.min(1, x))),
    lipPart: Float32Array.from(gaussianMean(part, shortly)),
  };
}

/** x below, 1 in the limit; C1. */
function softClip(x: number): number {
  return x < 0.7 ? x : 1 - 0.3 * Math.exp(-(x - 0.7) / 0.3);
}
