import { beforeAll, expect, test } from 'vitest';
import { regionIndex } from '@soliloquy/gaussian-cloud';
import { createMotionLayout, initAlignedSpace, initMotionCodec, packAlignedSpace } from '@soliloquy/gaussian-codec';
import type { ParticleDeformation } from '@soliloquy/ports';
import { speechFeatures } from '@soliloquy/speech-features';
import { createRng, loadOnnx, readOnnxMetadata, sourceCommit, type Tensor } from '@soliloquy/tensor';
import { decodeSafetensors } from '@soliloquy/tensor/safetensors';
import { stageContext } from '@soliloquy/testing';
import { motionTrainingStage } from '../src/index.ts';
import { run } from '../src/motion-training/backbones/transformer.ts';

const [FRAMES, RATE] = [12, 16_000];
const rng = createRng('training');
const regions = Uint8Array.from(
  ['torso', 'torso', 'head', 'upperLip', 'lowerLip', 'leftHand'].map((name) => regionIndex(name as 'torso')),
);
const P = regions.length;
const rig = {
  particles: P,
  positions: rng.normal([P, 3]).data,
  regions,
  neighbours: 1,
  indices: new Int32Array(4),
  weights: new Float32Array(4).fill(1),
};
const clip = (): ParticleDeformation => ({
  kind: 'particles',
  frames: FRAMES,
  fps: 25,
  count: 4,
  ...rig,
  translations: rng.normal([FRAMES, P, 3]).data,
  rotations: new Float32Array(FRAMES * P * 4),
  logScaleOffsets: new Float32Array(FRAMES * P * 3),
});
const voice = () => ({ sampleRate: RATE, samples: rng.normal([(FRAMES / 25) * RATE]).data });

type Trained = Awaited<ReturnType<typeof run>>;
let trained: Trained;
beforeAll(async () => {
  const [clips, voices] = [
    [clip(), clip()],
    [voice(), voice()],
  ];
  const features = speechFeatures(voices[0], { fps: 25, frames: FRAMES }).data.length / FRAMES;
  const layout = createMotionLayout(
    rig.positions,
    regions,
    clips.map(({ translations }) => translations),
  );
  const size = { latents: 2, width: 16, heads: 4, hidden: 24 };
  const space = packAlignedSpace({
    rig,
    layout,
    codec: initMotionCodec(rng, layout, size),
    space: initAlignedSpace(rng, { features, width: 16 }),
    heads: 4,
    features,
    card: {},
  });
  const given = { steps: 3, batch: 2, frames: 8, width: 16, layers: 1, heads: 2 };
  const params = {
    ...motionTrainingStage.params.parse(given),
    ...motionTrainingStage.backbones.transformer.params.parse(given),
  };
  trained = await run({ deformation: clips, audio: voices, space }, params, stageContext());
});

test('the saved network says what goes in, how it was scaled, and which commit made it', () => {
  const about = readOnnxMetadata(trained.model.files['transformer.onnx']);
  expect(about).toMatchObject({ kind: 'motion', commit: sourceCommit() });
  expect(Object.keys(JSON.parse(about.ports))).toEqual(['x', 'audio', 'tau', 'start', 'clean']);
  const { tensors } = decodeSafetensors(trained.model.files['scales.safetensors']);
  const { x, audio } = JSON.parse(about.normalisation);
  expect([x.mean, x.deviation, audio.mean, audio.deviation]).toEqual(
    [tensors.motionMean, tensors.motionScale, tensors.audioMean, tensors.audioScale].map(({ data }) => [...data]),
  );
});

test('its inputs and outputs are the ports that it names', async () => {
  const bytes = trained.model.files['transformer.onnx'];
  const program = await loadOnnx(bytes);
  const names = [...program.inputs, ...program.outputs].map(({ name }) => name);
  expect(names).toEqual(Object.keys(JSON.parse(readOnnxMetadata(bytes).ports)));
  const feeds = Object.fromEntries(
    program.inputs.map(({ name, shape }): [string, Tensor] => [name, rng.normal(shape)]),
  );
  const { clean } = await program.run(feeds);
  expect(clean.shape).toEqual([1, 8, 192]);
  expect(clean.data.every(Number.isFinite)).toBe(true);
  await program.dispose();
});
