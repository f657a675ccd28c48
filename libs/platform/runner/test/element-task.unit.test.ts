import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openDiskStore } from '@soliloquy/artifacts';
import { encoderCores } from '@soliloquy/media/encoder-cores';
import { image, video } from '@soliloquy/ports';
import { ingredientsOf, madeOnCores } from '../src/plan/element-task.ts';
import type { PreparedGraph, PreparedNode } from '../src/plan/prepare.ts';
import { staleReasons } from '../src/plan/staleness.ts';
import { taskKey } from '../src/plan/task-key.ts';
import { freshFolder, plan, run, type BenchRun } from './fixture/workbench.ts';

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

test('what gives a film is keyed by the cores that its encoder sees; nothing else is', () => {
  expect(ingredients(video).cores).toBe(encoderCores());
  expect('cores' in ingredients(image)).toBe(false);
  expect(ingredients(image, { coresMatter: true }).cores).toBe(encoderCores());
  expect(staleReasons({ ...ingredients(video), cores: 64 }, ingredients(video), new Map())).toEqual([
    `cores 64 -> ${encoderCores()}`,
  ]);
});

test('what another machine made is filed by the cores that its encoder saw, where they matter', async () => {
  const film = { ingredients: ingredients(video), key: taskKey(ingredients(video)) };
  const other = { ...film.ingredients, cores: 64 };
  expect(madeOnCores(film, 64)).toEqual({ ingredients: other, key: taskKey(other) });
  expect(madeOnCores(film, encoderCores())).toBe(film);
  expect(madeOnCores(film, undefined)).toBe(film);
  const picture = { ingredients: ingredients(image), key: taskKey(ingredients(image)) };
  expect(madeOnCores(picture, 64)).toBe(picture);
});

test('a film of a worker whose encoder saw other cores is nobody else’s', async () => {
  const folder = freshFolder();
  const films = { format: 1, name: 'films', nodes: { film: { stage: 'dice@1', backbone: 'film' } } };
  const elsewhere = await run(folder, films, { workersCores: 64 });
  expect([elsewhere.status, elsewhere.executed]).toEqual(['done', 1]);
  const [{ stale }] = await plan(folder, films);
  expect(stale).toEqual([{ element: 'film', reasons: [`cores 64 -> ${encoderCores()}`] }]);
  const here = await run(folder, films);
  const keyOf = ({ events }: BenchRun): string[] =>
    events.flatMap((event) => (event.type === 'task-finished' ? [event.key] : []));
  expect(here.executed).toBe(1);
  expect(keyOf(here)).not.toEqual(keyOf(elsewhere));
  const store = await openDiskStore(join(folder, 'store'));
  for (const [ran, cores] of [
    [elsewhere, 64],
    [here, encoderCores()],
  ] as const)
    expect((await store.getResult(keyOf(ran)[0]))?.about).toMatchObject({ ingredients: { cores } });
  expect(await run(folder, films)).toMatchObject({ executed: 0, cached: 1 });
});
