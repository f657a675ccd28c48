import type { ArtifactStore } from '@soliloquy/artifacts';
import { History } from '../kept/history.ts';
import { ingredientsOf } from './element-task.ts';
import { Elements, elementText } from './elements.ts';
import type { PreparedGraph } from './prepare.ts';
import { settleModels } from './settle-models.ts';
import { staleReasons } from './staleness.ts';
import { taskKey } from './task-key.ts';

/** What a run would do with one node. */
export interface NodePlan {
  readonly node: string;
  readonly stage: string;
  readonly backbone: string;
  /** `undefined` while the node that makes an axis of it has not run. */
  readonly elements: number | undefined;
  readonly cached: number;
  /** Keys of the cached elements' results. */
  readonly results: readonly { readonly element: string; readonly key: string }[];
  /** Elements that would run now, each with why. */
  readonly stale: readonly { readonly element: string; readonly reasons: readonly string[] }[];
  /** Elements whose fate depends on what comes out of others. */
  readonly waiting: number;
  /** Those others. */
  readonly waitsFor: readonly string[];
  /** How long its elements took when they last ran, as far as that is known: seconds, added up. */
  readonly secondsBefore: number | undefined;
}

/**
 * What a run would execute, and why; nothing runs.
 *
 * @param inputs digests of the graph's inputs by name
 * @param stateFolder in which `History` remembers what tasks were last made of
 */
export async function planGraph(
  prepared: PreparedGraph,
  inputs: ReadonlyMap<string, string>,
  store: ArtifactStore,
  stateFolder: string,
): Promise<NodePlan[]> {
  const graph = await settleModels(prepared, 'plan');
  const history = await History.open(stateFolder, graph.document.name);
  const elements = new Elements(graph.nodes, inputs);
  const plans: NodePlan[] = [];
  for (const node of graph.nodes) {
    const ids = elements.elementsOf(node.name);
    const stale: { element: string; reasons: string[] }[] = [];
    const waitsFor = new Set<string>();
    const results: { element: string; key: string }[] = [];
    let secondsBefore: number | undefined;
    let waiting = 0;
    if (ids === undefined)
      for (const source of [...node.sources.values()].flat())
        if (source.kind === 'node' && isUnfinished(plans, source.node)) waitsFor.add(source.node);
    for (const id of ids ?? []) {
      const readiness = elements.readiness(id);
      if (!readiness.ready) {
        waiting++;
        for (const name of readiness.waitsFor) waitsFor.add(name);
        continue;
      }
      const { ingredients, key } = ingredientsOf(graph, node, id, readiness);
      const before = history.before(id);
      const result = await store.getResult(key);
      const seconds = (result ?? (before && (await store.getResult(taskKey(before)))))?.about?.['seconds'];
      if (typeof seconds === 'number') secondsBefore = (secondsBefore ?? 0) + seconds;
      const anew = graph.anew.has(node.name);
      if (result === undefined || anew)
        stale.push({
          element: elementText(id),
          reasons: anew ? ['asked for'] : staleReasons(before, ingredients, node.sources),
        });
      else results.push({ element: elementText(id), key });
      // What it made before tells what comes after it: it makes the same again.
      if (result !== undefined) elements.finish(id, result.outputs);
    }
    plans.push({
      node: node.name,
      stage: `${node.stage.id}@${node.stage.version}`,
      backbone: node.backboneName,
      elements: ids?.length,
      cached: results.length,
      results,
      stale,
      waiting,
      waitsFor: [...waitsFor],
      secondsBefore,
    });
  }
  return plans;
}

function isUnfinished(plans: readonly NodePlan[], name: string): boolean {
  const plan = plans.find(({ node }) => node === name);
  return plan !== undefined && (plan.elements === undefined || plan.cached < plan.elements);
}
