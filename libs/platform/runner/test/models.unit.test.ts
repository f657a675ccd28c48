import { existsSync, mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { workMessage } from '../src/cluster/messages.ts';
import { freshFolder, plan, run } from './fixture/workbench.ts';

const registryModule = new URL('./fixture/model-stages.ts', import.meta.url).href;
const document = {
  format: 1,
  name: 'weigh',
  nodes: { weigh: { stage: 'weight@1' }, more: { stage: 'add@1' } },
  edges: ['weigh.value -> more.value'],
};

/** A folder of models with one in it, of which the workers know. */
function models(name: string, weight: number): string {
  const folder = freshFolder();
  put(folder, name, weight);
  process.env.FIXTURE_MODELS = folder;
  return folder;
}

function put(folder: string, name: string, weight: number): void {
  mkdirSync(join(folder, name), { recursive: true });
  writeFileSync(join(folder, name, 'weight.txt'), String(weight));
}

test('a task has the digest of its model in its key: another content runs anew, another place does not', async () => {
  const folder = freshFolder();
  const place = models('small', 3);
  const first = await run(folder, document, { registryModule });
  expect([first.status, first.executed]).toEqual(['done', 2]);
  const moved = models('other', 0);
  renameSync(join(place, 'small'), join(moved, 'small'));
  expect((await run(folder, document, { registryModule })).executed).toBe(0);
  put(moved, 'small', 4);
  const [weigh] = await plan(folder, document, { registryModule });
  expect(weigh!.stale).toEqual([{ element: 'weigh', reasons: ['model of params.model changed'] }]);
  expect((await run(folder, document, { registryModule })).executed).toBe(2);
});

test('a model that is not here is a plan without results, and a run that does not begin', async () => {
  const folder = freshFolder();
  models('other', 3);
  const [weigh] = await plan(folder, document, { registryModule });
  expect(weigh!.stale[0]!.reasons).toEqual(['never ran']);
  await expect(run(folder, document, { registryModule })).rejects.toMatchObject({
    code: 'model.missing',
    phase: 'before-run',
    message: 'weigh.model "small": expected a model of the tests, got none; make it',
  });
  expect(existsSync(join(folder, 'out'))).toBe(false);
});

test('a task gets the models that its needs name, as they were when the run was planned, and no others', async () => {
  const folder = freshFolder();
  models('small', 3);
  const other = await run(folder, document, { registryModule, set: { 'weigh.other': 'large' } });
  expect(other.failures[0]).toMatchObject({ code: 'model.undeclared' });
  const tampered = await run(folder, document, { registryModule, set: { 'weigh.tampered': 'true' } });
  expect(tampered.failures[0]).toMatchObject({
    code: 'model.changed',
    message: expect.stringMatching(/^weigh\.model "small": expected the model that .*; start the run again/) as string,
  });
});

test('a param may name several models: each must be here, and each is part of the key', async () => {
  const folder = freshFolder();
  const place = models('small', 3);
  const set = { 'weigh.more': '["large","huge"]' };
  put(place, 'large', 4);
  await expect(run(folder, document, { registryModule, set })).rejects.toMatchObject({
    code: 'model.missing',
    message: 'weigh.more "huge": expected a model of the tests, got none; make it',
  });
  put(place, 'huge', 5);
  expect((await run(folder, document, { registryModule, set })).status).toBe('done');
  put(place, 'huge', 6);
  const [weigh] = await plan(folder, document, { registryModule, set });
  expect(weigh!.stale).toEqual([{ element: 'weigh', reasons: ['model of params.more.huge changed'] }]);
  expect((await run(folder, document, { registryModule, set })).executed).toBe(2);
});

test('the digests of a task’s models travel over a broker with it', () => {
  const about = { label: 'weigh', stage: 'weight', backbone: 'plain', params: {}, seed: 1, device: 'cpu', rank: 0 };
  const models = { model: 'a'.repeat(64) };
  const work = { kind: 'task', key: 'b'.repeat(64), inputs: {}, wants: 1, models, ...about };
  const message = { protocol: 1, id: 'x', ticket: 't', capability: 'c', work };
  expect(workMessage.parse(JSON.parse(JSON.stringify(message))).work).toMatchObject({ models });
});
