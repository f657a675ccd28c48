/** The kernel's two builds of one source: with fused multiply-adds (relaxed SIMD), and without. */
export type KernelFile = 'splat.wasm' | 'splat-plain.wasm';

/** (func (param v128) (result v128) (f32x4.relaxed_madd (local.get 0) (local.get 0) (local.get 0))) */
const RELAXED = Uint8Array.of(
  0,
  97,
  115,
  109,
  1,
  0,
  0,
  0,
  1,
  6,
  1,
  0x60,
  1,
  0x7b,
  1,
  0x7b,
  3,
  2,
  1,
  0,
  10,
  13,
  1,
  11,
  0,
  0x20,
  0,
  0x20,
  0,
  0x20,
  0,
  0xfd,
  0x85,
  2,
  0x0b,
);

/** The build that this engine takes. */
export function kernelFile(): KernelFile {
  return WebAssembly.validate(RELAXED) ? 'splat.wasm' : 'splat-plain.wasm';
}
