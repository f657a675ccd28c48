import { describe, expect, test } from 'vitest';
import { fitBasis } from '@soliloquy/latent-flow';
import { mouthOfHead } from '@soliloquy/latent-flow/motion';
import { learnedFlow } from '../src/training/learned-flow.ts';
import { layout, smallClip } from './small-corpus.ts';

const far = Float32Array.of(0.05, 4, 1.2, 0.3, 1.6, 5, 5, 2);
const clips = [smallClip('a'), smallClip('b'), smallClip('c', 40, { person: far }), smallClip('d', 44)].map(
  (clip, i) => ({
    ...clip,
    appearance: clip.appearance.map((value, at) => (at % 4 < 2 ? i + 1 : value)),
  }),
);
const rows = new Float32Array(clips.reduce((sum, { tokens }) => sum + tokens.length, 0));
clips.reduce((at, { tokens }) => {
  rows.set(tokens, at);
  return at + tokens.length;
}, 0);
const basis = fitBasis(layout, rows, { torso: 2, arms: 2, head: 2, mouth: 2 });
const mouth = mouthOfHead(layout, rows);
const LATENT = 12;

describe('what is learned of a film', () => {
  test('is its own motion alone where nothing of others is asked for', () => {
    const learned = learnedFlow(clips, { layout, basis, mouth }, { slowMotion: 0, arms: 'own' });
    expect(learned.map(({ latents }) => latents.length)).toEqual([1, 1, 1, 1]);
    expect(learned[3].latents[0]).toHaveLength(44 * LATENT);
  });

  test('is also that with arms and lids of those as long whose hands rest alike, and its own mouth', () => {
    const [{ latents, frames }, other, lonely, longer] = learnedFlow(
      clips,
      { layout, basis, mouth },
      { slowMotion: 0, arms: 'others' },
    );
    expect([latents.length, lonely.latents.length, longer.latents.length]).toEqual([2, 1, 1]);
    const [own, mixed] = latents;
    for (let f = 0; f < frames; f++) {
      const at = (rows: Float32Array, k: number) => rows[f * LATENT + k];
      for (const k of [0, 1, 4, 5, 6, 7, 10, 11]) expect(at(mixed, k)).toBeCloseTo(at(own, k), 4);
      expect([at(own, 8), at(mixed, 8), at(mixed, 9)]).toEqual([1, 2, 2]);
    }
    const arms = (rows: Float32Array) => rows.filter((_, i) => i % LATENT === 2);
    expect(arms(mixed)).not.toEqual(arms(own));
    expect(other.latents).toHaveLength(2);
  });
});
