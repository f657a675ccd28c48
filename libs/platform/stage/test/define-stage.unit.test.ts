import { describe, expect, expectTypeOf, test } from 'vitest';
import { z } from 'zod';
import { numberPort, scaleStage, stages } from '@soliloquy/testing';
import { defineStage, loadBackbone, StageError, type AnyStage, type OutputValues, type RunOf } from '../src/index.ts';

const parts = {
  id: 'part',
  version: 1,
  title: 'Part',
  summary: '',
  inputs: { value: { type: numberPort, summary: '' }, extra: { type: numberPort, summary: '', optional: true } },
  params: z.object({ steps: z.int().default(1) }),
  outputs: { result: { type: numberPort, summary: '' }, rest: { type: numberPort, summary: '', optional: true } },
  defaultBackbone: 'only',
} as const;
const only = { version: 1, title: '', summary: '', params: z.object({}), load: () => Promise.resolve({}) };

describe('a declaration that contradicts itself is refused when it is made', () => {
  test.each([
    [
      'params that repeat a name of the stage',
      { params: z.object({ steps: z.int() }) },
      'part.backbones.only: expected params that the stage has not, got steps; rename them',
    ],
    [
      'a required input that there is not',
      { requires: ['value', ['extra', 'more']] },
      'part.backbones.only.requires: expected inputs of the stage, got more; correct the names',
    ],
    [
      'an omitted output that is not optional',
      { omits: ['rest', 'result'] },
      'part.backbones.only.omits: expected optional outputs of the stage, got result',
    ],
  ])('%s', (_name, change, message) => {
    expect(() => defineStage({ ...parts, backbones: { only: { ...only, ...change } } })).toThrow(message);
    expect(() => defineStage({ ...parts, backbones: { only } })).not.toThrow();
  });
});

test('the types of run are those of ports and params', () => {
  type Run = RunOf<typeof scaleStage, 'jitter'>;
  expectTypeOf<Parameters<Run>[0]>().toEqualTypeOf<{
    readonly value: number;
    readonly bias: number | undefined;
    readonly label: string | undefined;
  }>();
  expectTypeOf<Parameters<Run>[1]['factor']>().toEqualTypeOf<number>();
  expectTypeOf<Parameters<Run>[1]['amount']>().toEqualTypeOf<number>();
  expectTypeOf<Parameters<RunOf<typeof scaleStage, 'product'>>[1]['factor']>().toEqualTypeOf<number>();
  const forgotten: readonly AnyStage[] = stages;
  expect(forgotten).toHaveLength(4);
});

test('an optional output may be left out of what run returns, a required one may not', () => {
  type Made = OutputValues<typeof parts.outputs>;
  expectTypeOf<{ result: number }>().toExtend<Made>();
  expectTypeOf<{ result: number; rest: number | undefined }>().toExtend<Made>();
  expectTypeOf<{ rest: number }>().not.toExtend<Made>();
  expectTypeOf<{ result: number; rest: string }>().not.toExtend<Made>();
});

test('a backbone is loaded when asked for, and must export run', async () => {
  const product = scaleStage.backbones.product;
  const { run } = await loadBackbone('scale.backbones.product', product);
  expect(typeof run).toBe('function');
  await expect(
    loadBackbone('part.backbones.only', { ...only, load: () => Promise.resolve({ start: 1 }) }),
  ).rejects.toThrow('part.backbones.only.load: expected a module that exports run, got start; export it');
});

test('an error of a stage has a code and keeps its cause', () => {
  const cause = new Error('deep');
  expect(
    new StageError({ code: 'stage.no-face', where: 'photo.image', expected: 'a face', got: 'none' }, { cause }),
  ).toMatchObject({ name: 'StageError', code: 'stage.no-face', cause });
});
