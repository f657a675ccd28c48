import { missingNeeds, probeProviders, probeWebGpu } from '@soliloquy/device';
import type { StageRegistry } from '@soliloquy/graph';
import type { Need } from '@soliloquy/stage';
import type { Catalogue, Lack } from './protocol/index.ts';

/**
 * What every backbone needs and this machine has not, and how to get it. A GPU is looked for only when one is needed.
 */
export async function lackingHere(registry: StageRegistry): Promise<Catalogue['lacking']> {
  let gpu: Promise<boolean> | undefined;
  const lacking: Catalogue['lacking'] = {};
  for (const stage of registry.values()) {
    for (const [name, backbone] of Object.entries(stage.backbones)) {
      const missing = await missingNeeds(backbone, () => (gpu ??= hasGpu()));
      if (missing.length > 0) (lacking[stage.id] ??= {})[name] = await Promise.all(missing.map(lackOf));
    }
  }
  return lacking;
}

/** What a page says of a need, and of a model which others would do. */
async function lackOf(need: Need): Promise<Lack> {
  const { what, remedy } = need;
  if (need.kind !== 'model') return { what, remedy };
  const here: string[] = [];
  for (const name of need.names?.() ?? [])
    if (
      await need.find?.(name).then(
        () => true,
        () => false,
      )
    )
      here.push(name);
  return { what, remedy, model: { param: need.param, here } };
}

async function hasGpu(): Promise<boolean> {
  const [adapter, providers] = [await probeWebGpu(), await probeProviders()];
  return adapter.works || providers.some(({ name, works }) => works && name !== 'cpu');
}
