import { missingNeeds, probeProviders, probeWebGpu } from '@soliloquy/device';
import type { StageRegistry } from '@soliloquy/graph';
import type { Catalogue } from './protocol/index.ts';

/**
 * What every backbone needs and this machine has not, and how to get it. A GPU is looked for only when one is needed.
 */
export async function lackingHere(registry: StageRegistry): Promise<Catalogue['lacking']> {
  let gpu: Promise<boolean> | undefined;
  const lacking: Catalogue['lacking'] = {};
  for (const stage of registry.values()) {
    for (const [name, backbone] of Object.entries(stage.backbones)) {
      const missing = await missingNeeds(backbone, () => (gpu ??= hasGpu()));
      if (missing.length > 0) (lacking[stage.id] ??= {})[name] = missing.map(({ what, remedy }) => ({ what, remedy }));
    }
  }
  return lacking;
}

async function hasGpu(): Promise<boolean> {
  const [adapter, providers] = [await probeWebGpu(), await probeProviders()];
  return adapter.works || providers.some(({ name, works }) => works && name !== 'cpu');
}
