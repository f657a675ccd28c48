/**
 * Hues of the families of values, degrees of oklch: language, sound, picture, film, shape, motion, what was learned,
 * figures.
 */
const HUES: Readonly<Record<string, number>> = {
  text: 85,
  attributes: 85,
  timings: 115,
  audio: 150,
  image: 45,
  landmarks: 30,
  video: 5,
  camera: 225,
  gaussians: 245,
  deformation: 290,
  tracks: 310,
  motion: 325,
  metrics: 190,
  report: 190,
  backbone: 265,
  file: 70,
};

/**
 * Hue of a port type's sockets and links, degrees of oklch; types that are not known here get one of their own by name.
 */
export function typeHue(type: string): number {
  const family = type.replace(/<.*$/, '');
  if (family === 'model') return 205;
  const known = HUES[family];
  if (known !== undefined) return known;
  let hash = 7;
  for (const letter of type) hash = (hash * 31 + (letter.codePointAt(0) ?? 0)) % 360;
  return hash;
}

/** The colour itself, for light and dark. */
export function typeColour(type: string): string {
  const hue = typeHue(type);
  return `light-dark(oklch(0.58 0.13 ${hue}), oklch(0.77 0.115 ${hue}))`;
}
