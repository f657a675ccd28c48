/**
 * Index of the first f32 of `count` that is infinite or not a number, or -1. `from` has room to be read up to a
 * multiple of 16 floats.
 */
export function firstNotFinite(from: usize, count: i32): i32 {
  const zero = f32x4.splat(0);
  let i = 0;
  for (; i + 16 <= count; i += 16) {
    const p = from + ((<usize>i) << 2);
    // 0 x is 0 for a finite x and not a number otherwise
    const sum = f32x4.add(
      f32x4.add(f32x4.mul(v128.load(p), zero), f32x4.mul(v128.load(p, 16), zero)),
      f32x4.add(f32x4.mul(v128.load(p, 32), zero), f32x4.mul(v128.load(p, 48), zero)),
    );
    if (v128.any_true(f32x4.ne(sum, zero))) break;
  }
  for (; i < count; i++) {
    const x = load<f32>(from + ((<usize>i) << 2));
    if (x * 0 != 0) return i;
  }
  return -1;
}
