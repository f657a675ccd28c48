import { expect, test } from 'vitest';
import { isGpu, modelsHere } from '../src/index.ts';

test('the models that are here are those that are found, in the order of their names', async () => {
  const here = new Set(['c', 'a']);
  const find = (name: string) =>
    here.has(name)
      ? Promise.resolve({ name, folder: `/models/${name}`, digest: () => Promise.resolve('') })
      : Promise.reject(new Error('not here'));
  expect(await modelsHere({ find, names: () => ['a', 'b', 'c'] })).toEqual(['a', 'c']);
  expect(await modelsHere({ names: () => ['a'] })).toEqual([]);
  expect(await modelsHere({ find })).toEqual([]);
});

test('the processor is no GPU, nor is what does not work', () => {
  const probe = (name: string, works: boolean) => ({ name, works, detail: '' });
  expect([probe('cpu', true), probe('cuda', false), probe('cuda', true)].map(isGpu)).toEqual([false, false, true]);
});
