declare module 'fft.js' {
  /** Radix-4 transform of a power-of-two size; complex arrays are interleaved. */
  export default class FFT {
    constructor(size: number);
    createComplexArray(): number[];
    transform(output: number[], input: readonly number[]): void;
    realTransform(output: number[], input: readonly number[]): void;
    inverseTransform(output: number[], input: readonly number[]): void;
  }
}
