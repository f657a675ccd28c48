import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { readAll, videoFromFrames } from '@soliloquy/media';
import { decodeSafetensors } from '@soliloquy/tensor/safetensors';
import { withFilesTable } from '../src/describe-files.ts';
import {
  attributes,
  audio,
  backbone,
  camera,
  deformation,
  file,
  gaussians,
  image,
  landmarks,
  LANDMARKS,
  metrics,
  model,
  motion,
  REGIONS,
  report,
  text,
  timings,
  tracks,
  video,
  viewerOf,
  VIEWERS,
  type ArtifactFiles,
  type Camera,
  type DenseHand,
  type DensePoint,
  type Gaussians,
  type Landmarks,
  type ParticleDeformation,
  type PortFile,
  type PortType,
} from '../src/index.ts';
import { portTypes } from './port-types.ts';

/** f32 values that are no round numbers, the same each time. */
const wave = (length: number, seed = 1): Float32Array =>
  Float32Array.from({ length }, (_, i) => Math.sin(i * 12.9898 + seed) * 3);

const view: Camera = {
  width: 64,
  height: 96,
  fx: 100,
  fy: 100,
  cx: 32,
  cy: 48,
  worldToCamera: [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1],
};
const count = 5;
const cloud: Gaussians = {
  count,
  means: wave(15),
  quats: wave(20),
  logScales: wave(15, 2),
  opacityLogits: wave(5),
  colors: wave(15, 3).map(Math.abs),
  regions: Uint8Array.from({ length: count }, (_, i) => i % REGIONS.length),
  camera: view,
};
const carried: ParticleDeformation = {
  kind: 'particles',
  frames: 3,
  fps: 29.97,
  count,
  particles: 2,
  positions: wave(6),
  regions: Uint8Array.of(0, 14),
  neighbours: 2,
  indices: Int32Array.of(0, 1, 0, 1, 0, 1, 0, 1, 0, 1),
  weights: new Float32Array(10).fill(0.5),
  translations: wave(18),
  rotations: wave(24),
  logScaleOffsets: wave(18),
};
const face = Object.fromEntries(
  Object.entries(LANDMARKS)
    .filter(([, part]) => part === 'face')
    .map(([name], i) => [name, { x: i + 0.5, y: 2 * i, confidence: 0.75 }]),
);
const points: Landmarks = { width: 64, height: 96, points: face as Landmarks['points'] };
const dense = (count: number): DensePoint[] => Array.from({ length: count }, (_, i) => [i + 0.5, i / 3, 1 - i]);
const hand: DenseHand = { presence: 0.9, points: dense(21) };

const cases: [PortType<never>, unknown][] = [
  [text, 'Grüße, 世界'],
  [attributes, { values: { gender: 'woman' }, prompt: 'a woman' }],
  [landmarks, points],
  [landmarks, { ...points, mesh: dense(478), hands: { left: hand, right: hand } }],
  [landmarks, { ...points, hands: { right: hand } }],
  [audio, { sampleRate: 16000, samples: wave(1000) }],
  [
    timings,
    {
      phones: [
        { phone: 'hh', start: 0, end: 0.1 },
        { phone: 'ah', start: 0.1, end: 0.25 },
      ],
    },
  ],
  [camera, view],
  [gaussians, cloud],
  [deformation, carried],
  [
    deformation,
    { kind: 'dense', frames: 2, fps: 25, count, meanOffsets: wave(30), rotations: wave(40), logScaleOffsets: wave(30) },
  ],
  [
    tracks,
    { frames: 2, fps: 25, points: 3, width: 64, height: 96, positions: wave(12), visibility: wave(6).map(Math.abs) },
  ],
  [
    tracks,
    {
      frames: 2,
      fps: 25,
      points: 3,
      width: 64,
      height: 96,
      positions: wave(12),
      visibility: wave(6).map(Math.abs),
      labels: { names: ['leftWrist', '33', 'wrist'], parts: Uint8Array.of(0, 1, 2) },
    },
  ],
  [motion, { frames: 2, fps: 25, particles: 4, latent: wave(384), positions: wave(24) }],
  [
    model('motion'),
    {
      kind: 'motion',
      files: { 'net.onnx': Uint8Array.of(1, 2), 'ema.safetensors': Uint8Array.of(3) },
      card: { losses: [1, 0.5], sizes: { width: 4 } },
    },
  ],
  [backbone, { stage: 'video-diffusion', backbone: 'puppet', params: { fps: 25 } }],
  [metrics, { values: { psnr: 30.5 }, about: { psnr: { unit: 'dB', better: 'higher' } }, curves: { loss: [3, 2, 1] } }],
  [report, { html: '<title>t</title>' }],
  [file, { name: 'avatar.ply', bytes: Uint8Array.of(1, 2, 3) }],
] as [unknown, unknown][] as [PortType<never>, unknown][];

it('landmarks as they were written before they had a mesh and hands are read, and written, as they are', async () => {
  const bytes = readFileSync(new URL('fixtures/landmarks-before-dense.json', import.meta.url));
  const value = await landmarks.decode({ 'landmarks.json': bytes });
  expect(value.mesh).toBeUndefined();
  expect(Object.keys(value.points)).toHaveLength(35);
  expect(Buffer.from((await landmarks.encode(value))['landmarks.json']).equals(bytes)).toBe(true);
});

describe('a lossless port type', () => {
  it.each(cases.map(([type, value]) => [type.id, type, value] as const))(
    '%s gives back the value it was given, and the same bytes again',
    async (_id, type, value) => {
      type.schema.parse(value);
      const files = await type.encode(value as never);
      const back = await type.decode(files);
      expect(back).toEqual(value);
      type.schema.parse(back);
      expect(await type.encode(back)).toEqual(files);
      const shown = type.preview(back);
      expect(shown.summary.length).toBeGreaterThan(0);
      if (shown.file) expect(files).toHaveProperty([shown.file]);
    },
  );

  it('image keeps colour and alpha exactly, colour under alpha 0 too', async () => {
    const data = Uint8ClampedArray.from({ length: 17 * 9 * 4 }, (_, i) => (i * 97) % 256);
    for (let i = 3; i < data.length; i += 8) data[i] = 0;
    const files = await image.encode({ width: 17, height: 9, data });
    const back = await image.decode(files);
    expect(back).toEqual({ width: 17, height: 9, data });
    expect(await image.encode(back)).toEqual(files);
  });
});

describe('video', () => {
  const width = 32;
  const height = 48;
  const coverage = (i: number): Uint8ClampedArray =>
    Uint8ClampedArray.from({ length: width * height }, (_, p) => (p % width < 8 + i ? 255 : 0));
  const film = videoFromFrames(
    {
      width,
      height,
      fps: 12.5,
      frames: 5,
      audio: { sampleRate: 16000, samples: wave(6400).map((x) => x / 4) },
      matte: {
        async *read(from = 0, to = 5) {
          for (let i = from; i < to; i++) yield coverage(i);
        },
      },
    },
    function* (from, to) {
      for (let i = from; i < to; i++)
        yield Uint8ClampedArray.from({ length: width * height * 4 }, (_, p) => (p % 4 === 3 ? 255 : 100 + 20 * i));
    },
  );

  it('keeps rate, frames and sound exactly, and picture and matte within what H.264 loses', async () => {
    const files: ArtifactFiles = await video.encode(film);
    expect(Object.keys(files).sort()).toEqual(['header.json', 'matte.mp4', 'sound.wav', 'video.mp4']);
    const back = await video.decode(files);
    expect([back.width, back.height, back.fps, back.frames]).toEqual([width, height, 12.5, 5]);
    expect(back.audio).toEqual(film.audio);
    for (const [i, frame] of (await readAll(back)).entries())
      for (const value of [frame[0], frame[width * 4], frame.at(-2) ?? 0])
        expect(Math.abs(value - (100 + 20 * i))).toBeLessThanOrEqual(2);
    let i = 0;
    for await (const matte of back.matte?.read() ?? []) {
      const expected = coverage(i);
      let error = 0;
      for (let p = 0; p < matte.length; p++) error += Math.abs(matte[p] - expected[p]);
      expect(error / matte.length).toBeLessThan(3);
      i += 1;
    }
    expect(i).toBe(5);
    expect(await video.encode(film)).toEqual(files);
  });
});

describe('a port type', () => {
  it('has an id of its own, and values of each are tested here', () => {
    const ids = portTypes.map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    const tested = new Set(['video', 'image', ...cases.map(([{ id }]) => id)]);
    expect(ids.filter((id) => !tested.has(id))).toEqual([]);
  });

  it('of a model is one per kind', () => {
    expect(model('motion')).toBe(model('motion'));
    expect(model('motion')).not.toBe(model('aligned-space'));
    expect(model('motion').id).toBe('model<motion>');
  });

  it('declares its hue, and its viewer wins over what an older result says', () => {
    for (const type of [...portTypes, model('motion')]) expect(type.hue, type.id).toBeTypeOf('number');
    expect(viewerOf(metrics, { as: 'table' })).toBe('metrics');
    expect(viewerOf(motion, { as: 'table' })).toBeUndefined();
    expect(viewerOf(undefined, { as: 'image' })).toBe('image');
    expect(viewerOf(file, file.preview({ name: 'a.ply', bytes: Uint8Array.of(1) }))).toBe('gaussians');
    expect(viewerOf(file, file.preview({ name: 'a.bin', bytes: Uint8Array.of(1) }))).toBeUndefined();
    expect(new Set(VIEWERS).size).toBe(VIEWERS.length);
  });
});

describe('the files that a port type declares', () => {
  const declared = (type: PortType): readonly PortFile[] => type.files ?? [];
  const fieldsOf = (type: PortType, name: string): string[] =>
    Object.keys(declared(type).find((each) => each.name === name)?.fields ?? {});
  /** `a.b` and `a.*` are fields of `a`, which the file has. */
  const first = (field: string): string => (/^[^.[]+/.exec(field) as RegExpExecArray)[0];

  it('are those of the table in the README: write it anew where it is not', () => {
    const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8');
    expect(withFilesTable(readme, portTypes)).toBe(readme);
  });

  it('are there for every type, each with what it is', () => {
    expect(portTypes.filter((type) => declared(type).length === 0)).toEqual([]);
    for (const type of portTypes)
      for (const { what, fields } of declared(type))
        for (const words of [what, ...Object.values(fields ?? {})]) expect(words).not.toMatch(/^$|, $/);
  });

  it.each(
    cases
      .filter(([type]) => type.id !== 'model<motion>' && type.id !== 'file')
      .map(([type, value]) => [type.id, type, value] as const),
  )('%s are those that it writes, with their fields and how numbers are stored', async (_id, type, value) => {
    for (const [name, bytes] of Object.entries(await type.encode(value as never))) {
      expect(declared(type).map((each) => each.name)).toContain(name);
      if (name.endsWith('.json')) {
        const known = new Set(fieldsOf(type, name).map(first));
        expect(Object.keys(JSON.parse(new TextDecoder().decode(bytes))).filter((key) => !known.has(key))).toEqual([]);
      }
      if (!name.endsWith('.safetensors')) continue;
      const { tensors, metadata } = decodeSafetensors(bytes);
      const { fields = {} } = declared(type).find((each) => each.name === name) as PortFile;
      for (const key of Object.keys(metadata)) expect(fields[key]).toMatch(/^metadata/);
      for (const [key, { dtype, shape }] of Object.entries(tensors))
        expect(fields[key]).toMatch(
          new RegExp(
            `^(\\w+: )?${{ F32: 'f32', I32: 'i32', U8: 'u8' }[dtype as 'F32']} \\[(\\w+, ){${shape.length - 1}}\\w+\\]`,
          ),
        );
    }
  });

  it('of safetensors and JSON have no field that nothing writes', async () => {
    const written = new Map<string, Set<string>>();
    for (const [type, value] of cases)
      for (const [name, bytes] of Object.entries(await type.encode(value as never))) {
        const seen = written.get(`${type.id} ${name}`) ?? new Set<string>();
        written.set(`${type.id} ${name}`, seen);
        if (name.endsWith('.safetensors') && type.id !== 'model<motion>') {
          const { tensors, metadata } = decodeSafetensors(bytes);
          for (const key of [...Object.keys(tensors), ...Object.keys(metadata)]) seen.add(key);
        } else if (name.endsWith('.json'))
          for (const key of Object.keys(JSON.parse(new TextDecoder().decode(bytes)))) seen.add(key);
      }
    for (const [type] of cases)
      for (const { name } of declared(type)) {
        const seen = written.get(`${type.id} ${name}`);
        if (seen !== undefined)
          expect(
            fieldsOf(type, name)
              .map(first)
              .filter((field) => !seen.has(field)),
          ).toEqual([]);
      }
  });
});
