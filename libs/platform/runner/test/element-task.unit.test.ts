import { availableParallelism } from 'node:os';
import { expect, test } from 'vitest';
import { image, video } from '@soliloquy/ports';
import { ingredientsOf } from '../src/plan/element-task.ts';
import type { PreparedGraph, PreparedNode } from '../src/plan/prepare.ts';
import { staleReasons } from '../src/plan/staleness.ts';

const ingredients = (type: unknown, backbone: object = {}) =>
  ingredientsOf(
    { seed: 1 } as PreparedGraph,
    {
      stage: { id: 'a', version: 1, inputs: {}, outputs: { out: { type, summary: '' } } },
      backbone: { version: 1, ...backbone },
      backboneName: 'b',
      params: {},
      device: 'cpu',
    } as unknown as PreparedNode,
    { node: 'a', index: [] },
    { inputs: {} },
  ).ingredients;

test('what gives a film is keyed by the number of cores, which its encoder cuts pictures by; nothing else is', () => {
  expect(ingredients(video).cores).toBe(availableParallelism());
  expect('cores' in ingredients(image)).toBe(false);
  expect(ingredients(image, { coresMatter: true }).cores).toBe(availableParallelism());
  expect(staleReasons({ ...ingredients(video), cores: 64 }, ingredients(video), new Map())).toEqual([
    `cores 64 -> ${availableParallelism()}`,
  ]);
});
