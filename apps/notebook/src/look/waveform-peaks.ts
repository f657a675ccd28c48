/** Loudest sample above and below zero in each of so many equal stretches: f32 [columns, 2], -1 … 1. */
export function waveformPeaks(samples: Float32Array, columns: number): Float32Array {
  const peaks = new Float32Array(columns * 2);
  for (let column = 0; column < columns; column++) {
    const from = Math.floor((column * samples.length) / columns);
    const to = Math.max(from + 1, Math.floor(((column + 1) * samples.length) / columns));
    let low = 0;
    let high = 0;
    for (let at = from; at < to && at < samples.length; at++) {
      const sample = samples[at] as number;
      if (sample < low) low = sample;
      if (sample > high) high = sample;
    }
    peaks[2 * column] = low;
    peaks[2 * column + 1] = high;
  }
  return peaks;
}
