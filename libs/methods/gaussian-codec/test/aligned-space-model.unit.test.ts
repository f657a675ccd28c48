import { execFileSync } from 'node:child_process';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { compile, createRng, readOnnxMetadata, type Tensor } from '@soliloquy/tensor';
import { decodeSafetensors, encodeSafetensors } from '@soliloquy/tensor/safetensors';
import { alignedSpace, type PackedAlignedSpace } from '../src/aligned-space-port.ts';
import {
  AUDIO_CONTEXT,
  audioWindows,
  CHUNK,
  createMotionLayout,
  decodeMotion,
  embedAudio,
  embedMotion,
  encodeMotion,
  initAlignedSpace,
  initMotionCodec,
  openAlignedSpace,
  packAlignedSpace,
  restoreMotion,
  standardiseMotion,
  type AlignedSpace,
} from '../src/index.ts';
import { awake, smallRig } from './small-rig.ts';

const [HEADS, FEATURES, FRAMES] = [2, 5, 31];
const P = smallRig.particles;
const rng = createRng('aligned space model');
const clip = rng.normal([FRAMES, P, 3]).data;
const layout = createMotionLayout(smallRig.positions, smallRig.regions, [clip]);
const codec = awake(initMotionCodec(rng, layout, { latents: 2, width: 8, heads: HEADS, hidden: 12 }), 'codec');
const space = awake(initAlignedSpace(rng, { features: FEATURES, width: 8 }), 'space');
const contents = { rig: smallRig, layout, codec, space, heads: HEADS, features: FEATURES, card: { steps: 4 } };
const packed = packAlignedSpace(contents);

const closeTo = (got: Float32Array, wanted: ArrayLike<number>): void => {
  expect(got).toHaveLength(wanted.length);
  got.forEach((value, i) => expect(value).toBeCloseTo(wanted[i], 4));
};

describe('a model of the aligned space', () => {
  let opened: AlignedSpace;
  beforeAll(async () => {
    opened = await openAlignedSpace(await alignedSpace.decode(await alignedSpace.encode(packed)), 1);
  });
  afterAll(() => opened.dispose());

  test('opens with the rig that was packed', () => {
    expect(opened.rig).toEqual(smallRig);
    expect(packed.card).toEqual({
      steps: 4,
      features: FEATURES,
      chunk: 25,
      latent: 192,
      embedding: 64,
      audioContext: 7,
    });
  });

  test('encodes, decodes and embeds any number of frames as the networks that were packed do', async () => {
    const tokens = { shape: [FRAMES, layout.tokens, 3], data: standardiseMotion(layout, clip) };
    const encoder = await compile((p, t) => encodeMotion(p, t, layout, HEADS), [codec, tokens] as const);
    const latent = (await encoder.run(codec, tokens)) as Tensor<Float32Array>;
    closeTo(await opened.encode(clip), latent.data);
    const decoder = await compile((p, x) => decodeMotion(p, x, layout), [codec, latent] as const);
    const decoded = (await decoder.run(codec, latent)) as Tensor<Float32Array>;
    closeTo(await opened.decode(latent.data), restoreMotion(layout, decoded.data));
    const embedder = await compile((p, x) => embedMotion(p, x), [space, latent] as const);
    closeTo(await opened.embedMotion(latent.data), ((await embedder.run(space, latent)) as Tensor).data);
    const heard = rng.normal([FRAMES, FEATURES]).data;
    const windows = {
      shape: [FRAMES, 2 * AUDIO_CONTEXT + 1, FEATURES],
      data: audioWindows(heard, FRAMES, FEATURES),
    };
    const listener = await compile((p, w) => embedAudio(p, w, HEADS), [space, windows] as const);
    closeTo(await opened.embedAudio(heard), ((await listener.run(space, windows)) as Tensor).data);
    for (const program of [encoder, decoder, embedder, listener]) await program.dispose();
  });

  test.each([0, 1, CHUNK - 1, CHUNK, CHUNK + 1])(
    'gives %i frames the latents that they have among others',
    async (count) => {
      const all = await opened.encode(clip);
      const some = await opened.encode(clip.slice(0, count * P * 3));
      closeTo(some, all.subarray(0, count * 192));
      closeTo(await opened.encode(clip.slice((FRAMES - count) * P * 3)), all.subarray((FRAMES - count) * 192));
    },
  );

  test('says in its networks what goes in and how it was scaled, and nothing of the commit', () => {
    const about = (name: keyof PackedAlignedSpace['files'] & `${string}.onnx`) => readOnnxMetadata(packed.files[name]);
    const ports = (name: Parameters<typeof about>[0]): string[] => Object.keys(JSON.parse(about(name).ports));
    expect(ports('encoder.onnx')).toEqual(['tokens', 'latent']);
    expect(ports('decoder.onnx')).toEqual(['latent', 'tokens']);
    expect(ports('audio.onnx')).toEqual(['windows', 'embedding']);
    expect(ports('motion.onnx')).toEqual(['latent', 'embedding']);
    const scaled = {
      tokens: { mean: [...layout.mean], deviation: [...layout.scale].flatMap((value) => [value, value, value]) },
    };
    expect(JSON.parse(about('encoder.onnx').normalisation)).toEqual(scaled);
    expect(JSON.parse(about('decoder.onnx').normalisation)).toEqual(scaled);
    expect(Object.keys(about('audio.onnx'))).toEqual(['kind', 'ports']);
    expect(about('motion.onnx').kind).toBe('aligned-space');
    expect(about('encoder.onnx').ports).toContain(`motion of ${layout.tokens} tokens`);
    expect(about('audio.onnx').ports).toContain(
      `speech features of 15 frames around each, f32 [frames, 15, ${FEATURES}]`,
    );
    const commit = execFileSync('git', ['rev-parse', 'HEAD'], { cwd: import.meta.dirname, encoding: 'utf8' }).trim();
    for (const bytes of Object.values(packed.files)) expect(Buffer.from(bytes).includes(commit)).toBe(false);
    expect(packAlignedSpace(contents)).toEqual(packed);
  });

  const files = Object.keys(packed.files);
  const tensors = ['positions', 'regions', 'indices', 'weights', 'mean', 'scale'];
  const fields = ['features', 'chunk', 'latent', 'embedding', 'audioContext'];
  test.each([
    ...files.map((name) => ['file', name, `model<aligned-space>.files: expected ${name}, got `]),
    ...tensors.map((name) => [
      'tensor',
      name,
      `model<aligned-space>.files.rig.safetensors: expected tensor ${name}, got `,
    ]),
    ...fields.map((name) => ['field', name, `model<aligned-space>.card.${name}: expected `]),
  ])('of another hand that lacks the %s %s is refused by that name', async (what, name, message) => {
    const foreign = {
      kind: 'aligned-space',
      files: { ...packed.files } as Record<string, Uint8Array>,
      card: { ...packed.card } as Record<string, unknown>,
    };
    if (what === 'file') delete foreign.files[name];
    else if (what === 'field') delete foreign.card[name];
    else {
      const { [name]: _gone, ...rest } = decodeSafetensors(foreign.files['rig.safetensors']).tensors;
      foreign.files['rig.safetensors'] = encodeSafetensors(rest);
    }
    const stored = await alignedSpace.encode(foreign as unknown as PackedAlignedSpace);
    await expect(alignedSpace.decode(stored)).rejects.toThrow(message);
  });

  test('whose chunks have another length is refused', async () => {
    const stored = await alignedSpace.encode({ ...packed, card: { ...packed.card, chunk: 50 } } as never);
    await expect(alignedSpace.decode(stored)).rejects.toThrow('model<aligned-space>.card.chunk: expected 25');
  });
});
