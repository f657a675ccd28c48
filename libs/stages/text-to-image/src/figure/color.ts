/** sRGB 0 … 255 */
export interface Color {
  readonly r: number;
  readonly g: number;
  readonly b: number;
}

/** From `#rrggbb`. */
export function hex(code: string): Color {
  const value = Number.parseInt(code.slice(1), 16);
  return { r: value >> 16, g: (value >> 8) & 255, b: value & 255 };
}

/** CSS colour with opacity 0 … 1. */
export function css(color: Color, opacity = 1): string {
  return `rgba(${Math.round(color.r)},${Math.round(color.g)},${Math.round(color.b)},${opacity.toFixed(4)})`;
}

/** `share` 0 gives a, 1 gives b; mixed in sRGB as paint programs do. */
export function mix(a: Color, b: Color, share: number): Color {
  return { r: a.r + (b.r - a.r) * share, g: a.g + (b.g - a.g) * share, b: a.b + (b.b - a.b) * share };
}

/** Multiply, as a glaze of paint does: `amount` 0 leaves a, 1 gives a·b. */
export function glaze(a: Color, b: Color, amount = 1): Color {
  return mix(a, { r: (a.r * b.r) / 255, g: (a.g * b.g) / 255, b: (a.b * b.b) / 255 }, amount);
}

/** Towards white (amount > 0) or black (amount < 0). */
export function lighten(color: Color, amount: number): Color {
  return amount >= 0 ? mix(color, WHITE, amount) : mix(color, BLACK, -amount);
}

/** Relative brightness 0 … 1 (Rec. 709 weights on sRGB values). */
export function brightness(color: Color): number {
  return (0.2126 * color.r + 0.7152 * color.g + 0.0722 * color.b) / 255;
}

export const WHITE: Color = { r: 255, g: 255, b: 255 };
export const BLACK: Color = { r: 0, g: 0, b: 0 };
