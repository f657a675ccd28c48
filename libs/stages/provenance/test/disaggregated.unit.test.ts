import { describe, expect, test } from 'vitest';
import type { Attributes, Metrics } from '@soliloquy/ports';
import { seededRandom } from '@soliloquy/random';
import { stageContext } from '@soliloquy/testing';
import { run } from '../src/disaggregated/backbones/groups.ts';
import { disaggregatedEvaluationStage } from '../src/index.ts';

const random = seededRandom(25);
const TONES = ['light', 'medium', 'dark'] as const;
/** Sixty people: `psnr` is 2 dB less for dark skin, `ssim` knows nobody, `sync` has no figure for every third. */
const attributes = Array.from({ length: 60 }, (_, i): Attributes => ({
  values: { skinTone: TONES[i % 3], gender: (i >> 1) % 2 ? 'woman' : 'man', age: 'young', note: '<b>' },
  prompt: '',
}));
const metrics = attributes.map(({ values }, i): Metrics => ({
  values: {
    psnr: 30 + random() - (values.skinTone === 'dark' ? 2 : 0),
    ssim: 0.9 + 0.05 * random(),
    ...(i % 3 !== 1 && { sync: random() }),
  },
  about: { psnr: { unit: 'dB', better: 'higher' } },
}));
const given = (params: object = {}, inputs: object = {}) =>
  run({ metrics, attributes, ...inputs }, disaggregatedEvaluationStage.params.parse(params), stageContext({ seed: 3 }));

describe('figures by group', () => {
  test('find whom a figure is worse for, and nothing where there is nothing', async () => {
    const { metrics: found, report } = await given();
    const { values, about } = found;
    expect(values.people).toBe(60);
    expect(values['psnr/skinTone/gap']).toBeGreaterThan(1.7);
    expect(values['psnr/skinTone/gap']).toBeLessThan(2.4);
    expect(values['psnr/skinTone/q']).toBeLessThan(0.001);
    expect(about?.['psnr/skinTone/gap']).toMatchObject({ unit: 'dB', text: expect.stringContaining('dark least') });
    for (const name of ['psnr/gender/q', 'ssim/skinTone/q', 'ssim/gender/q', 'sync/skinTone/q'])
      expect(values[name], name).toBeGreaterThan(0.05);
    expect(values['psnr/skinTone/q']).toBeGreaterThan(values['psnr/skinTone/p']);
    // One group is no comparison.
    expect(Object.keys(values).some((name) => name.includes('/age/'))).toBe(false);
    expect(report.html).toContain('psnr by skinTone');
    expect(report.html).toMatch(/<td>dark<\/td><td class="figure">20<\/td>/);
    expect(report.html).not.toContain('<script');
  });

  test('are the same for the same seed, whichever other figures there are', async () => {
    const { metrics: all } = await given();
    expect((await given()).metrics).toEqual(all);
    const { metrics: one } = await given({ figures: ['psnr'], by: ['skinTone'] });
    expect(one.values['psnr/skinTone/p']).toBe(all.values['psnr/skinTone/p']);
    expect(one.values['psnr/skinTone/q']).toBe(one.values['psnr/skinTone/p']);
    expect(Object.keys(one.values)).toEqual(['people', 'psnr/skinTone/gap', 'psnr/skinTone/p', 'psnr/skinTone/q']);
  });

  test('refuse people of another number, and a figure that nobody has', async () => {
    expect(() => given({}, { attributes: attributes.slice(1) })).toThrow(
      'the attributes of each of 60 people, got those of 59',
    );
    expect(() => given({ figures: ['fid'] })).toThrow('expected figures that were given: psnr, ssim, sync, got "fid"');
  });
});
