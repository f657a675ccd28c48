import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { completeMotion, particleNeighbours } from '@soliloquy/gaussian-cloud';
import { createMotionLayout, openAlignedSpace, standardiseMotion, type AlignedSpace } from '@soliloquy/gaussian-codec';
import { openEars } from '@soliloquy/speech-features/hearing';
import { createRng } from '@soliloquy/tensor';
import { stageContext } from '@soliloquy/testing';
import { run } from '../src/alignment/backbones/perceiver.ts';
import { heardClips } from '../src/alignment/clips.ts';
import { judgeAlignment } from '../src/alignment/judge-alignment.ts';
import { retrieval } from '../src/alignment/retrieval.ts';
import { alignmentStage } from '../src/index.ts';
import { run as decode } from '../src/motion-decode/backbones/particles.ts';
import { clip, digestsOf, gaussians, PARTICLES, rig, voice } from './small-person.ts';

const deformation = [clip(), clip(40)];
const audio = deformation.map(({ frames }) => voice(frames));
const align = (given: Record<string, unknown> = {}, seed = 1, ctx = stageContext({ seed })) => {
  const all = { hearing: 'mel', steps: 4, width: 8, latents: 2, hidden: 12, patches: 2, ...given };
  return run(
    { deformation, audio, gaussians },
    { ...alignmentStage.params.parse(all), ...alignmentStage.backbones.perceiver.params.parse(all) },
    ctx,
  );
};
type Aligned = Awaited<ReturnType<typeof align>>;
let aligned: Aligned;
let space: AlignedSpace;
const steps: [number, number, string | undefined][] = [];
beforeAll(async () => {
  aligned = await align({}, 1, stageContext({ progress: (done, total, note) => steps.push([done, total, note]) }));
  space = await openAlignedSpace(aligned.model, 1);
});
afterAll(() => space.dispose());

describe('alignment', () => {
  test('keeps the curve of every term, step by step, in its card and metrics', () => {
    const { curves } = aligned.metrics;
    expect(Object.keys(curves ?? {}).sort()).toEqual(['perFrame', 'perPatch', 'reconstruction']);
    for (const curve of Object.values(curves ?? {})) expect(curve).toHaveLength(4);
    expect(aligned.model.card).toMatchObject({ steps: 4, curves });
    expect(steps).toEqual(curves?.reconstruction.map((value, i) => [i + 1, 4, `reconstruction ${value.toFixed(4)}`]));
  });

  test('gives the same bytes for the same seed, others for another', async () => {
    const again = (await align()).model;
    expect(digestsOf(again.files)).toEqual(digestsOf(aligned.model.files));
    expect(again.card).toEqual(aligned.model.card);
    expect(digestsOf((await align({}, 2)).model.files)['encoder.onnx']).not.toBe(
      digestsOf(aligned.model.files)['encoder.onnx'],
    );
  }, 120_000);

  test('learns motion: a space trained longer gives more of it back', async () => {
    const { metrics } = await align({ steps: 80, learningRate: 0.01 });
    expect(metrics.values.unexplained).toBeLessThan(0.7 * aligned.metrics.values.unexplained);
    const curve = metrics.curves?.reconstruction as number[];
    expect(curve[79]).toBeLessThan(0.7 * curve[0]);
  }, 120_000);

  test('says in its card what voices are heard by, and hears by phones unless told otherwise', async () => {
    expect(aligned.model.card).toMatchObject({ hearing: 'mel', features: 60 });
    expect(alignmentStage.params.parse({}).hearing).toBe('phones');
    const { card } = (await align({ hearing: 'phones' })).model;
    expect(card.hearing).toBe('phones');
    expect(card.phoneEncoder).toMatch(/^[0-9a-f]{64}$/);
    expect(card.features).not.toBe(60);
  });

  test('of a graph from before there was a choice goes on hearing by mel', () => {
    const migrated = alignmentStage.migrations?.map(({ from, migrate }) => [
      from,
      migrate({ backbone: 'perceiver', params: { steps: 5 } }),
    ]);
    expect(migrated).toEqual([[1, { backbone: 'perceiver', params: { steps: 5, hearing: 'mel' } }]]);
  });

  test('stops where it is cancelled', async () => {
    const stop = new AbortController();
    const ctx = stageContext({
      signal: stop.signal,
      progress: (done) => done === 2 && stop.abort(new Error('enough')),
    });
    await expect(align({ steps: 1000 }, 1, ctx)).rejects.toThrow('enough');
  }, 120_000);
});

describe('the judgement of a space', async () => {
  const clips = await heardClips(deformation, audio, await openEars({ hearing: 'mel' }));
  const layout = createMotionLayout(
    rig.positions,
    rig.regions,
    deformation.map(({ translations }) => translations),
  );

  test('is what the decoder does not give back, and how motion and voice are found by each other', async () => {
    let error = 0;
    let energy = 0;
    const ranks: number[] = [];
    for (const {
      deformation: { translations },
      features,
    } of clips) {
      const latent = await space.encode(translations);
      const wanted = standardiseMotion(layout, translations);
      const got = standardiseMotion(layout, await space.decode(latent));
      wanted.forEach((value, i) => {
        error += (got[i] - value) ** 2;
        energy += value ** 2;
      });
      ranks.push(retrieval(await space.embedAudio(features), await space.embedMotion(latent), 64));
    }
    const judged = await judgeAlignment(space, layout, clips);
    expect(judged.unexplained).toBeCloseTo(error / energy, 9);
    expect(judged.retrieval).toBeCloseTo((ranks[0] + ranks[1]) / 2, 9);
    expect(aligned.metrics.values).toEqual(judged);
    expect(aligned.metrics.about?.unexplained.better).toBe('lower');
    expect(aligned.metrics.about?.retrieval.better).toBe('higher');
  });

  test('is perfect for a space that gives everything back and hears what it sees', async () => {
    const rows = createRng('rows').normal([100, 64]).data;
    const perfect: AlignedSpace = {
      rig,
      encode: async (translations) => translations,
      decode: async (latent) => latent,
      embedAudio: async () => rows,
      embedMotion: async () => rows,
      dispose: async () => {},
    };
    expect(await judgeAlignment(perfect, layout, clips)).toEqual({ unexplained: 0, retrieval: 1 });
  });
});

describe('decoding of motion', () => {
  const frames = 103;
  const motion = {
    frames,
    fps: 30,
    particles: PARTICLES,
    latent: createRng('latent').normal([frames, 192]).data,
    positions: new Float32Array(frames * PARTICLES * 3),
  };

  test('moves the particles as the decoder says, and turns and stretches them with their neighbours', async () => {
    const notes: number[][] = [];
    const ctx = stageContext({ progress: (done, total) => notes.push([done, total]) });
    const { deformation: made } = await decode({ motion, model: aligned.model, gaussians }, {}, ctx);
    expect(made).toMatchObject({ kind: 'particles', frames, fps: 30, count: 4, particles: PARTICLES });
    const translations = await space.decode(motion.latent);
    expect(made.kind === 'particles' && made.translations).toEqual(translations);
    const springs = particleNeighbours(rig);
    for (const frame of [0, 1, frames - 1]) {
      const [rotations, stretches] = [new Float32Array(PARTICLES * 4), new Float32Array(PARTICLES * 3)];
      const cut = (data: Float32Array, width: number): Float32Array =>
        data.slice(frame * PARTICLES * width, (frame + 1) * PARTICLES * width);
      completeMotion(rig.positions, springs, cut(translations, 3), rotations, stretches);
      expect(cut(made.rotations, 4)).toEqual(rotations);
      expect(cut(made.logScaleOffsets, 3)).toEqual(stretches);
    }
    expect(notes).toEqual([
      [0, frames],
      [100, frames],
    ]);
  });

  test('refuses Gaussians that the model was not made of', async () => {
    const others = { ...gaussians, count: 5 };
    await expect(decode({ motion, model: aligned.model, gaussians: others }, {}, stageContext())).rejects.toMatchObject(
      {
        code: 'stage.count-mismatch',
        message:
          'motion-decode.gaussians: expected the 4 Gaussians that the model was made of, got 5; ' +
          'connect the same gaussians',
      },
    );
  });
});
