import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { regionIndex } from '@soliloquy/gaussian-cloud';
import type { Audio, Gaussians, Image, Landmarks, ParticleDeformation, RegionName, Video } from '@soliloquy/ports';
import { speechEnvelope } from '@soliloquy/speech-features';
import { stageContext } from '@soliloquy/testing';
import { run } from '../src/evaluation/backbones/measures.ts';

const FRAMES = 100;
const NAMES: readonly RegionName[] = [
  'torso',
  'torso',
  'leftHand',
  'leftHand',
  'head',
  'upperFace',
  'upperLip',
  'upperLip',
  'lowerLip',
  'lowerLip',
  'jaw',
  'jaw',
];
const P = NAMES.length;

/** Bursts of a tone with a different rhythm for each seed. */
function voice(seed: number): Audio {
  const samples = new Float32Array(16_000 * 4);
  let state = seed;
  const next = (): number => (state = (state * 1664525 + 1013904223) >>> 0) / 2 ** 32;
  for (let at = 2000; at < samples.length - 8000; at += Math.floor(3000 + 5000 * next())) {
    const length = 1500 + Math.floor(2500 * next());
    for (let i = 0; i < length; i++)
      samples[at + i] += 0.4 * Math.sin((Math.PI * i) / length) * Math.sin((2 * Math.PI * 180 * i) / 16_000);
  }
  return { sampleRate: 16_000, samples };
}

const camera = {
  width: 64,
  height: 96,
  fx: 100,
  fy: 100,
  cx: 32,
  cy: 48,
  worldToCamera: [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1],
};
const gaussians: Gaussians = {
  count: 1,
  camera,
  means: Float32Array.of(0, 0, 5),
  quats: Float32Array.of(1, 0, 0, 0),
  logScales: new Float32Array(3),
  opacityLogits: new Float32Array(1),
  colors: new Float32Array(3),
  regions: new Uint8Array(1),
};

/**
 * A person whose lower lip and jaw follow a voice, `late` frames behind it, and whose body and hands sway by `sway`.
 */
function speaking(audio: Audio | undefined, late = 0, sway = 0.1): ParticleDeformation {
  const envelope = audio ? speechEnvelope(audio, 25, FRAMES) : new Float32Array(FRAMES);
  const translations = new Float32Array(FRAMES * P * 3);
  for (let frame = 0; frame < FRAMES; frame++) {
    NAMES.forEach((name, p) => {
      const o = (frame * P + p) * 3;
      translations[o] = sway * Math.sin(frame / 9 + (name.endsWith('Hand') ? 1 : 0));
      if (name === 'lowerLip' || name === 'jaw') translations[o + 1] = 0.2 * (envelope[frame - late] ?? 0);
    });
  }
  const positions = Float32Array.from({ length: P * 3 }, (_, i) => (i % 3 === 2 ? 5 : 0.1 * (i % 7)));
  return {
    kind: 'particles',
    frames: FRAMES,
    fps: 25,
    count: 1,
    particles: P,
    positions,
    regions: Uint8Array.from(NAMES, regionIndex),
    neighbours: 1,
    indices: new Int32Array(1),
    weights: Float32Array.of(1),
    translations,
    rotations: Float32Array.from({ length: FRAMES * P * 4 }, (_, i) => (i % 4 === 0 ? 1 : 0)),
    logScaleOffsets: new Float32Array(FRAMES * P * 3),
  };
}

const image: Image = {
  width: 64,
  height: 96,
  data: Uint8ClampedArray.from({ length: 64 * 96 * 4 }, (_, i) => (i % 4 === 3 ? 255 : (i * 37) % 256)),
};
const video: Video = {
  width: 64,
  height: 96,
  fps: 25,
  frames: 2,
  async *read(from = 0, to = 2) {
    for (let i = from; i < to; i++) yield image.data;
  },
};
const point = (x: number, y: number) => ({ x, y, confidence: 1 });
const landmarks = {
  width: 64,
  height: 96,
  points: { leftEye: point(40, 30), rightEye: point(24, 30), mouthCenter: point(32, 50) },
} as unknown as Landmarks;

const heard = voice(5);
const voices = [11, 12, 13].map(voice);
const clips = voices.map((audio) => speaking(audio));
const measure = async (deformation: ParticleDeformation) =>
  (
    await run(
      {
        video,
        image,
        landmarks,
        gaussians,
        audio: heard,
        deformation,
        truth: speaking(heard),
        reference: undefined,
        clips,
        voices,
      },
      { every: 1 },
      stageContext(),
    )
  ).metrics.values;

/** Which of the quickstart's expectations on the evaluation hold. */
async function verdict(deformation: ParticleDeformation): Promise<string[]> {
  const values = await measure(deformation);
  const graph = JSON.parse(readFileSync(new URL('../../../../graphs/quickstart.json', import.meta.url), 'utf8')) as {
    expect: { metric: string; atLeast?: number | string; atMost?: number | string }[];
  };
  const value = (name: string): number => values[name.replace('evaluation.', '')];
  const bound = (given: number | string): number => (typeof given === 'number' ? given : value(given));
  return graph.expect
    .filter(({ metric }) => metric.startsWith('evaluation.') && value(metric) !== undefined)
    .filter(
      ({ metric, atLeast, atMost }) =>
        (atLeast !== undefined && !(value(metric) >= bound(atLeast))) ||
        (atMost !== undefined && !(value(metric) <= bound(atMost))),
    )
    .map(({ metric }) => metric.replace('evaluation.', ''));
}

describe('the expectations of the quickstart', () => {
  test('hold for the true motion', async () => {
    expect(await verdict(speaking(heard))).toEqual([]);
  });

  test('fail a frozen avatar', async () => {
    expect(await verdict(speaking(undefined, 0, 0))).toEqual(
      expect.arrayContaining(['variance:body', 'variance:face', 'variance:hand', 'sync:envelope']),
    );
  });

  test('fail an avatar that speaks five frames late', async () => {
    expect(await verdict(speaking(heard, 5))).toContain('sync:envelope-lag');
  });

  test('fail an avatar that speaks to another voice', async () => {
    expect(await verdict(speaking(voices[1]))).toEqual(expect.arrayContaining(['sync:envelope', 'acc-err:particles']));
  });
});
