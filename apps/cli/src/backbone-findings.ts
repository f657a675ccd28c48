import { stat } from 'node:fs/promises';
import { findCommand, machine, probeProviders, probeWebGpu } from '@soliloquy/device';
import type { StageRegistry } from '@soliloquy/graph';
import type { AnyStage, Need } from '@soliloquy/stage';

/** One thing that was looked for. */
export interface Finding {
  readonly name: string;
  readonly here: boolean;
  readonly detail: string;
  /** How to get it, where it is missing and wanted. */
  readonly remedy?: string;
}

/** What each backbone of a stage needs and does not find here. */
export async function findingsOf(stage: AnyStage, gpu: boolean): Promise<Finding[]> {
  return Promise.all(
    Object.entries(stage.backbones).map(async ([name, backbone]): Promise<Finding> => {
      const missing: Need[] = [];
      for (const need of backbone.needs ?? []) if (!(await isHere(need, backbone.params.shape, gpu))) missing.push(need);
      const title = `${stage.id}@${stage.version} ${name}${name === stage.defaultBackbone ? ' (default)' : ''}`;
      if (missing.length === 0) return { name: title, here: true, detail: backbone.title };
      return { name: title, here: false, detail: `needs ${missing.map(({ what }) => what).join(', ')}`, remedy: missing.map(({ remedy }) => remedy).join('; ') };
    }),
  );
}

type Shape = Readonly<Record<string, { safeParse(value: unknown): { data?: unknown } }>>;

async function isHere(need: Need, shape: object, gpu: boolean): Promise<boolean> {
  switch (need.kind) {
    case 'gpu':
      return gpu;
    case 'command':
      return findCommand(need.command) !== undefined;
    case 'file': {
      // The file that the param's default names; with none, a person has to bring one.
      const path = (shape as Shape)[need.param]?.safeParse(undefined).data;
      return typeof path === 'string' && path !== '' && (await stat(path).then((found) => found.isFile(), () => false));
    }
  }
}

/**
 * What a worker says of its machine: the processor, and every backbone (`stage/backbone`) for which it lacks a command or a GPU. A file that a param names may still
 * come with the graph.
 */
export async function workerFindings(registry: StageRegistry): Promise<Finding[]> {
  const needs = [...registry.values()].flatMap((stage) => Object.entries(stage.backbones).map(([name, backbone]) => ({ name: `${stage.id}/${name}`, needs: (backbone.needs ?? []).filter(({ kind }) => kind !== 'file') })));
  const gpu = needs.some((each) => each.needs.some(({ kind }) => kind === 'gpu')) && (await hasGpu());
  const { cpu, threads, memoryBytes, node } = machine();
  const found: Finding[] = [{ name: 'machine', here: true, detail: `${cpu}, ${threads} threads, ${(memoryBytes / 2 ** 30).toFixed(1)} GiB, node ${node}` }];
  for (const each of needs) {
    if (each.needs.length === 0) continue;
    const missing: Need[] = [];
    for (const need of each.needs) if (!(await isHere(need, {}, gpu))) missing.push(need);
    found.push({ name: each.name, here: missing.length === 0, detail: missing.length === 0 ? 'here' : `needs ${missing.map(({ what }) => what).join(', ')}` });
  }
  return found;
}

async function hasGpu(): Promise<boolean> {
  const [providers, adapter] = await Promise.all([probeProviders(), probeWebGpu()]);
  return adapter.works || providers.some(({ name, works }) => works && name !== 'cpu');
}
