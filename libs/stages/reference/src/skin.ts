import { fromPupils, type PupilFrame } from '@soliloquy/face';
import type { Image } from '@soliloquy/media';
import { planeOf, type Plane } from '@soliloquy/planes';

/** ln R/G, ln G/B and ln brightness of a pixel. */
type Colour = readonly [number, number, number];

function colourAt(image: Image, at: number): Colour {
  const r = image.data[at * 4] + 12;
  const g = image.data[at * 4 + 1] + 12;
  const b = image.data[at * 4 + 2] + 12;
  return [Math.log(r / g), Math.log(g / b), Math.log((r + g + b) / 3)];
}

/** The middle colour of given face coordinates, and how far its own pixels spread. */
function colourOf(
  image: Image,
  frame: PupilFrame,
  places: Iterable<readonly [number, number]>,
): { centre: Colour; spread: Colour } | undefined {
  const samples: Colour[] = [];
  for (const [u, v] of places) {
    const p = fromPupils(frame, u, v);
    if (p.x < 0 || p.y < 0 || p.x >= image.width || p.y >= image.height) continue;
    samples.push(colourAt(image, Math.floor(p.y) * image.width + Math.floor(p.x)));
  }
  if (samples.length === 0) return undefined;
  const of = (c: 0 | 1 | 2, centre: number) => median(samples.map((s) => Math.abs(s[c] - centre)));
  const centre: Colour = [
    median(samples.map((s) => s[0])),
    median(samples.map((s) => s[1])),
    median(samples.map((s) => s[2])),
  ];
  return { centre, spread: [of(0, centre[0]), of(1, centre[1]), of(2, centre[2])] };
}

/**
 * Above zero where a pixel's colour is within the spread of this face's skin (one normal distribution without
 * correlations; hands are as red as cheeks or redder, and lit otherwise, so it is wide in brightness) and nearer to it
 * than to the clothes.
 */
export function skinLikeness(image: Image, frame: PupilFrame): Plane {
  const upright = { ...frame, tilt: 0 };
  const clothes = colourOf(image, upright, chest())?.centre;
  const skin = colourOf(image, frame, cheeks())!;
  const spread = [0.07, 0.07, 0.3].map((least, c) => Math.max(least, 1.5 * skin.spread[c]));
  const distance = (f: Colour, to: Colour) =>
    ((f[0] - to[0]) / spread[0]) ** 2 + ((f[1] - to[1]) / spread[1]) ** 2 + ((f[2] - to[2]) / spread[2]) ** 2;
  const out = planeOf(image.width, image.height);
  for (let at = 0; at < out.data.length; at++) {
    const colour = colourAt(image, at);
    const toSkin = distance(colour, skin.centre);
    out.data[at] = clothes && distance(colour, clothes) < toSkin ? -1 : 1 - toSkin / 6;
  }
  return out;
}

/** Face coordinates of what is worn on the chest. */
function* chest(): Generator<readonly [number, number]> {
  for (let v = 4; v <= 6; v += 0.2) for (let u = -1.2; u <= 1.2; u += 0.2) yield [u, v];
}

/** Face coordinates of cheeks, nose and forehead. */
function* cheeks(): Generator<[number, number]> {
  for (let v = 0.3; v <= 0.7; v += 0.08) for (const u of [-0.55, -0.45, -0.35, 0.35, 0.45, 0.55]) yield [u, v];
  for (let u = -0.3; u <= 0.3; u += 0.1) yield [u, -0.6];
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)];
}
