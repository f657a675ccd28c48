import { REGIONS, type ParticleDeformation, type RegionName } from '@soliloquy/ports';
import { gaussianMeanOfRows } from '@soliloquy/signal';
import { ARMS } from './other-arms.ts';

/**
 * What the voice moves, by what carries it: of a lip's path or a hand's nothing is idle but that of the head or the
 * torso under it.
 */
const CARRIED: readonly { readonly by: RegionName; readonly regions: readonly RegionName[] }[] = [
  { by: 'head', regions: ['jaw', 'upperLip', 'lowerLip', 'mouthInterior', 'leftEyelid', 'rightEyelid', 'upperFace'] },
  { by: 'torso', regions: ARMS },
];

/**
 * The motion of one clip with the slow motion of another: a + s(b) − s(a), s a Gaussian mean over time. How a body
 * drifts while it talks is hardly said by the voice; a handful of clips, each with a drift of its own, would teach that
 * it is, and an unheard voice would get their mean.
 *
 * @param b       clip of the same rig and as many frames
 * @param seconds deviation of the Gaussian
 * @returns       f32 [F, P, 3] world
 */
export function withSlowMotionOf(a: ParticleDeformation, b: ParticleDeformation, seconds: number): Float32Array {
  const { frames, particles: P, translations, regions } = a;
  const names = Array.from(regions, (region) => REGIONS[region].name);
  const difference = new Float64Array(frames * P * 3);
  for (let i = 0; i < difference.length; i++) difference[i] = b.translations[i] - translations[i];
  for (const { by, regions: carried } of CARRIED) {
    const bearers = [...names.keys()].filter((p) => names[p] === by);
    const borne = [...names.keys()].filter((p) => carried.includes(names[p]));
    if (bearers.length === 0) continue;
    for (let frame = 0; frame < frames; frame++) {
      for (let axis = 0; axis < 3; axis++) {
        const at = (p: number): number => (frame * P + p) * 3 + axis;
        const mean = bearers.reduce((sum, p) => sum + difference[at(p)], 0) / bearers.length;
        for (const p of borne) difference[at(p)] = mean;
      }
    }
  }
  const slow = gaussianMeanOfRows(difference, frames, seconds * a.fps);
  return Float32Array.from(translations, (value, i) => value + slow[i]);
}
