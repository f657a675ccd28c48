import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { regionIndex } from '@soliloquy/gaussian-cloud';
import type { Audio, Gaussians, Image, Landmarks, ParticleDeformation, RegionName, Video } from '@soliloquy/ports';
import { speechEnvelope } from '@soliloquy/speech-features';
import { stageContext } from '@soliloquy/testing';
import { sharpness } from '../src/evaluation/measures/sharpness.ts';
import { measure, tone } from './evaluate.ts';

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
const heard = tone(5, 4);
const voices = [11, 12, 13].map((seed) => tone(seed, 4));
const clips = voices.map((audio) => speaking(audio));
const everything = (deformation: ParticleDeformation) => ({
  video,
  image,
  landmarks,
  gaussians,
  audio: heard,
  deformation,
  truth: speaking(heard),
  clips,
  voices,
});

/** Which of the quickstart's expectations on the evaluation hold. */
async function verdict(deformation: ParticleDeformation): Promise<string[]> {
  const { values } = await measure(everything(deformation), { every: 1 });
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

describe('what is connected decides what is measured', () => {
  const whole = everything(speaking(heard));

  test('of everything, all figures, in the order of the measures', async () => {
    const darker = async function* (from = 0, to = 2): AsyncGenerator<Uint8ClampedArray> {
      for (let i = from; i < to; i++) yield image.data.map((value) => value - (value % 2));
    };
    const reference: Video = { ...video, read: darker };
    expect(Object.keys((await measure({ ...whole, reference }, {})).values)).toEqual([
      'sharpness',
      'specks:film',
      'psnr',
      'ssim',
      'acc-err:particles',
      'acc-err:particles/still',
      'acc-err:particles/mean-clip',
      'variance:body',
      'variance:face',
      'variance:hand',
      'sync:envelope',
      'sync:envelope/other',
      'sync:envelope-lag',
    ]);
  });

  test.each([
    ['any film and its picture', ['video', 'image', 'landmarks'], ['sharpness', 'specks:film']],
    ['a motion and its voice', ['video', 'gaussians', 'deformation', 'audio'], ['sync:envelope', 'sync:envelope-lag']],
    [
      'a motion and the true one',
      ['video', 'gaussians', 'deformation', 'truth'],
      ['acc-err:particles', 'acc-err:particles/still'],
    ],
    [
      'a motion and clips',
      ['video', 'gaussians', 'deformation', 'clips'],
      ['variance:body', 'variance:face', 'variance:hand'],
    ],
  ])('%s', async (_what, ports, figures) => {
    const inputs = Object.fromEntries(Object.entries(whole).filter(([port]) => ports.includes(port)));
    expect(Object.keys((await measure(inputs, {})).values)).toEqual(figures);
  });

  test('a film alone is refused with what each measure needs', async () => {
    await expect(measure({ video }, {})).rejects.toThrow(
      'evaluation: expected the inputs of at least one measure, got video; connect video, image, landmarks (sharpness)',
    );
  });

  test('what is given as nothing is not given', async () => {
    await expect(measure({ video, image: undefined, clips: undefined }, {})).rejects.toMatchObject({
      code: 'stage.nothing-to-measure',
      got: 'video',
    });
  });
});

describe('variance', () => {
  const figures = async (deformation: ParticleDeformation, learned: ParticleDeformation[]): Promise<string[]> =>
    Object.keys((await measure({ video, gaussians, deformation, clips: learned }, {})).values);
  /** Their hands are torso. */
  const handless = (of: ParticleDeformation): ParticleDeformation => ({
    ...of,
    regions: of.regions.map((region) => (region === regionIndex('leftHand') ? regionIndex('torso') : region)),
  });

  test('of a part that a person has not, or that never moved in the clips, is left out', async () => {
    expect(await figures(speaking(heard), clips)).toEqual(['variance:body', 'variance:face', 'variance:hand']);
    expect(await figures(handless(speaking(heard)), clips.map(handless))).toEqual(['variance:body', 'variance:face']);
    expect(await figures(handless(speaking(heard)), clips)).toEqual(['variance:body', 'variance:face']);
    const swaying = clips.map((clip) => {
      const translations = clip.translations.map((value, i) =>
        NAMES[Math.floor(i / 3) % P] === 'leftHand' ? 0 : value,
      );
      return { ...clip, translations };
    });
    expect(await figures(speaking(heard), swaying)).toEqual(['variance:body', 'variance:face']);
  });
});

describe('a motion that cannot be followed', () => {
  test.each(['deformation', 'truth'])('is refused by the name of its input: %s', async (port) => {
    const dense = { ...speaking(heard), kind: 'dense' };
    await expect(measure({ ...everything(speaking(heard)), [port]: dense }, {})).rejects.toThrow(
      `evaluation.${port}: expected a deformation by particles, got a dense one; fit with control-nodes`,
    );
  });

  test.each([
    ['to a voice', ['audio']],
    ['to clips', ['clips']],
    ['to the true motion', ['truth']],
  ])('is refused where it is held %s alone', async (_what, others) => {
    const whole = everything({ ...speaking(heard), kind: 'dense' } as never);
    const taken = ['video', 'gaussians', 'deformation', ...others];
    const inputs = Object.fromEntries(Object.entries(whole).filter(([port]) => taken.includes(port)));
    await expect(measure(inputs, {})).rejects.toMatchObject({
      code: 'stage.deformation-kind',
      where: 'evaluation.deformation',
    });
  });

  test.each([
    ['acceleration', ['truth']],
    ['variance', []],
  ])('is refused by its place among the clips: %s', async (_what, others) => {
    const whole = everything(speaking(heard));
    const taken = ['video', 'gaussians', 'deformation', ...others];
    const inputs = Object.fromEntries(Object.entries(whole).filter(([port]) => taken.includes(port)));
    const clips = [...whole.clips.slice(0, 2), { ...whole.clips[2], kind: 'dense' }];
    await expect(measure({ ...inputs, clips }, {})).rejects.toMatchObject({
      code: 'stage.deformation-kind',
      where: 'evaluation.clips[2]',
    });
  });

  test('is refused where the true clip has other particles', async () => {
    const truth = speaking(heard);
    truth.regions[6] = regionIndex('torso');
    await expect(measure({ ...everything(speaking(heard)), truth }, {})).rejects.toMatchObject({
      code: 'stage.particle-mismatch',
      message: expect.stringContaining(
        'evaluation.truth: expected the 6 particles of mouth and jaw that the film has, got 5',
      ) as string,
    });
  });

  test('is refused where films differ in size', async () => {
    await expect(measure({ video, reference: { ...video, width: 32 } }, {})).rejects.toThrow(
      'evaluation.reference: expected 64x96 as the film, got 32x96; give both the same area',
    );
  });
});

describe('sharpness', () => {
  const blank = new Uint8ClampedArray(image.data.length).fill(128);
  const films = (pictures: readonly Uint8ClampedArray[]): Video => ({
    ...video,
    frames: pictures.length,
    async *read() {
      yield* pictures;
    },
  });

  test('is 1 of the picture itself, and is looked at every so many frames from the first', async () => {
    const sharp = async (pictures: Uint8ClampedArray[], every: number): Promise<number> =>
      (await measure({ video: films(pictures), image, landmarks }, { every })).values.sharpness;
    const same = image.data;
    expect(await sharp([same], 1)).toBeCloseTo(1, 12);
    expect(await sharp([blank, same, same], 1)).toBeCloseTo(1, 12);
    expect(await sharp([blank, same, blank, same], 2)).toBe(0);
    expect(await sharp([same, blank, same, blank, same], 2)).toBeCloseTo(1, 12);
  });

  test('stops where it is cancelled', async () => {
    const ctx = stageContext({ signal: AbortSignal.abort(new Error('enough')) });
    const { measure: look } = sharpness.parts[0];
    const share = (<T>(_key: string, compute: () => T): T => compute()) as Parameters<typeof look>[3];
    const inputs = { video: films([image.data]), image, landmarks };
    await expect(async () => look(inputs as never, { every: 1 } as never, ctx, share)).rejects.toThrow('enough');
  });
});

describe('specks:film', () => {
  /** Grey, with so many single white pixels, three apart. */
  const speckled = (count: number, alpha = 255): Uint8ClampedArray => {
    const data = Uint8ClampedArray.from({ length: 64 * 96 * 4 }, (_, i) => (i % 4 === 3 ? alpha : 100));
    for (let k = 0; k < count; k++) {
      const at = ((6 + 3 * Math.floor(k / 18)) * 64 + 6 + 3 * (k % 18)) * 4;
      data.fill(255, at, at + 3);
    }
    return data;
  };
  const specksOf = async (film: Video, picture: Uint8ClampedArray): Promise<number | undefined> =>
    (await measure({ video: film, image: { ...image, data: picture } }, { every: 1 })).values['specks:film'];
  const films = (...pictures: Uint8ClampedArray[]): Video => ({
    ...video,
    frames: pictures.length,
    async *read() {
      yield* pictures;
    },
  });

  test('is how many more specks the film has than the picture, mean over frames', async () => {
    expect(await specksOf(films(speckled(30), speckled(60)), speckled(15))).toBeCloseTo(3, 12);
    expect(await specksOf(films(speckled(0)), speckled(15))).toBe(0);
  });

  test('counts none outside the person, by the matte of the film or else of the picture', async () => {
    const half = speckled(36).map((value, i) => (i % 4 === 3 && Math.floor(i / 256) < 8 ? 0 : value));
    expect(await specksOf(films(speckled(36)), half)).toBeCloseTo(1, 12);
    const matte = {
      async *read() {
        yield new Uint8ClampedArray(64 * 96).map((_, i) => (i < 8 * 64 ? 255 : 0));
      },
    };
    // Of the 36 the upper 18 lie in the film's matte, on 6 rows and 60 columns that count.
    const inFilm = 18 / (6 * 60);
    const inPicture = 36 / (92 * 60);
    expect(await specksOf({ ...films(speckled(36)), matte }, speckled(36))).toBeCloseTo(inFilm / inPicture, 9);
  });

  test('of a picture without any it is how many pixels the film has; of an empty one there is none', async () => {
    expect(await specksOf(films(speckled(2)), speckled(0))).toBeCloseTo((2 / (92 * 60)) * 64 * 96, 9);
    const nobody = image.data.map((value, i) => (i % 4 === 3 ? 0 : value));
    const empty = { image: { ...image, data: nobody }, video: films(image.data), landmarks };
    expect((await measure(empty, {})).values).not.toHaveProperty('specks:film');
  });
});

test('a figure says at what size and rate it holds', async () => {
  const { about } = await measure(everything(speaking(heard)), {});
  expect(about?.['acc-err:particles']).toEqual({
    unit: 'px/frame²',
    better: 'lower',
    text: 'acceleration error of the particles, mouth and jaw relative to the head, film 64x96, 25 fps',
  });
  expect(about?.['sync:envelope/other']?.better).toBe('lower');
  expect(about?.['variance:hand']).toEqual({ text: "variance of the hand's motion over that of the clips" });
});
