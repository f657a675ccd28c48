import { expect, test } from 'vitest';
import { capabilitiesOf, capabilityOf, capabilityWords } from '../src/cluster/names.ts';
import { loadRegistry } from '../src/index.ts';
import { registryModule } from './fixture/workbench.ts';

test('a worker with WebGPU offers it beside its CPU, for the backbones that compute there alone', async () => {
  const registry = await loadRegistry(registryModule);
  const [alone, both] = [capabilitiesOf(registry, ['cpu']), capabilitiesOf(registry, ['cpu', 'webgpu'])];
  const more = [...both.keys()].filter((capability) => !alone.has(capability));
  expect(more).toEqual([`add_1.adaptable_1.webgpu_${process.arch}`]);
  expect([...alone.keys()].every((capability) => both.has(capability))).toBe(true);
  const add = registry.get('add');
  expect(add && capabilityOf(add, 'adaptable', 'webgpu')).toBe(more[0]);
  expect(capabilityWords(more[0])).toBe(`add@1 adaptable@1 on webgpu/${process.arch}`);
});
