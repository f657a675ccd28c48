// Four pixels of a row between how an image holds them, rgb after rgb in three vectors, and planes, a vector a channel.

/** Red of four pixels. */
@inline
export function redOf(first: v128, second: v128, third: v128): v128 {
  return v128.shuffle<f32>(v128.shuffle<f32>(first, second, 0, 3, 6, 6), third, 0, 1, 2, 5);
}

@inline
export function greenOf(first: v128, second: v128, third: v128): v128 {
  return v128.shuffle<f32>(v128.shuffle<f32>(first, second, 1, 4, 7, 7), third, 0, 1, 2, 6);
}

@inline
export function blueOf(first: v128, second: v128, third: v128): v128 {
  return v128.shuffle<f32>(v128.shuffle<f32>(first, second, 2, 5, 5, 5), third, 0, 1, 4, 7);
}

/** The first third of four pixels: r g b r. */
@inline
export function firstOf(red: v128, green: v128, blue: v128): v128 {
  return v128.shuffle<f32>(v128.shuffle<f32>(red, green, 0, 4, 1, 1), blue, 0, 1, 4, 2);
}

/** g b r g. */
@inline
export function secondOf(red: v128, green: v128, blue: v128): v128 {
  return v128.shuffle<f32>(v128.shuffle<f32>(green, blue, 1, 5, 2, 2), red, 0, 1, 6, 2);
}

/** b r g b. */
@inline
export function thirdOf(red: v128, green: v128, blue: v128): v128 {
  return v128.shuffle<f32>(v128.shuffle<f32>(red, green, 3, 7, 3, 3), blue, 6, 0, 1, 7);
}
