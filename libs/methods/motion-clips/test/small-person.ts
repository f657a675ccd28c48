import { createHash } from 'node:crypto';
import { regionIndex } from '@soliloquy/gaussian-cloud';
import { createMotionLayout, initAlignedSpace, initMotionCodec, packAlignedSpace } from '@soliloquy/gaussian-codec';
import type { Audio, ParticleDeformation, RegionName } from '@soliloquy/ports';
import { speechFeatures } from '@soliloquy/speech-features';
import type { HeardBy } from '@soliloquy/speech-features/hearing';
import { createRng } from '@soliloquy/tensor';

export const [FRAMES, FPS, RATE] = [12, 25, 16_000];
const rng = createRng('small person');
const NAMES: readonly RegionName[] = ['torso', 'torso', 'head', 'upperLip', 'lowerLip', 'leftHand'];
const rig = rigOf(NAMES);

/** Particles at random places, one of each region that is named. */
export function rigOf(names: readonly RegionName[]) {
  return {
    particles: names.length,
    positions: rng.normal([names.length, 3]).data,
    regions: Uint8Array.from(names, regionIndex),
    neighbours: 1,
    indices: new Int32Array(4),
    weights: new Float32Array(4).fill(1),
  };
}

/** A clip of particles that move at random, six unless told. */
export function clip(frames = FRAMES, of = rig): ParticleDeformation {
  const P = of.particles;
  return {
    kind: 'particles',
    frames,
    fps: FPS,
    count: 4,
    ...of,
    translations: rng.normal([frames, P, 3]).data,
    rotations: new Float32Array(frames * P * 4),
    logScaleOffsets: new Float32Array(frames * P * 3),
  };
}

/** Noise as long as so many frames. */
export function voice(frames = FRAMES): Audio {
  return { sampleRate: RATE, samples: rng.normal([Math.round((frames / FPS) * RATE)]).data };
}

/** Width of what is heard by mel levels. */
const MEL_WIDTH = speechFeatures({ sampleRate: RATE, samples: new Float32Array(RATE) }, { fps: FPS, frames: 1 }).dims;

/**
 * An aligned space of these clips that has learned nothing; without a card one from before there was a choice of
 * hearing.
 */
export function spaceOf(clips: readonly ParticleDeformation[], features = MEL_WIDTH, card: HeardBy = {}) {
  const { particles, positions, regions, neighbours, indices, weights } = clips[0] ?? clip();
  const own = { particles, positions, regions, neighbours, indices, weights };
  const layout = createMotionLayout(
    positions,
    regions,
    clips.map(({ translations }) => translations),
  );
  const size = { latents: 2, width: 16, heads: 4, hidden: 24 };
  return packAlignedSpace({
    rig: own,
    layout,
    codec: initMotionCodec(rng, layout, size),
    space: initAlignedSpace(rng, { features, width: 16 }),
    heads: 4,
    features,
    card: { ...card },
  });
}

/** Digest of each file: quick to compare, and short to show. */
export function digestsOf(files: Readonly<Record<string, Uint8Array>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(files).map(([name, bytes]) => [name, createHash('sha256').update(bytes).digest('hex')]),
  );
}
