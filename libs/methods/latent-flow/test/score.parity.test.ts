import { beforeAll, describe, expect, it } from 'vitest';
import { cosineSchedule } from '@soliloquy/motion-transformer';
import { createRng } from '@soliloquy/tensor';
import { openLatentFlow, packLatentFlow, scoreLatents, type LatentFlow } from '../src/motion/index.ts';
import { LATENT, smallContents, smallSpeech, T } from './small-model.ts';

const scoring = { seed: 3, guidance: 1, overlap: 4 };

describe('the score of a motion', () => {
  let model: LatentFlow;
  beforeAll(async () => {
    model = await openLatentFlow(packLatentFlow(smallContents), 1);
  });

  it('is w (ε̂ − ε) of the noise that went in, step by step, pulled back through the scale', async () => {
    const speech = smallSpeech(T);
    const latent = createRng('a motion').normal([T, LATENT]).data;
    for (const tau of [0, 20, 45]) {
      const { alphaBar } = cosineSchedule(smallContents.noiseSteps);
      const [a, s] = [Math.sqrt(alphaBar[tau]), Math.sqrt(1 - alphaBar[tau])];
      const noise = createRng(3).normal([T, LATENT]).data;
      const x0 = model.standardise(latent);
      const x = x0.map((value, i) => a * value + s * noise[i]);
      const clean = await model.predict({ x, audio: model.condition(speech), tau, start: 0 });
      const score = await scoreLatents(model, { ...scoring, latent, speech, tau });
      expect(score.weight).toBeCloseTo(s * s, 10);
      let distance = 0;
      score.gradient.forEach((value, i) => {
        const estimated = (x[i] - a * clean[i]) / s;
        const wanted = (s * s * (estimated - noise[i])) / smallContents.motion.scale[i % LATENT];
        expect(value).toBeCloseTo(wanted, 3);
        distance += (x0[i] - clean[i]) ** 2 / latent.length;
      });
      expect(score.distance).toBeCloseTo(distance, 4);
      model.restore(clean).forEach((value, i) => expect(score.clean[i]).toBeCloseTo(value, 4));
    }
  });

  it('of a speech shorter or longer than a window has its length, the same for the same seed', async () => {
    for (const frames of [5, 30]) {
      const [latent, speech] = [createRng('m').normal([frames, LATENT]).data, smallSpeech(frames)];
      const score = await scoreLatents(model, { ...scoring, latent, speech, tau: 10 });
      expect(score.gradient).toHaveLength(latent.length);
      expect(await scoreLatents(model, { ...scoring, latent, speech, tau: 10 })).toEqual(score);
      const other = await scoreLatents(model, { ...scoring, seed: 4, latent, speech, tau: 10 });
      expect(other.gradient).not.toEqual(score.gradient);
    }
  });

  it('refuses a noise step that is none, and a motion that is none', async () => {
    const [latent, speech] = [new Float32Array(T * LATENT), smallSpeech(T)];
    for (const given of [
      { tau: 50 },
      { tau: 1.5 },
      { latent: latent.slice(1) },
      { latent: latent.with(3, Number.NaN) },
    ])
      await expect(scoreLatents(model, { ...scoring, latent, speech, tau: 1, ...given })).rejects.toMatchObject({
        code: 'latent-flow.argument',
      });
  });
});
