import { numpy as np } from '@jax-js/jax';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { exportOnnx } from '@soliloquy/tensor';
import { encodeSafetensors } from '@soliloquy/tensor/safetensors';
import { contentsOf, exampleCard, metrics, model, type Model } from '../src/index.ts';

const declared = {
  card: z.looseObject({ frames: z.int().min(1), nested: z.object({ rate: z.number() }) }),
  files: {
    'net.onnx': { inputs: ['x', 'tau'], outputs: ['y'] },
    'scales.safetensors': { mean: { dtype: 'F32', rank: 1 }, region: { dtype: 'U8', rank: 2 } },
  },
} as const;
const tests = model('contents-test', declared);
const column = { shape: [2, 1], data: new Float32Array(2) };
const net = (rename: { x?: string; y?: string } = {}): Uint8Array =>
  exportOnnx(
    (p, inputs) => ({ [rename.y ?? 'y']: np.matmul(inputs[rename.x ?? 'x'], p.weight).add(inputs.tau) }),
    { weight: { shape: [1, 1], data: Float32Array.of(2) } },
    { [rename.x ?? 'x']: column, tau: { shape: [], data: new Float32Array(1) } },
  );
const scales = (given: Parameters<typeof encodeSafetensors>[0] = {}): Uint8Array =>
  encodeSafetensors({
    mean: { shape: [3], data: new Float32Array(3) },
    region: { shape: [1, 2], data: Uint8Array.of(1, 2) },
    ...given,
  });
const whole: Model = {
  kind: 'contents-test',
  files: { 'net.onnx': net(), 'scales.safetensors': scales() },
  card: { frames: 8, nested: { rate: 0.5 }, losses: [2, 1] },
};
/** The model as a foreign hand stored it: no port has looked at it. */
const stored = async (given: Model) => model('any-model').encode({ ...given, kind: 'contents-test' });
const refusal = async (given: Model): Promise<string> =>
  tests.decode(await stored(given)).then(
    () => 'taken',
    (error: Error) => error.message,
  );

describe('a model of a kind that says what it holds', () => {
  it('is taken whole, with what it holds besides, and gives the same bytes again', async () => {
    const more = { ...whole, files: { ...whole.files, 'extra.onnx': Uint8Array.of(1) } };
    const back = await tests.decode(await stored(more));
    expect(back).toEqual(more);
    expect(back.card.frames).toBe(8);
    expect(await tests.encode(back)).toEqual(await stored(more));
    expect(tests.schema.safeParse(more).success).toBe(true);
  });

  it.each<[string, Model, string]>([
    [
      'a network',
      { ...whole, files: { 'scales.safetensors': scales() } },
      'model<contents-test>.files: expected net.onnx, got scales.safetensors; ' +
        'give a model that holds what model<contents-test> declares',
    ],
    ['every file', { ...whole, files: {} }, 'model<contents-test>.files: expected net.onnx, got none; '],
    [
      'an input',
      { ...whole, files: { ...whole.files, 'net.onnx': net({ x: 'noisy' }) } },
      'model<contents-test>.files.net.onnx: expected x among its inputs, got noisy, tau; ',
    ],
    [
      'an output',
      { ...whole, files: { ...whole.files, 'net.onnx': net({ y: 'clean' }) } },
      'model<contents-test>.files.net.onnx: expected y among its outputs, got clean; ',
    ],
    [
      'a network that is one',
      { ...whole, files: { ...whole.files, 'net.onnx': new TextEncoder().encode('not found') } },
      'model<contents-test>.files.net.onnx: expected an ONNX network, got other bytes; ',
    ],
    [
      'a file of tensors that is one',
      { ...whole, files: { ...whole.files, 'scales.safetensors': Uint8Array.of(9) } },
      'model<contents-test>.files.scales.safetensors: expected a safetensors file, got other bytes; ',
    ],
    [
      'a tensor',
      {
        ...whole,
        files: {
          ...whole.files,
          'scales.safetensors': encodeSafetensors({ region: { shape: [1, 2], data: Uint8Array.of(1, 2) } }),
        },
      },
      'model<contents-test>.files.scales.safetensors: expected tensor mean, got region; ',
    ],
    [
      'a dtype',
      {
        ...whole,
        files: { ...whole.files, 'scales.safetensors': scales({ mean: { shape: [3], data: new Int32Array(3) } }) },
      },
      'model<contents-test>.files.scales.safetensors: expected mean as F32 of rank 1, got I32 [3]; ',
    ],
    [
      'an axis',
      {
        ...whole,
        files: { ...whole.files, 'scales.safetensors': scales({ region: { shape: [2], data: new Uint8Array(2) } }) },
      },
      'model<contents-test>.files.scales.safetensors: expected region as U8 of rank 2, got U8 [2]; ',
    ],
    [
      'a field of the card',
      { ...whole, card: { nested: { rate: 1 } } },
      'model<contents-test>.card.frames: expected number, got undefined; ',
    ],
    [
      'a field inside a field',
      { ...whole, card: { frames: 8, nested: { rate: 'fast' } } },
      'model<contents-test>.card.nested.rate: expected number, got string; ',
    ],
  ])('is refused by name where it lacks %s', async (_what, given, message) => {
    expect(await refusal(given)).toContain(message);
  });

  it('is declared once, and not asked for by its kind alone', () => {
    const contents = { card: z.looseObject({}), files: {} };
    expect(() => model('contents-test', contents)).toThrow('model.contents-test: expected one declaration');
    expect(() => model('contents-test')).toThrow('import the port type of the first');
    expect(model('open-kind')).toBe(model('open-kind'));
    expect(() => model('open-kind', contents)).toThrow('expected one declaration');
    expect(() => model('Open Kind')).toThrow('expected kebab-case, got Open Kind');
  });

  it('shows what it declares', () => {
    expect(contentsOf(tests)).toBe(declared);
    expect(contentsOf(model('open-kind'))).toBeUndefined();
    expect(contentsOf(metrics)).toBeUndefined();
  });
});

describe('an example of a card', () => {
  const exampleOf = (fields: z.ZodRawShape): unknown =>
    exampleCard({ card: z.looseObject(fields), files: {} }, 'model<any>');

  it('has the fields that are demanded, with values that they take', () => {
    expect(
      exampleOf({
        steps: z.int().min(2),
        share: z.number().max(0.5),
        rate: z.number().meta({ examples: [25] }),
        width: z.literal(192),
        by: z.enum(['hand', 'network']),
        name: z.string(),
        isMirrored: z.boolean(),
        parts: z.array(z.object({ at: z.int() })).min(2),
        note: z.string().optional(),
      }),
    ).toEqual({
      steps: 2,
      share: 0.5,
      rate: 25,
      width: 192,
      by: 'hand',
      name: 'example',
      isMirrored: true,
      parts: [{ at: 1 }, { at: 1 }],
    });
  });

  it('is asked for where the type shows none', () => {
    const date = z.string().regex(/^\d{4}$/);
    expect(() => exampleOf({ made: z.object({ year: date }) })).toThrow(
      /^model<any>\.card\.made\.year: expected an example of the field, .*; add \.meta\(\{ examples: \[a value\] \}\)/,
    );
    expect(() => exampleOf({ odd: z.custom((value) => value === 3) })).toThrow(
      'model<any>.card.odd: expected an example',
    );
    expect(exampleOf({ year: date.meta({ examples: ['2026'] }) })).toEqual({ year: '2026' });
  });
});
