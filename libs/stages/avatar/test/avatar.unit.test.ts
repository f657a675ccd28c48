import { beforeAll, describe, expect, test } from 'vitest';
import { regionIndex } from '@soliloquy/gaussian-cloud';
import { createMotionLayout, initAlignedSpace, initMotionCodec, packAlignedSpace } from '@soliloquy/gaussian-codec';
import { decodeImage } from '@soliloquy/media';
import { initMotionTransformer, packMotionModel } from '@soliloquy/motion-transformer';
import { gaussians as gaussiansPort, type Gaussians, type Image } from '@soliloquy/ports';
import { createRng } from '@soliloquy/tensor';
import { stageContext } from '@soliloquy/testing';
import { run as exported } from '../src/avatar-export/backbones/archive.ts';
import { run as opened } from '../src/avatar-open/backbones/archive.ts';
import { avatarExportStage } from '../src/index.ts';

const COUNT = 3;
const NAMES = ['torso', 'head', 'lowerLip'] as const;
const REGIONS = Uint8Array.from(NAMES, regionIndex);
const rng = createRng('a person to export');
const params = { ...avatarExportStage.params.parse({ name: 'Three' }), area: 40 * 60 };

/** Three opaque Gaussians in a row before a camera of 40x60. */
const person: Gaussians = {
  count: COUNT,
  means: Float32Array.from([0, -0.5, 4, 0, 0, 4, 0, 0.5, 4]),
  quats: Float32Array.from([1, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0]),
  logScales: new Float32Array(COUNT * 3).fill(Math.log(0.2)),
  opacityLogits: new Float32Array(COUNT).fill(4),
  colors: Float32Array.from([1, 0, 0, 0, 1, 0, 0, 0, 1]),
  regions: REGIONS,
  camera: {
    width: 40,
    height: 60,
    fx: 120,
    fy: 120,
    cx: 20,
    cy: 30,
    worldToCamera: [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1],
  },
};
const background: Image = { width: 80, height: 120, data: new Uint8ClampedArray(80 * 120 * 4).fill(255) };
const given = { gaussians: person, background, space: spaceOf(), model: modelOf() };

function spaceOf() {
  const positions = rng.normal([COUNT, 3]).data;
  const layout = createMotionLayout(positions, REGIONS, [rng.normal([8, COUNT, 3]).data]);
  const indices = Int32Array.from({ length: COUNT }, (_, i) => i);
  return packAlignedSpace({
    rig: {
      particles: COUNT,
      positions,
      regions: REGIONS,
      neighbours: 1,
      indices,
      weights: new Float32Array(COUNT).fill(1),
    },
    layout,
    codec: initMotionCodec(rng, layout, { latents: 1, width: 8, heads: 2, hidden: 8 }),
    space: initAlignedSpace(rng, { features: 4, width: 8 }),
    heads: 2,
    features: 4,
    card: {},
  });
}

function modelOf() {
  const size = { latent: 192, audio: 92, width: 16, layers: 1, heads: 2, reach: 4 };
  const scale = (width: number) => ({ mean: new Float32Array(width), scale: new Float32Array(width).fill(1) });
  return packMotionModel({
    params: initMotionTransformer(rng, size),
    size,
    frames: 8,
    noiseSteps: 10,
    motion: scale(size.latent),
    audio: scale(size.audio),
    partVariance: new Float32Array(3).fill(1),
    card: {},
  });
}

describe('a person that is exported', () => {
  let avatar: Awaited<ReturnType<typeof exported>>['avatar'];
  beforeAll(async () => ({ avatar } = await exported(given, params, stageContext({ threads: 1 }))));

  test('is opened with the same models, and the background at the size of a film', async () => {
    const { gaussians, background: behind, space, model } = await opened({ avatar }, {}, stageContext());
    expect(gaussiansPort.schema.safeParse(gaussians).success).toBe(true);
    expect(gaussians.camera).toEqual(person.camera);
    expect([behind.width, behind.height]).toEqual([40, 60]);
    expect(space.card).toEqual(given.space.card);
    expect(model.card).toEqual(given.model.card);
  });

  test('says its name, and which artifacts it was made of', async () => {
    const { name, provenance, licence } = avatar.manifest;
    expect([name, licence]).toEqual(['Three', 'Not stated. Show a person only where they agreed to it.']);
    expect(Object.keys(provenance.sources).sort()).toEqual(['gaussians.safetensors', 'image.png']);
  });

  test('is seen in its thumbnail', async () => {
    const { width, height, data } = await decodeImage(avatar.files['thumbnail.webp'], { name: 'thumbnail' });
    const at = (x: number, y: number): number[] => [...data.subarray((y * width + x) * 4, (y * width + x) * 4 + 3)];
    const middle = at(width / 2, height / 2);
    expect(middle[1]).toBeGreaterThan(middle[0] + 60);
    expect(at(2, 2).every((value) => value > 240)).toBe(true);
  });

  test('has the same bytes on two threads', async () => {
    expect((await exported(given, params, stageContext({ threads: 2 }))).avatar).toEqual(avatar);
  });

  test('is refused with the space of another one', async () => {
    const other = { ...given, gaussians: { ...person, count: 2 } };
    await expect(exported(other, params, stageContext())).rejects.toThrow(
      'avatar-export.gaussians: expected the 3 Gaussians that the space was made of, got 2',
    );
  });
});
