import { describe, expect, it } from 'vitest';
import { encodePng, encodeWav } from '@soliloquy/media';
import {
  audio,
  deformation,
  file,
  gaussians,
  image,
  LANDMARKS,
  landmarks,
  metrics,
  model,
  motion,
  parseValue,
  REGIONS,
  text,
  timings,
  tracks,
  video,
  type Gaussians,
  type ParticleDeformation,
} from '../src/index.ts';
import { portTypes } from './port-types.ts';

const face = (): Record<string, { x: number; y: number }> =>
  Object.fromEntries(
    Object.entries(LANDMARKS)
      .filter(([, part]) => part === 'face')
      .map(([name]) => [name, { x: 1, y: 2 }]),
  );
const json = (value: unknown) => ({
  kind: 'file' as const,
  name: 'points.json',
  bytes: new TextEncoder().encode(typeof value === 'string' ? value : JSON.stringify(value)),
});

const view = {
  width: 64,
  height: 96,
  fx: 100,
  fy: 100,
  cx: 32,
  cy: 48,
  worldToCamera: [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1],
};
/** Two points of one frame. */
const labelled = (names: string[], parts: number[]) => ({
  frames: 1,
  fps: 25,
  points: 2,
  width: 64,
  height: 96,
  positions: new Float32Array(4),
  visibility: new Float32Array(2),
  labels: { names, parts: Uint8Array.from(parts) },
});
const cloud: Gaussians = {
  count: 2,
  means: new Float32Array(6),
  quats: new Float32Array(8),
  logScales: new Float32Array(6),
  opacityLogits: new Float32Array(2),
  colors: new Float32Array(6),
  regions: Uint8Array.of(0, 1),
  camera: view,
};
const carried: ParticleDeformation = {
  kind: 'particles',
  frames: 1,
  fps: 25,
  count: 1,
  particles: 2,
  positions: new Float32Array(6),
  regions: Uint8Array.of(0, 0),
  neighbours: 2,
  indices: Int32Array.of(0, 1),
  weights: Float32Array.of(0.5, 0.5),
  translations: new Float32Array(6),
  rotations: new Float32Array(8),
  logScaleOffsets: new Float32Array(6),
};

describe('a value that does not fit its port is refused, naming the place', () => {
  it.each([
    [
      gaussians,
      { ...cloud, means: new Float32Array(5) },
      'gaussians.means: expected f32 [2, 3], got f32 [5]; correct it',
    ],
    [
      gaussians,
      { ...cloud, quats: new Float64Array(8) },
      'gaussians.quats: expected f32 [2, 4], got Float64Array; correct it',
    ],
    [
      gaussians,
      { ...cloud, colors: Float32Array.of(0, 0, 0, Number.NaN, 0, 0) },
      'gaussians.colors: expected finite numbers, got NaN at 3; correct it',
    ],
    [
      gaussians,
      { ...cloud, regions: Uint8Array.of(0, REGIONS.length) },
      `gaussians.regions: expected indices from 0 to ${REGIONS.length - 1}, got ${REGIONS.length} at 1; correct it`,
    ],
    [gaussians, { ...cloud, camera: { ...view, fx: -1 } }, /^gaussians\.camera: .+; correct it$/],
    [gaussians, undefined, 'gaussians: expected an object, got undefined; correct it'],
    [
      deformation,
      { ...carried, indices: Int32Array.of(0, 2) },
      'deformation.indices: expected indices from 0 to 1, got 2 at 1; correct it',
    ],
    [
      deformation,
      { ...carried, weights: Float32Array.of(0.5, 0.2) },
      /^deformation\.weights: expected weights that sum to 1, got 0\.7.* for Gaussian 0; correct it$/,
    ],
    [deformation, { ...carried, fps: 0 }, 'deformation.fps: expected a number above 0, got 0; correct it'],
    [
      deformation,
      { ...carried, kind: 'other' },
      'deformation.kind: expected dense or particles, got other; correct it',
    ],
    [
      tracks,
      labelled(['a', 'a'], [1, 1]),
      'tracks.labels.names: expected each name once, got face.a twice; correct it',
    ],
    [tracks, labelled(['a'], [1, 1]), 'tracks.labels.names: expected 2 names, got 1; correct it'],
    [tracks, labelled(['a', 'b'], [1, 9]), /^tracks\.labels\.parts: expected indices from 0 to 3, got 9 at 1/],
    [
      motion,
      { frames: 1, fps: 25, particles: 1, latent: new Float32Array(191), positions: new Float32Array(3) },
      'motion.latent: expected f32 [1, 192], got f32 [191]; correct it',
    ],
    [
      image,
      { width: 2, height: 2, data: new Uint8ClampedArray(12) },
      'image.data: expected u8 clamped [2, 2, 4], got u8 clamped [12]; correct it',
    ],
    [
      audio,
      { sampleRate: 16_000.5, samples: new Float32Array(1) },
      'audio.sampleRate: expected a whole number of at least 1, got 16000.5; correct it',
    ],
    [
      video,
      { width: 63, height: 96, fps: 25, frames: 1, read() {} },
      'video.width: expected even sides, got 63x96; correct it',
    ],
    [
      timings,
      { phones: [{ phone: 'a', start: 1, end: 0.5 }] },
      'timings.phones.0: expected ascending times, got 1 to 0.5 s; correct it',
    ],
    [metrics, { values: { psnr: Number.POSITIVE_INFINITY } }, /^metrics\.values\.psnr: expected number.+; correct it$/],
    [
      model('motion'),
      { kind: 'aligned-space', files: {}, card: {} },
      /^model<motion>\.kind: expected "motion".*; correct it$/,
    ],
    [
      model('motion'),
      { kind: 'motion', files: { '../x.onnx': new Uint8Array() }, card: {} },
      'model<motion>.files: expected names like net.onnx or tensors.safetensors, got ../x.onnx; rename it',
    ],
  ] as const)('%#', (type, value, message) => {
    expect(() => parseValue(type.schema as never, value, type.id)).toThrow(message);
  });
});

describe('what a person gives', () => {
  it('for landmarks may leave out body and confidence, but no point of the face', async () => {
    const whole = await landmarks.fromUser?.(json({ width: 64, height: 96, points: face() }));
    expect(whole?.points.chin).toEqual({ x: 1, y: 2, confidence: 1 });
    const { chin: _chin, mouthLeft: _mouth, ...rest } = face();
    await expect(landmarks.fromUser?.(json({ width: 64, height: 96, points: rest }))).rejects.toThrow(
      'points.json.points.chin: expected every landmark of the face, got none for chin, mouthLeft; add { "x": …, ' +
        '"y": … } in pixels',
    );
    await expect(
      landmarks.fromUser?.(json({ width: 64, height: 96, points: { ...face(), nose: { x: 1, y: 1 } } })),
    ).rejects.toThrow(/^points\.json\.points: .*nose/);
    await expect(
      landmarks.fromUser?.(json({ width: 64, height: 96, points: { ...face(), chin: { x: 'left', y: 1 } } })),
    ).rejects.toThrow('points.json.points.chin.x: expected number, got string; correct it');
    await expect(landmarks.fromUser?.(json('{ no json'))).rejects.toThrow(
      /^points\.json: expected JSON, got something else \(.+\); correct it$/,
    );
  });

  it('for landmarks has a whole mesh and whole hands, or none', async () => {
    const dense = (count: number): number[][] => Array.from({ length: count }, () => [1, 2, 3]);
    const given = (parts: object) => landmarks.fromUser?.(json({ width: 64, height: 96, points: face(), ...parts }));
    const whole = await given({ mesh: dense(478), hands: { left: { presence: 1, points: dense(21) } } });
    expect(whole?.hands?.left?.points).toHaveLength(21);
    await expect(given({ mesh: dense(468) })).rejects.toThrow(/^points\.json\.mesh: .*478/);
    await expect(given({ mesh: [...dense(477), [1, 2]] })).rejects.toThrow(/^points\.json\.mesh\.477/);
    await expect(given({ hands: { left: { presence: 1, points: dense(20) } } })).rejects.toThrow(
      /^points\.json\.hands\.left\.points: .*21/,
    );
    await expect(given({ hands: { left: { presence: 2, points: dense(21) } } })).rejects.toThrow(/presence/);
    await expect(given({ hands: { middle: { presence: 1, points: dense(21) } } })).rejects.toThrow(/middle/);
  });

  it('as a picture has sides of at least 256 pixels, though a picture between stages may be small', async () => {
    const bytes = await encodePng({ width: 40, height: 60, data: new Uint8ClampedArray(9600) });
    await expect(image.fromUser?.({ kind: 'file', name: 'me.png', bytes })).rejects.toThrow(
      'me.png.size: expected sides of at least 256 pixels, got 40x60; give a larger picture',
    );
    expect((await image.decode({ 'image.png': bytes })).width).toBe(40);
    await expect(image.fromUser?.({ kind: 'text', text: 'me.png' })).rejects.toThrow(
      'image: expected a file, got the text "me.png"; give the path of a file',
    );
  });

  it('as a voice is checked, though sound between stages may be silent', async () => {
    const bytes = encodeWav({ sampleRate: 16_000, samples: new Float32Array(16_000) });
    await expect(audio.fromUser?.({ kind: 'file', name: 'me.wav', bytes })).rejects.toThrow(
      /^me\.wav: expected a voice, got silence/,
    );
    expect((await audio.decode({ 'audio.wav': bytes })).samples).toHaveLength(16_000);
  });

  it('as text is taken as it is, in UTF-8 from a file', async () => {
    expect(await text.fromUser?.({ kind: 'text', text: ' Hi ' })).toBe(' Hi ');
    expect(await text.fromUser?.({ kind: 'file', name: 'a.txt', bytes: new TextEncoder().encode('Grüße') })).toBe(
      'Grüße',
    );
    await expect(text.fromUser?.({ kind: 'file', name: 'a.txt', bytes: Uint8Array.of(0xff, 0xfe) })).rejects.toThrow(
      'a.txt: expected text in UTF-8, got UTF-16; save it as UTF-8',
    );
  });
});

describe('an artifact', () => {
  it('of a file has a name that every file system takes', async () => {
    const bytes = Uint8Array.of(1);
    for (const [name, stored] of [
      ['../../etc/passwd', 'passwd'],
      ['C:\\Users\\me\\my voice.wav', 'my-voice.wav'],
      ['..', 'file'],
      ['söng.mp3', 'söng.mp3'],
    ])
      expect(Object.keys(await file.encode({ name, bytes }))).toEqual([stored]);
  });

  it('that lacks its file, or is damaged, is refused in one sentence', async () => {
    for (const type of portTypes)
      await expect(type.decode({}), type.id).rejects.toThrow(/^[a-z]+\.files: expected .+, got .+; compute it again$/);
    await expect(gaussians.decode({ 'gaussians.safetensors': Uint8Array.of(1, 2, 3) })).rejects.toThrow(/truncated/);
  });
});
