import type { Deformation, ParticleDeformation } from '@soliloquy/ports';

/**
 * The same motion at another rate: translations and log-scales by Catmull-Rom splines over time (Catmull and Rom 1974),
 * rotations by the normalised mean of the two frames around; beyond the ends is the last frame. Frame f is at f / fps.
 *
 * @param fps frames a second
 * @returns   round(F · fps / fps of the deformation) frames, at least one; the deformation itself at its own rate
 */
export function resampleDeformation(deformation: ParticleDeformation, fps: number): ParticleDeformation;
export function resampleDeformation(deformation: Deformation, fps: number): Deformation;
export function resampleDeformation(deformation: Deformation, fps: number): Deformation {
  if (fps === deformation.fps) return deformation;
  const frames = Math.max(1, Math.round((deformation.frames * fps) / deformation.fps));
  const times = Float64Array.from({ length: frames }, (_, f) => (f * deformation.fps) / fps);
  const along = { from: deformation.frames, times };
  const base = { ...deformation, frames, fps };
  if (base.kind === 'dense')
    return {
      ...base,
      meanOffsets: splined(base.meanOffsets, along),
      rotations: turned(base.rotations, along),
      logScaleOffsets: splined(base.logScaleOffsets, along),
    };
  return {
    ...base,
    translations: splined(base.translations, along),
    rotations: turned(base.rotations, along),
    logScaleOffsets: splined(base.logScaleOffsets, along),
  };
}

interface Along {
  /** Frames that there are. */
  readonly from: number;
  /** f64 [F'] of the new frames, in old frames */
  readonly times: Float64Array;
}

function splined(values: Float32Array, { from, times }: Along): Float32Array {
  const size = values.length / from;
  const out = new Float32Array(times.length * size);
  for (const [f, time] of times.entries()) {
    const [at, t] = placeOf(time, from);
    const weights = [
      -0.5 * t + t * t - 0.5 * t ** 3,
      1 - 2.5 * t * t + 1.5 * t ** 3,
      0.5 * t + 2 * t * t - 1.5 * t ** 3,
      -0.5 * t * t + 0.5 * t ** 3,
    ];
    // Before the first and after the last frame the motion goes on straight.
    if (at === 0) [weights[0], weights[1], weights[2]] = [0, weights[1] + 2 * weights[0], weights[2] - weights[0]];
    if (at >= from - 2)
      [weights[1], weights[2], weights[3]] = [weights[1] - weights[3], weights[2] + 2 * weights[3], 0];
    const rows = [-1, 0, 1, 2].map((step) => Math.min(from - 1, Math.max(0, at + step)) * size);
    for (let i = 0; i < size; i++)
      out[f * size + i] =
        weights[0] * values[rows[0] + i] +
        weights[1] * values[rows[1] + i] +
        weights[2] * values[rows[2] + i] +
        weights[3] * values[rows[3] + i];
  }
  return out;
}

/** Quaternions wxyz, unit. */
function turned(values: Float32Array, { from, times }: Along): Float32Array {
  const size = values.length / from;
  const out = new Float32Array(times.length * size);
  for (const [f, time] of times.entries()) {
    const [at, t] = placeOf(time, from);
    const [row, next] = [at * size, Math.min(from - 1, at + 1) * size];
    for (let i = 0; i < size; i += 4) {
      let dot = 0;
      for (let c = 0; c < 4; c++) dot += values[row + i + c] * values[next + i + c];
      let length = 0;
      const o = f * size + i;
      for (let c = 0; c < 4; c++) {
        out[o + c] = (1 - t) * values[row + i + c] + (dot < 0 ? -t : t) * values[next + i + c];
        length += out[o + c] ** 2;
      }
      for (let c = 0; c < 4; c++) out[o + c] /= Math.sqrt(length);
    }
  }
  return out;
}

/** The frame at or before a time, and how far it is on the way to the next. */
function placeOf(time: number, frames: number): [at: number, t: number] {
  const at = Math.min(frames - 1, Math.floor(time));
  return [at, at === frames - 1 ? 0 : time - at];
}
