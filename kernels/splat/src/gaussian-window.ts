/** f64 [11] window of SSIM: exp(-k² / (2 · 1.5²)) for k = -5 … 5, divided by its sum (Wang et al. 2004). */
export function gaussianWindow(): Float64Array {
  const window = Float64Array.from({ length: 11 }, (_, i) => Math.exp(-((i - 5) ** 2) / (2 * 1.5 ** 2)));
  const sum = window.reduce((a, b) => a + b, 0);
  return window.map((weight) => weight / sum);
}
