import { stat } from 'node:fs/promises';
import { findCommand, probeProviders, probeWebGpu } from '@soliloquy/device';
import type { StageRegistry } from '@soliloquy/graph';
import type { Need } from '@soliloquy/stage';
import type { Catalogue } from './protocol.ts';

/** What every backbone needs and this machine has not, and how to get it. A GPU is looked for only when one is needed: that takes seconds. */
export async function lackingHere(registry: StageRegistry): Promise<Catalogue['lacking']> {
  let gpu: Promise<boolean> | undefined;
  const lacking: Catalogue['lacking'] = {};
  for (const stage of registry.values()) {
    for (const [name, backbone] of Object.entries(stage.backbones)) {
      for (const need of backbone.needs ?? []) {
        const here = need.kind === 'gpu' ? await (gpu ??= hasGpu()) : await isHere(need, backbone.params.shape);
        if (!here) ((lacking[stage.id] ??= {})[name] ??= []).push({ what: need.what, remedy: need.remedy });
      }
    }
  }
  return lacking;
}

async function isHere(need: Exclude<Need, { kind: 'gpu' }>, shape: object): Promise<boolean> {
  if (need.kind === 'command') return findCommand(need.command) !== undefined;
  // The file that the param's default names; with none, a person has to bring one.
  const path = (shape as Readonly<Record<string, { safeParse(value: unknown): { data?: unknown } }>>)[need.param]?.safeParse(undefined).data;
  return typeof path === 'string' && path !== '' && stat(path).then((found) => found.isFile(), () => false);
}

async function hasGpu(): Promise<boolean> {
  const [adapter, providers] = [await probeWebGpu(), await probeProviders()];
  return adapter.works || providers.some(({ name, works }) => works && name !== 'cpu');
}
