import { describe, expect, test } from 'vitest';
import { regionIndex } from '@soliloquy/gaussian-cloud';
import { compile, createRng, readOnnxMetadata, sourceCommit } from '@soliloquy/tensor';
import {
  AUDIO_CONTEXT,
  audioWindows,
  contrastive,
  createMotionLayout,
  initAlignedSpace,
  initMotionCodec,
  openAlignedSpace,
  packAlignedSpace,
} from '../src/index.ts';

/** InfoNCE both ways in f64, by its definition. */
function reference(a: number[][], b: number[][], temperature: number): number {
  const scores = a.map((x) => b.map((y) => x.reduce((sum, value, i) => sum + value * y[i], 0) / temperature));
  const n = a.length;
  let loss = 0;
  for (let i = 0; i < n; i++) {
    loss -= 0.5 * (scores[i][i] - Math.log(scores[i].reduce((sum, s) => sum + Math.exp(s), 0)));
    loss -= 0.5 * (scores[i][i] - Math.log(scores.reduce((sum, row) => sum + Math.exp(row[i]), 0)));
  }
  return loss / n;
}

const rows = (rng: ReturnType<typeof createRng>): number[][] =>
  Array.from({ length: 5 }, () => {
    const row = [...rng.normal([8]).data];
    const length = Math.hypot(...row);
    return row.map((value) => value / length);
  });

describe('the space that audio and motion share', () => {
  test('the contrastive loss is InfoNCE both ways', async () => {
    const a = rows(createRng(1));
    const b = rows(createRng(2));
    const tensor = (values: number[][]) => ({ shape: [5, 8], data: Float32Array.from(values.flat()) });
    const program = await compile((x, y) => contrastive(x, y, 0.1), [tensor(a), tensor(b)] as const, {});
    const loss = await program.run(tensor(a), tensor(b));
    expect((loss as { data: Float32Array }).data[0]).toBeCloseTo(reference(a, b, 0.1), 4);
  });

  test('windows hear the frames around and hold the ends', () => {
    const features = Float32Array.from({ length: 20 }, (_, i) => i);
    const windows = audioWindows(features, 20, 1);
    const width = 2 * AUDIO_CONTEXT + 1;
    expect([...windows.subarray(10 * width, 11 * width)]).toEqual(
      Array.from({ length: width }, (_, k) => 10 - AUDIO_CONTEXT + k),
    );
    expect(windows[0]).toBe(0);
    expect(windows[19 * width + width - 1]).toBe(19);
  });

  test('a packed model opens and takes any number of frames', async () => {
    const regions = Uint8Array.from(
      ['torso', 'torso', 'head', 'upperLip', 'lowerLip', 'leftHand'].map((name) => regionIndex(name as 'torso')),
    );
    const P = regions.length;
    const rng = createRng(3);
    const positions = rng.normal([P, 3]).data;
    const clip = rng.normal([31, P, 3]).data;
    const layout = createMotionLayout(positions, regions, [clip]);
    const size = { latents: 2, width: 16, heads: 4, hidden: 24 };
    const rig = {
      particles: P,
      positions,
      regions,
      neighbours: 1,
      indices: new Int32Array(4),
      weights: new Float32Array(4).fill(1),
    };
    const model = packAlignedSpace({
      rig,
      layout,
      codec: initMotionCodec(rng, layout, size),
      space: initAlignedSpace(rng, { features: 5, width: 16 }),
      heads: 4,
      features: 5,
      card: {},
    });
    const about = readOnnxMetadata(model.files['encoder.onnx']);
    expect(Object.keys(JSON.parse(about.ports))).toEqual(['tokens', 'latent']);
    expect(JSON.parse(about.normalisation).tokens.mean).toEqual([...layout.mean]);
    expect(JSON.parse(about.normalisation).tokens.deviation).toHaveLength(layout.mean.length);
    for (const name of ['encoder', 'decoder', 'audio', 'motion'])
      expect(readOnnxMetadata(model.files[`${name}.onnx`])).toMatchObject({
        kind: 'aligned-space',
        commit: sourceCommit(),
      });
    const space = await openAlignedSpace(model, 1);
    const latent = await space.encode(clip);
    expect(latent.length).toBe(31 * 192);
    expect((await space.decode(latent)).length).toBe(31 * P * 3);
    // The same frames in another chunk give the same latents.
    const tail = await space.encode(clip.slice(20 * P * 3));
    expect(Math.max(...tail.map((value, i) => Math.abs(value - latent[20 * 192 + i])))).toBeLessThan(1e-5);
    const voice = await space.embedAudio(rng.normal([31, 5]).data);
    expect(Math.hypot(...voice.subarray(0, 64))).toBeCloseTo(1, 4);
    await space.dispose();
  });
});
