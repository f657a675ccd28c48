import { Fault, partsOf } from '@soliloquy/fault';
import type { Backbone, FoundModel, ModelNeed } from '@soliloquy/stage';
import { checkoutNeeds } from '../worker/task-checkouts.ts';
import type { PreparedGraph, PreparedNode } from './prepare.ts';

/** What stands for the digest of a model that is not here: nothing was ever made with it. */
const ABSENT = 'absent';

/**
 * The graph with the digest of every model that its nodes compute with, which is part of their tasks' keys, and with
 * its licence.
 *
 * @param missing `refuse` a model that is not on this machine, or `plan` all the same: such tasks are never cached
 * @throws Fault `model.missing` and what else `find` of the need throws, with the node in front
 */
export async function settleModels(graph: PreparedGraph, missing: 'refuse' | 'plan'): Promise<PreparedGraph> {
  if (graph.nodes.every(({ backbone }) => modelNeeds(backbone).length === 0)) return graph;
  const nodes: PreparedNode[] = [];
  for (const node of graph.nodes) {
    const models: Record<string, string> = {};
    const licensed: NonNullable<PreparedNode['licensed']>[number][] = [];
    for (const { need, key, model } of wantedModels(node.backbone, node.params))
      try {
        const found = await findModel(`${node.name}.${need.param}`, need, model);
        models[key] = await found.digest();
        licensed.push({ name: found.name, licence: found.licence });
      } catch (thrown) {
        if (missing !== 'plan' || !(thrown instanceof Fault) || thrown.code !== 'model.missing') throw thrown;
        models[key] = ABSENT;
      }
    nodes.push(Object.keys(models).length === 0 ? node : { ...node, models, licensed });
  }
  return { ...graph, nodes };
}

/**
 * Asked before anything runs, on the machine that plans: whether the person accepted the terms of every foreign system
 * that takes part.
 *
 * @throws Fault `licence.not-accepted`, with the node in front
 */
export function proveTermsAccepted(graph: PreparedGraph): void {
  for (const { name, backbone } of graph.nodes)
    for (const need of checkoutNeeds(backbone))
      try {
        need.proveAccepted?.();
      } catch (thrown) {
        if (!(thrown instanceof Fault)) throw thrown;
        throw new Fault({ ...partsOf(thrown), where: `${name}: ${thrown.where}` }, { cause: thrown });
      }
}

/** What a backbone needs of kind `model`. */
export function modelNeeds(backbone: Backbone): ModelNeed[] {
  return (backbone.needs ?? []).filter((need) => need.kind === 'model');
}

/** A model that a task asks for, and under which name its digest is part of the task's key. */
interface WantedModel {
  readonly need: ModelNeed;
  /** The param that names it; of a list of names `param.name`. */
  readonly key: string;
  readonly model: string;
}

/** The models that a backbone asks for with these params. */
export function wantedModels(backbone: Backbone, params: Readonly<Record<string, unknown>>): WantedModel[] {
  return modelNeeds(backbone).flatMap((need) => {
    const named = params[need.param] ?? '';
    if (!Array.isArray(named)) return [{ need, key: need.param, model: String(named) }];
    return named.map((model) => ({ need, key: `${need.param}.${String(model)}`, model: String(model) }));
  });
}

/**
 * A model that a need names.
 *
 * @param where what messages call it
 * @throws Fault, as `find` of the need
 */
export async function findModel(where: string, need: ModelNeed, name: string): Promise<FoundModel> {
  try {
    if (need.find === undefined) throw nowhere(name, need);
    return await need.find(name);
  } catch (thrown) {
    if (!(thrown instanceof Fault)) throw thrown;
    const { code, expected, got, remedy, phase, audience } = thrown;
    const told = thrown.where.startsWith('model ') ? `${where} "${name}"` : `${where}: ${thrown.where}`;
    throw new Fault({ code, where: told, expected, got, remedy, phase, audience }, { cause: thrown });
  }
}

function nowhere(name: string, { what, remedy }: ModelNeed): Fault {
  return new Fault({
    code: 'model.missing',
    where: `model ${name}`,
    expected: what,
    got: 'an installation that knows no models',
    remedy,
    phase: 'before-run',
  });
}
