import { StageError, type Backbone, type StageContext } from '@soliloquy/stage';
import { findModel, modelNeeds, wantedModels } from '../plan/settle-models.ts';
import type { Work } from '../transport/protocol.ts';

/** How a piece of work finds its models: those that a need of its backbone names, in the state it was planned with. */
export function modelsOf({ label, params, models }: Work, backbone: Backbone): StageContext['model'] {
  return async (name) => {
    const wanted = wantedModels(backbone, params).find(({ model }) => model === name);
    if (wanted === undefined)
      throw new StageError({
        code: 'model.undeclared',
        where: `${label}: model "${name}"`,
        expected: 'a model that a need of the backbone names',
        got:
          modelNeeds(backbone)
            .map(({ param }) => `params.${param}`)
            .join(', ') || 'a backbone that needs none',
        remedy: 'declare it in its needs',
        audience: 'author',
      });
    const { need, key } = wanted;
    const where = `${label}.${need.param}`;
    const found = await findModel(where, need, name);
    const planned = models?.[key];
    const here = planned === undefined ? undefined : await found.digest();
    if (here !== planned)
      throw new StageError({
        code: 'model.changed',
        where: `${where} "${name}"`,
        expected: `the model that the run was planned with (${planned?.slice(0, SHOWN)})`,
        got: `another on this machine (${here?.slice(0, SHOWN)})`,
        remedy: 'start the run again, or give every machine the same files',
      });
    return found.folder;
  };
}

/** Digits of a digest that tell one from another. */
const SHOWN = 12;
