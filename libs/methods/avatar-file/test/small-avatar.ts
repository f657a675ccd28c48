import { regionIndex } from '@soliloquy/gaussian-cloud';
import { createMotionLayout, initAlignedSpace, initMotionCodec, packAlignedSpace } from '@soliloquy/gaussian-codec';
import { encodeWebp, type Image } from '@soliloquy/media';
import { initMotionTransformer, packMotionModel } from '@soliloquy/motion-transformer';
import type { Gaussians, RegionName } from '@soliloquy/ports';
import type { HeardBy } from '@soliloquy/speech-features/hearing';
import { createRng } from '@soliloquy/tensor';
import type { AvatarAbout, AvatarContents } from '../src/avatar-contents.ts';

const NAMES: readonly RegionName[] = ['torso', 'torso', 'head', 'upperLip', 'lowerLip', 'leftHand'];
const [COUNT, NEIGHBOURS, LATENT] = [5, 2, 192];

/**
 * A person of five Gaussians and six particles, with models that have learned nothing.
 *
 * @param features width of what is heard
 * @param frames   T of the transformer
 * @param heardBy  of the cards
 */
export function smallContents({ features = 4, frames = 8, heardBy = {} as HeardBy } = {}): AvatarContents {
  const rng = createRng('small avatar');
  const rig = {
    particles: NAMES.length,
    positions: rng.normal([NAMES.length, 3]).data,
    regions: Uint8Array.from(NAMES, regionIndex),
    neighbours: NEIGHBOURS,
    indices: Int32Array.from({ length: COUNT * NEIGHBOURS }, (_, i) => i % NAMES.length),
    weights: new Float32Array(COUNT * NEIGHBOURS).fill(1 / NEIGHBOURS),
  };
  const layout = createMotionLayout(rig.positions, rig.regions, [rng.normal([8, NAMES.length, 3]).data]);
  const audio = 7 * features + 64;
  const size = { latent: LATENT, audio, width: 16, layers: 1, heads: 2, reach: 4 };
  const scale = (width: number) => ({ mean: new Float32Array(width), scale: new Float32Array(width).fill(1) });
  return {
    gaussians: smallGaussians(),
    background: plain(32, 48),
    space: packAlignedSpace({
      rig,
      layout,
      codec: initMotionCodec(rng, layout, { latents: 2, width: 8, heads: 2, hidden: 8 }),
      space: initAlignedSpace(rng, { features, width: 8 }),
      heads: 2,
      features,
      card: { ...heardBy },
    }),
    motion: packMotionModel({
      params: initMotionTransformer(rng, size),
      size,
      frames,
      noiseSteps: 10,
      motion: scale(LATENT),
      audio: scale(audio),
      partVariance: new Float32Array(3).fill(1),
      card: { ...heardBy },
    }),
  };
}

function smallGaussians(): Gaussians {
  const rng = createRng('small avatar, gaussians');
  return {
    count: COUNT,
    means: rng.normal([COUNT, 3]).data,
    quats: rng.normal([COUNT, 4]).data,
    logScales: rng.normal([COUNT, 3]).data,
    opacityLogits: rng.normal([COUNT]).data,
    colors: rng.uniform([COUNT, 3]).data,
    regions: Uint8Array.from(['torso', 'head', 'upperLip', 'lowerLip', 'leftHand'] as const, regionIndex),
    camera: { width: 32, height: 48, fx: 40, fy: 40, cx: 16, cy: 24, worldToCamera: IDENTITY },
  };
}

const IDENTITY = [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1];

export async function smallAbout(): Promise<AvatarAbout> {
  return {
    name: 'Small',
    licence: 'for tests',
    consent: '',
    fps: 25,
    provenance: { made: 'a test', sources: {} },
    thumbnail: await encodeWebp(plain(8, 12)),
  };
}

function plain(width: number, height: number): Image {
  return { width, height, data: new Uint8ClampedArray(width * height * 4).fill(255) };
}
