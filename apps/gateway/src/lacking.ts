import { hasGpu, missingNeeds, modelsHere } from '@soliloquy/device';
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
  return { what, remedy, model: { param: need.param, here: await modelsHere(need) } };
}
