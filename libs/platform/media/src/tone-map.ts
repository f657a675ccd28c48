/*
 * Pictures whose numbers are light beyond white: PQ (SMPTE ST 2084) and HLG (ITU-R BT.2100), and pictures in wide
 * primaries that say so by code (ITU-T H.273), brought to sRGB.
 */

/** Code points of H.273, as a PNG's cICP chunk has them (PNG 3 §11.3.2.6). */
export interface ColorCode {
  readonly primaries: number;
  readonly transfer: number;
}

/** Diffuse white of HDR, cd/m² (ITU-R BT.2408): becomes the white of sRGB. */
const WHITE = 203;
/** Peak that HLG is shown for, cd/m². */
const HLG_PEAK = 1000;

/** Luminance of red, green and blue, and the way to the primaries of sRGB, by H.273's code; linear light. */
const PRIMARIES: Readonly<Record<number, { luminance: readonly number[]; toSrgb: readonly (readonly number[])[] }>> = {
  1: {
    luminance: [0.2126, 0.7152, 0.0722],
    toSrgb: [
      [1, 0, 0],
      [0, 1, 0],
      [0, 0, 1],
    ],
  },
  9: {
    luminance: [0.2627, 0.678, 0.0593],
    toSrgb: [
      [1.660491, -0.587641, -0.07285],
      [-0.12455, 1.1329, -0.008349],
      [-0.018151, -0.100579, 1.11873],
    ],
  },
  12: {
    luminance: [0.228975, 0.691739, 0.079287],
    toSrgb: [
      [1.22494, -0.22494, 0],
      [-0.042057, 1.042057, 0],
      [-0.019638, -0.078636, 1.098274],
    ],
  },
};
const PQ = 16;
const HLG = 18;
/** Curves of ordinary pictures, all taken for that of sRGB: BT.709, BT.601, IEC 61966-2-4 and 2-1, BT.2020. */
const ORDINARY = [1, 6, 11, 13, 14, 15];

/** What a picture with this code is called where it is more than an sRGB picture shows; else undefined. */
export function hdrTitle({ transfer }: ColorCode): 'PQ' | 'HLG' | undefined {
  return transfer === PQ ? 'PQ' : transfer === HLG ? 'HLG' : undefined;
}

/** Whether a picture with this code has to be converted, and can be. */
export function needsConversion(code: ColorCode): boolean {
  if (PRIMARIES[code.primaries] === undefined) return false;
  return hdrTitle(code) !== undefined || (ORDINARY.includes(code.transfer) && code.primaries !== 1);
}

/**
 * Brings a picture to sRGB: decoded to light, what is brighter than white compressed by the curve of ITU-R BT.2390 §5.4
 * (nothing below about half of white moves), the largest of the three channels leading so that hues stay, then the
 * primaries changed and the curve of sRGB put on.
 *
 * @param rgba u16 [pixels, 4], alpha straight
 * @returns    u8 [pixels, 4]
 */
export function toSrgb(rgba: Uint16Array, code: ColorCode): Uint8ClampedArray {
  const light = hdrTitle(code) === undefined ? undefined : lightOf(rgba, code);
  const peak = light ? peakOf(light) : WHITE;
  const { toSrgb: matrix } = PRIMARIES[code.primaries];
  const out = new Uint8ClampedArray(rgba.length);
  const rgb = [0, 0, 0];
  for (let i = 0, at = 0; i < rgba.length; i += 4, at += 3) {
    for (let c = 0; c < 3; c++) rgb[c] = light ? light[at + c] / WHITE : srgbToLinear(rgba[i + c] / 65535);
    const most = Math.max(...rgb);
    const gain = light && most > 0 ? compressed(most * WHITE, peak) / (most * WHITE) : 1;
    for (let c = 0; c < 3; c++) {
      const [r, g, b] = matrix[c];
      out[i + c] = 255 * linearToSrgb(gain * (r * rgb[0] + g * rgb[1] + b * rgb[2]));
    }
    out[i + 3] = rgba[i + 3] / 257;
  }
  return out;
}

/** f32 [pixels, 3] cd/m² */
function lightOf(rgba: Uint16Array, { transfer, primaries }: ColorCode): Float32Array {
  const light = new Float32Array((rgba.length / 4) * 3);
  const curve = Float32Array.from({ length: 65536 }, (_, i) => (transfer === PQ ? pqToLight : hlgToScene)(i / 65535));
  const { luminance } = PRIMARIES[primaries];
  for (let i = 0, at = 0; i < rgba.length; i += 4, at += 3) {
    for (let c = 0; c < 3; c++) light[at + c] = curve[rgba[i + c]];
    if (transfer !== HLG) continue;
    // BT.2100 table 5: the display's light is the scene's times its luminance to the power of 0.2.
    const scene = luminance.reduce((sum, weight, c) => sum + weight * light[at + c], 0);
    for (let c = 0; c < 3; c++) light[at + c] *= HLG_PEAK * scene ** 0.2;
  }
  return light;
}

/** The brightest that matters, cd/m²: all but a ten-thousandth of the pixels are at most as bright. */
function peakOf(light: Float32Array): number {
  const counts = new Uint32Array(1025);
  for (let at = 0; at < light.length; at += 3)
    counts[Math.round(1024 * lightToPq(Math.max(light[at], light[at + 1], light[at + 2])))] += 1;
  let above = light.length / 3 / 10_000;
  let bin = 1024;
  while (bin > 0 && (above -= counts[bin]) >= 0) bin -= 1;
  return Math.max(WHITE, pqToLight(bin / 1024));
}

/** Light up to `peak` as light up to WHITE (BT.2390 §5.4.1, black at 0), cd/m². */
function compressed(light: number, peak: number): number {
  const top = lightToPq(peak);
  const most = lightToPq(WHITE) / top;
  const knee = 1.5 * most - 0.5;
  const value = Math.min(1, lightToPq(light) / top);
  if (value < knee || most >= 1) return Math.min(light, WHITE);
  const t = (value - knee) / (1 - knee);
  const curve =
    (2 * t ** 3 - 3 * t ** 2 + 1) * knee + (t ** 3 - 2 * t ** 2 + t) * (1 - knee) + (-2 * t ** 3 + 3 * t ** 2) * most;
  return pqToLight(curve * top);
}

// SMPTE ST 2084 §5
const [M1, M2, C1, C2, C3] = [2610 / 16384, 2523 / 32, 3424 / 4096, 2413 / 128, 2392 / 128];

function pqToLight(value: number): number {
  const p = value ** (1 / M2);
  return 10_000 * (Math.max(0, p - C1) / (C2 - C3 * p)) ** (1 / M1);
}

function lightToPq(light: number): number {
  const y = Math.max(0, light / 10_000) ** M1;
  return ((C1 + C2 * y) / (1 + C3 * y)) ** M2;
}

/** BT.2100 table 5: inverse of the camera's curve, 0 … 1. */
function hlgToScene(value: number): number {
  const [a, b, c] = [0.17883277, 0.28466892, 0.55991073];
  return value <= 0.5 ? value ** 2 / 3 : (Math.exp((value - c) / a) + b) / 12;
}

/** IEC 61966-2-1 */
const srgbToLinear = (v: number): number => (v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4);
const linearToSrgb = (v: number): number => (v <= 0.0031308 ? 12.92 * v : 1.055 * Math.min(1, v) ** (1 / 2.4) - 0.055);
