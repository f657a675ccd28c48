import { createParticleRig, regionIndex } from '@soliloquy/gaussian-cloud';
import { createMotionLayout, initAlignedSpace, initMotionCodec, packAlignedSpace } from '@soliloquy/gaussian-codec';
import { canonicalParts, canonicalPoints, fitBasis, POINT_PARTS, tokenLayout } from '@soliloquy/latent-flow';
import { packLatentFlow } from '@soliloquy/latent-flow/motion';
import { initMotionTransformer, packMotionModel } from '@soliloquy/motion-transformer';
import type { Audio, Gaussians, ParticleDeformation, RegionName } from '@soliloquy/ports';
import { speechFeatures } from '@soliloquy/speech-features';
import { openEars } from '@soliloquy/speech-features/hearing';
import { createRng, flattenPaths } from '@soliloquy/tensor';
import { armsView, paintedPerson } from '@soliloquy/testing';

export const SIDE = 128;
export const [T, FPS, RATE] = [12, 25, 16_000];
export const picture = paintedPerson(armsView(SIDE));
const rng = createRng('small avatar');
const DEPTH = 2;
const FOCAL = 150;
const STEP = 3;

const REGION: Readonly<Record<(typeof POINT_PARTS)[number], RegionName>> = {
  torso: 'torso',
  leftArm: 'leftArm',
  rightArm: 'rightArm',
  leftHand: 'leftHand',
  rightHand: 'rightHand',
  head: 'head',
  upperLip: 'upperLip',
  lowerLip: 'lowerLip',
  jaw: 'jaw',
};

/** Gaussians on a grid over the painted person, each of the part whose canonical point is nearest. */
export const gaussians: Gaussians = (() => {
  const points = canonicalPoints(picture.landmarks, SIDE, SIDE);
  const found: { x: number; y: number; region: number }[] = [];
  for (let y = STEP / 2; y < SIDE; y += STEP)
    for (let x = STEP / 2; x < SIDE; x += STEP) {
      if (picture.image.data[4 * (Math.floor(y) * SIDE + Math.floor(x)) + 3] < 128) continue;
      let nearest = 0;
      const d = (q: number) => Math.hypot(points.positions[2 * q] - x, points.positions[2 * q + 1] - y);
      for (let q = 1; q < points.count; q++) if (d(q) < d(nearest)) nearest = q;
      found.push({ x, y, region: regionIndex(REGION[POINT_PARTS[points.parts[nearest]]]) });
    }
  const count = found.length;
  const at = (x: number, y: number, c: number): number =>
    picture.image.data[4 * (Math.floor(y) * SIDE + Math.floor(x)) + c] / 255;
  return {
    count,
    means: Float32Array.from(
      found.flatMap(({ x, y }) => [((x - SIDE / 2) / FOCAL) * DEPTH, ((y - SIDE / 2) / FOCAL) * DEPTH, DEPTH]),
    ),
    quats: Float32Array.from(found.flatMap(() => [1, 0, 0, 0])),
    logScales: new Float32Array(3 * count).fill(Math.log((0.7 * STEP * DEPTH) / FOCAL)),
    opacityLogits: new Float32Array(count).fill(3),
    colors: Float32Array.from(found.flatMap(({ x, y }) => [0, 1, 2].map((c) => at(x, y, c)))),
    regions: Uint8Array.from(found, ({ region }) => region),
    camera: {
      width: SIDE,
      height: SIDE,
      fx: FOCAL,
      fy: FOCAL,
      cx: SIDE / 2,
      cy: SIDE / 2,
      worldToCamera: [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1],
    },
  };
})();
export const rig = createParticleRig(gaussians, 60);

/** A clip whose particles go along slow waves, those of a region together. */
export function clip(frames = 2 * T): ParticleDeformation {
  const P = rig.particles;
  const ways = rng.normal([24, 4]).data;
  const translations = new Float32Array(frames * P * 3);
  for (let f = 0; f < frames; f++)
    for (let p = 0; p < P; p++)
      for (let axis = 0; axis < 2; axis++) {
        const at = 4 * rig.regions[p];
        const phase = (2 * Math.PI * f) / 12 + 3 * ways[at + axis];
        const own = 0.2 * Math.sin(phase * 1.7 + p);
        translations[(f * P + p) * 3 + axis] = 0.02 * (ways[at + 2] * Math.sin(phase) + own);
      }
  return {
    kind: 'particles',
    frames,
    fps: FPS,
    count: gaussians.count,
    ...rig,
    translations,
    rotations: new Float32Array(frames * P * 4),
    logScaleOffsets: new Float32Array(frames * P * 3),
  };
}

/** Something like a voice, as long as so many frames. */
export function voice(frames = 2 * T): Audio {
  const noise = rng.normal([Math.round((frames / FPS) * RATE)]).data;
  return { sampleRate: RATE, samples: noise.map((value, i) => 0.1 * value * (1 + Math.sin(i / 1500))) };
}

export const clips = [clip(), clip()];
const features = speechFeatures({ sampleRate: RATE, samples: new Float32Array(RATE) }, { fps: FPS, frames: 1 }).dims;
const layout = createMotionLayout(
  rig.positions,
  rig.regions,
  clips.map(({ translations }) => translations),
);

/** An aligned space of these clips that has learned nothing. */
export const space = packAlignedSpace({
  rig,
  layout,
  codec: initMotionCodec(rng.fork('codec'), layout, { latents: 2, width: 16, heads: 4, hidden: 24 }),
  space: initAlignedSpace(rng.fork('space'), { features, width: 16 }),
  heads: 4,
  features,
  card: { hearing: 'mel' },
});

const audio = 7 * features + 64;
const SIZE = { latent: 192, audio, width: 16, layers: 1, heads: 2, reach: 4 };

/** A motion model of this avatar that has learned nothing. */
export const model = (() => {
  const params = initMotionTransformer(rng.fork('student'), SIZE);
  for (const [path, { data, shape }] of Object.entries(flattenPaths(params)))
    rng
      .fork(path)
      .normal(shape)
      .data.forEach((value, i) => ((data as Float32Array)[i] += 0.02 * value));
  return packMotionModel({
    params,
    size: SIZE,
    frames: T,
    noiseSteps: 50,
    motion: { mean: new Float32Array(192), scale: new Float32Array(192).fill(1) },
    audio: { mean: new Float32Array(audio), scale: new Float32Array(audio).fill(1) },
    partVariance: Float32Array.of(1e-4, 1e-4, 1e-4),
    card: { hearing: 'mel', steps: 0 },
  });
})();

const HEARD = 66;

/** A teacher that was not trained: it moves people a little, in ways of its own. */
export async function untrainedFlow() {
  const flow = tokenLayout({ parts: canonicalParts() });
  const draw = createRng('untrained');
  const random = (count: number, scale: number): Float32Array => draw.normal([count]).data.map((x) => scale * x);
  const basis = fitBasis(flow, random(60 * flow.width, 0.2), { torso: 2, arms: 2, head: 2, mouth: 2 });
  const latent = basis.width + 4;
  const size = { latent, audio: 7 * HEARD + 11, width: 16, layers: 1, heads: 2, reach: 4 };
  const ears = await openEars({ hearing: 'phones' });
  await ears.dispose();
  return packLatentFlow({
    params: initMotionTransformer(createRng('flow'), size),
    size,
    frames: 25,
    fps: FPS,
    noiseSteps: 50,
    basis,
    motion: { mean: new Float32Array(latent), scale: new Float32Array(latent).fill(5) },
    audio: { mean: new Float32Array(size.audio), scale: new Float32Array(size.audio).fill(1) },
    variance: new Float32Array(latent).fill(0.1),
    bank: random(40 * latent, 0.3),
    manners: { low: Float32Array.of(-2, -2, -2), usual: Float32Array.of(0, 0, 0), high: Float32Array.of(1, 1, 1) },
    phoneEncoder: ears.heardBy.phoneEncoder!,
    card: {},
  });
}
