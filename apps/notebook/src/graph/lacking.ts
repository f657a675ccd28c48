import type { Catalogue, Lack } from '@soliloquy/gateway/protocol';

/**
 * What a backbone lacks on this machine, with how to get it.
 *
 * @param params of a node: a model that one of them names, and that is here, is not lacking
 */
export function lacking(
  catalogue: Catalogue,
  stage: string,
  backbone: string,
  params: Readonly<Record<string, unknown>> = {},
): readonly Pick<Lack, 'what' | 'remedy'>[] {
  return (catalogue.lacking[stage]?.[backbone] ?? []).flatMap(({ what, remedy, model }) => {
    const named = model === undefined ? undefined : params[model.param];
    if (typeof named !== 'string') return [{ what, remedy }];
    if (model?.here.includes(named)) return [];
    return [{ what: `${what} called "${named}"`, remedy: 'soliloquy models list says what gets it' }];
  });
}
