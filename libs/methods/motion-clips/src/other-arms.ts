import { REGIONS, type ParticleDeformation, type RegionName } from '@soliloquy/ports';
import { lagCorrelation } from '@soliloquy/signal';

/** Arms, one region or several by their joints, without the shoulder, which is the torso's. */
export const ARMS: readonly RegionName[] = (['left', 'right'] as const).flatMap((side) => [
  `${side}Arm` as const,
  `${side}UpperArm` as const,
  `${side}Forearm` as const,
  `${side}Hand` as const,
]);

/** Seconds that another's gestures are brought forward or put off at most. */
const SHIFT = 1;

/**
 * A motion with the arms of another clip: a's torso carries what b's arms do on b's torso, so many frames later. How a
 * hand goes at a stress is not said by the voice; a handful of clips would teach that it is, and an unheard voice would
 * get the mean of their ways.
 *
 * @param a     f32 [F, P, 3] world
 * @param b     clip of the same rig and as many frames
 * @param later frames; before its first and after its last frame b stands still
 * @returns     f32 [F, P, 3] world
 */
export function withArmsOf(a: Float32Array, b: ParticleDeformation, later: number): Float32Array {
  const { frames, particles: P, translations, regions } = b;
  const names = Array.from(regions, (region) => REGIONS[region].name);
  const torso = [...names.keys()].filter((p) => names[p] === 'torso');
  const arms = [...names.keys()].filter((p) => ARMS.includes(names[p]));
  if (torso.length === 0) return a;
  const mixed = a.slice();
  const at = (frame: number, p: number, axis: number): number => (frame * P + p) * 3 + axis;
  for (let frame = 0; frame < frames; frame++) {
    const from = Math.min(frames - 1, Math.max(0, frame - later));
    for (let axis = 0; axis < 3; axis++) {
      let carried = 0;
      for (const p of torso) carried += (a[at(frame, p, axis)] - translations[at(from, p, axis)]) / torso.length;
      for (const p of arms) mixed[at(frame, p, axis)] = translations[at(from, p, axis)] + carried;
    }
  }
  return mixed;
}

/**
 * How many frames later a sound must be heard for its loudness to agree best with that of another: the greatest
 * correlation over shifts of at most a second.
 *
 * @param a f32 [F] loudness
 * @param b f32 [F]
 */
export function bestShift(a: Float32Array, b: Float32Array, fps: number): number {
  return lagCorrelation(a, b, Math.round(SHIFT * fps)).lag;
}
