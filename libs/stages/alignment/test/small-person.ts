import { createHash } from 'node:crypto';
import { regionIndex } from '@soliloquy/gaussian-cloud';
import type { Audio, Gaussians, ParticleDeformation, RegionName } from '@soliloquy/ports';
import { createRng } from '@soliloquy/tensor';

export const [FPS, RATE, GAUSSIANS] = [25, 16_000, 4];
const rng = createRng('small person');
const NAMES: readonly RegionName[] = ['torso', 'torso', 'head', 'upperLip', 'lowerLip', 'leftHand'];
export const PARTICLES = NAMES.length;
export const rig = {
  particles: PARTICLES,
  positions: rng.normal([PARTICLES, 3]).data,
  regions: Uint8Array.from(NAMES, regionIndex),
  neighbours: 2,
  indices: Int32Array.of(0, 1, 2, 3, 3, 4, 5, 1),
  weights: new Float32Array(GAUSSIANS * 2).fill(0.5),
};
export const gaussians = { count: GAUSSIANS } as Gaussians;

/** A clip of six particles: two motions mixed at random, so that few numbers say it all. */
export function clip(frames = 30): ParticleDeformation {
  const shapes = [0, 1].map(() => rng.normal([PARTICLES * 3]).data);
  const translations = Float32Array.from({ length: frames * PARTICLES * 3 }, (_, i) => {
    const frame = Math.floor(i / (PARTICLES * 3));
    const k = i % (PARTICLES * 3);
    return shapes[0][k] * Math.sin(0.9 * frame) + shapes[1][k] * Math.cos(0.37 * frame);
  });
  return {
    kind: 'particles',
    frames,
    fps: FPS,
    count: GAUSSIANS,
    ...rig,
    translations,
    rotations: new Float32Array(frames * PARTICLES * 4),
    logScaleOffsets: new Float32Array(frames * PARTICLES * 3),
  };
}

/** Noise as long as so many frames. */
export function voice(frames = 30): Audio {
  return { sampleRate: RATE, samples: rng.normal([Math.round((frames / FPS) * RATE)]).data };
}

/** Digest of each file: quick to compare, and short to show. */
export function digestsOf(files: Readonly<Record<string, Uint8Array>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(files).map(([name, bytes]) => [name, createHash('sha256').update(bytes).digest('hex')]),
  );
}
