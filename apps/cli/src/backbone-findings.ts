import { hasGpu, machine, missingNeeds, modelsHere } from '@soliloquy/device';
import type { StageRegistry } from '@soliloquy/graph';
import { NETWORKS_PARAM, type AnyStage, type Backbone, type ModelNeed, type Need } from '@soliloquy/stage';

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
      const missing = await missingNeeds(backbone, () => Promise.resolve(gpu));
      const title = `${stage.id}@${stage.version} ${name}${name === stage.defaultBackbone ? ' (default)' : ''}${
        (backbone.content ?? stage.content) === undefined ? '' : ' (project)'
      }`;
      if (missing.length === 0) return { name: title, here: true, detail: await detailOf(backbone) };
      const summary = backbone.terms === undefined ? '' : `${backbone.summary} `;
      return {
        name: title,
        here: false,
        detail: `${summary}needs ${missing.map(({ what }) => what).join(', ')}`,
        remedy: missing.map(({ remedy }) => remedy).join('; '),
      };
    }),
  );
}

/** Its title, with the licence of a foreign system, and where its checkout stands if that is another commit. */
async function detailOf({ title, terms, needs = [] }: Backbone): Promise<string> {
  if (terms === undefined) return title;
  const said = [`${title}, ${terms.licence.name}`];
  if (terms.forbids?.includes('training') === true) said.push('not to be trained on');
  for (const need of needs) {
    const found = need.kind === 'checkout' ? await need.find?.() : undefined;
    if (need.kind === 'checkout' && found?.commit !== undefined && found.commit !== need.commit)
      said.push(`at ${found.commit.slice(0, 10)}, tested at ${need.commit.slice(0, 10)}`);
  }
  return said.join(', ');
}

/** The networks that published measures read: which figures each is for, and how a missing one is made. */
export async function networkFindings(registry: StageRegistry): Promise<Finding[]> {
  const figures = new Map<string, { readonly need: ModelNeed; readonly names: string[] }>();
  for (const { measures = {}, backbones } of registry.values()) {
    const needs = Object.values(backbones).flatMap((backbone) => backbone.needs ?? []);
    const need = needs.find((each): each is ModelNeed => each.kind === 'model' && each.param === NETWORKS_PARAM);
    if (need === undefined) continue;
    for (const [name, { networks = [] }] of Object.values(measures).flatMap((known) => Object.entries(known ?? {})))
      for (const network of name.endsWith('count') ? [] : networks) {
        const known = figures.get(network) ?? { need, names: [] };
        known.names.push(name);
        figures.set(network, known);
      }
  }
  return Promise.all(
    [...figures].map(async ([name, { need, names }]): Promise<Finding> => {
      const detail = `for ${names.join(', ')}`;
      if (need.find === undefined) return { name, here: false, detail, remedy: need.remedy };
      return need.find(name).then(
        () => ({ name, here: true, detail }),
        (thrown: Error & { remedy?: string }) => ({ name, here: false, detail, remedy: thrown.remedy ?? need.remedy }),
      );
    }),
  );
}

/**
 * What a worker says of its machine: the processor, and every backbone (`stage/backbone`) for which it lacks a command,
 * a GPU, or every model. A file that a param names may still come with the graph, and one model may stand for another.
 */
export async function workerFindings(registry: StageRegistry): Promise<Finding[]> {
  let gpu: Promise<boolean> | undefined;
  const { cpu, threads, memoryBytes, node } = machine();
  const found: Finding[] = [
    {
      name: 'machine',
      here: true,
      detail: `${cpu}, ${threads} threads, ${(memoryBytes / 2 ** 30).toFixed(1)} GiB, node ${node}`,
    },
  ];
  for (const stage of registry.values()) {
    for (const [name, backbone] of Object.entries(stage.backbones)) {
      const needs = (backbone.needs ?? []).filter(({ kind }) => kind !== 'file');
      if (needs.length === 0) continue;
      const missing: Need[] = [];
      for (const need of await missingNeeds({ ...backbone, needs }, () => (gpu ??= hasGpu())))
        if (need.kind !== 'model' || (await modelsHere(need)).length === 0) missing.push(need);
      found.push({
        name: `${stage.id}/${name}`,
        here: missing.length === 0,
        detail: missing.length === 0 ? 'here' : `needs ${missing.map(({ what }) => what).join(', ')}`,
      });
    }
  }
  return found;
}
