import FFT from 'fft.js';

/**
 * Short-time power spectra of one sound, at any time and at the sound's own rate: |Σ w x e^{-iωt}|² / (fs Σ w²), with a
 * Hann window w. Stated per Hz, so that a voice sampled at 16 kHz and the same voice at 48 kHz give the same numbers
 * below 8 kHz, without resampling either.
 */
export class PowerSpectrum {
  /** number of bins, 0 Hz to half the sample rate */
  readonly bins: number;
  /** Hz between two bins */
  readonly binHz: number;
  readonly #samples: Float32Array;
  readonly #sampleRate: number;
  readonly #window: Float64Array;
  readonly #fft: FFT;
  readonly #input: number[];
  readonly #output: number[];
  readonly #scale: number;
  /** spectrum of an autocorrelation; its imaginary parts stay 0 */
  #symmetric: number[] | undefined;
  #lags: number[] | undefined;

  /**
   * @param samples    f32 [samples] -1 … 1
   * @param sampleRate Hz
   * @param seconds    length of the window
   * @param padding    the transform is at least this many windows long
   */
  constructor(samples: Float32Array, sampleRate: number, seconds: number, padding = 1) {
    const length = Math.max(8, Math.round(seconds * sampleRate));
    let size = 16;
    while (size < length * padding) size *= 2;
    this.#samples = samples;
    this.#sampleRate = sampleRate;
    this.#fft = new FFT(size);
    this.#input = new Array<number>(size).fill(0);
    this.#output = this.#fft.createComplexArray();
    this.#window = Float64Array.from({ length }, (_, i) => 0.5 - 0.5 * Math.cos((2 * Math.PI * (i + 0.5)) / length));
    this.#scale = 1 / (sampleRate * this.#window.reduce((sum, w) => sum + w * w, 0));
    this.bins = size / 2 + 1;
    this.binHz = sampleRate / size;
  }

  /**
   * @param centre seconds; where the sound has not begun or is over, silence is taken
   * @param power  f64 [bins], written: power per Hz
   */
  at(centre: number, power: Float64Array): void {
    const length = this.#window.length;
    const first = Math.round(centre * this.#sampleRate - length / 2);
    for (let i = 0; i < length; i++) this.#input[i] = this.#window[i] * (this.#samples[first + i] ?? 0);
    this.#fft.realTransform(this.#output, this.#input);
    for (let k = 0; k < this.bins; k++) {
      const re = this.#output[2 * k];
      const im = this.#output[2 * k + 1];
      power[k] = (re * re + im * im) * this.#scale;
    }
  }

  /** Autocorrelation of what `at` gave (Wiener-Khinchin), f64 [size], lag in samples; `power` as written by `at`. */
  autocorrelation(power: Float64Array): Float64Array {
    const size = (this.bins - 1) * 2;
    this.#symmetric ??= this.#fft.createComplexArray().fill(0);
    for (let k = 0; k < this.bins; k++) {
      this.#symmetric[2 * k] = power[k];
      if (k > 0 && k < this.bins - 1) this.#symmetric[2 * (size - k)] = power[k];
    }
    this.#lags ??= this.#fft.createComplexArray();
    this.#fft.inverseTransform(this.#lags, this.#symmetric);
    const lags = new Float64Array(size);
    for (let i = 0; i < size; i++) lags[i] = this.#lags[2 * i];
    return lags;
  }

  /** Autocorrelation of the window itself, f64 [lags], 1 at lag 0. */
  windowAutocorrelation(lags: number): Float64Array {
    const w = this.#window;
    const at = (lag: number) => {
      let sum = 0;
      for (let i = 0; i + lag < w.length; i++) sum += w[i] * w[i + lag];
      return sum;
    };
    const zero = at(0);
    return Float64Array.from({ length: lags }, (_, lag) => at(lag) / zero);
  }
}
