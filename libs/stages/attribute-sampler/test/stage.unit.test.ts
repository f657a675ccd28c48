import { describe, expect, it } from 'vitest';
import { stageContext } from '@soliloquy/testing';
import { run } from '../src/backbones/pairwise.ts';
import { attributeSamplerStage, DEFAULT_DICTIONARY, parseDictionary } from '../src/index.ts';

const bytes = (value: unknown): Uint8Array =>
  new TextEncoder().encode(typeof value === 'string' ? value : JSON.stringify(value));
const defaults = attributeSamplerStage.params.parse({});

describe('attribute-sampler', () => {
  it('gives as many subjects as asked, each with a value of every attribute and a sentence that says it', async () => {
    const result = await run({ dictionary: undefined }, { ...defaults, count: 16 }, stageContext({ seed: 3 }));
    expect(result.attributes).toHaveLength(16);
    for (const subject of result.attributes) {
      expect(Object.keys(subject.values)).toEqual(Object.keys(DEFAULT_DICTIONARY.attributes));
      for (const value of Object.values(subject.values)) expect(subject.prompt).toContain(value);
    }
    expect(result.metrics.values.subjects).toBe(16);
  });

  it('holds fixed attributes and still never breaks a rule', async () => {
    const result = await run(
      { dictionary: undefined },
      { ...defaults, count: 20, fixed: { gender: 'woman' } },
      stageContext({ seed: 3 }),
    );
    expect(result.attributes.every(({ values }) => values.gender === 'woman' && values.facialHair === 'none')).toBe(
      true,
    );
  });

  it("draws from a user's dictionary and lists its attributes in the sentence where it has no template", async () => {
    const dictionary = {
      name: 'mine.json',
      bytes: bytes({ attributes: { hatKind: ['fez', 'beret'], mood: ['glad'] } }),
    };
    const result = await run({ dictionary }, { ...defaults, count: 2 }, stageContext());
    expect(result.attributes.map(({ values }) => values.hatKind).sort()).toEqual(['beret', 'fez']);
    expect(result.attributes[0].prompt).toContain('hat kind ');
  });

  it.each([
    ['text that is not JSON', 'gender: woman', 'mine.json: expected JSON'],
    [
      'a rule with an unknown attribute',
      { attributes: { a: ['x'], b: ['y'] }, forbid: [{ a: 'x', c: 'y' }] },
      'mine.json.forbid.0: expected an attribute out of a, b, got "c"',
    ],
    [
      'a rule with an unknown value',
      { attributes: { a: ['x'], b: ['y'] }, forbid: [{ a: 'x', b: 'z' }] },
      'mine.json.forbid.0.b: expected a value out of y, got "z"',
    ],
    [
      'a rule about one attribute',
      { attributes: { a: ['x'] }, forbid: [{ a: 'x' }] },
      'expected two or more attributes',
    ],
    ['a value twice', { attributes: { a: ['x', 'x'] } }, '"x" twice'],
    ['an empty list of values', { attributes: { a: [] } }, 'mine.json.attributes.a'],
    ['a prompt with an unknown attribute', { attributes: { a: ['x'] }, prompt: 'a {b}' }, '{b}'],
    ['no attribute', { attributes: {} }, 'at least one attribute'],
  ])('refuses %s and says where', (_what, dictionary, message) => {
    expect(() => parseDictionary('mine.json', bytes(dictionary))).toThrow(message);
  });

  it('refuses rules that leave no subject, and fixed values that it does not know', async () => {
    const impossible = {
      name: 'mine.json',
      bytes: bytes({ attributes: { a: ['x'], b: ['y'] }, forbid: [{ a: 'x', b: 'y' }] }),
    };
    await expect(async () => run({ dictionary: impossible }, defaults, stageContext())).rejects.toThrow(
      'at least one subject',
    );
    await expect(async () =>
      run({ dictionary: undefined }, { ...defaults, fixed: { hat: 'fez' } }, stageContext()),
    ).rejects.toThrow('got "hat"');
    await expect(async () =>
      run({ dictionary: undefined }, { ...defaults, fixed: { age: 'ageless' } }, stageContext()),
    ).rejects.toThrow('got "ageless"');
  });

  it('stops when it is cancelled', async () => {
    const controller = new AbortController();
    controller.abort();
    await expect(async () =>
      run({ dictionary: undefined }, { ...defaults, count: 50 }, stageContext({ signal: controller.signal })),
    ).rejects.toThrow();
  });
});
