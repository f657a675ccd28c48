import { availableParallelism } from 'node:os';
import { figuresOf, type AnyStage, type Backbone, type Device } from '@soliloquy/stage';
import type { ElementId, Reads } from './elements.ts';
import type { PreparedGraph, PreparedNode } from './prepare.ts';
import { taskKey, taskSeed, type Ingredients } from './task-key.ts';

/**
 * Device and processor architecture, e.g. `webgpu/x64`: results are only promised to repeat within one, and of WebGPU
 * on one adapter.
 */
export function deviceClass(device: Device): string {
  return `${device}/${process.arch}`;
}

/** Another version of a measure gives other figures; one that lacks an input has no part in the task. */
function measureVersions(node: PreparedNode, given: ReadonlySet<string>): Pick<Ingredients, 'measures'> {
  const versions = Object.keys(node.stage.outputs).flatMap((output) =>
    Object.entries(figuresOf(node.stage, node.backbone, output) ?? {}).flatMap(([name, { version, needs = [] }]) =>
      version !== undefined && needs.every((port) => given.has(port)) ? [[name, version] as const] : [],
    ),
  );
  return versions.length === 0 ? {} : { measures: Object.fromEntries(versions) };
}

/** What an element's task is made of, and the key that follows from it. */
export function ingredientsOf(
  graph: PreparedGraph,
  node: PreparedNode,
  id: ElementId,
  { inputs, titles }: Reads,
): { ingredients: Ingredients; key: string } {
  const given = Object.entries(inputs).filter(
    (entry): entry is [string, string | readonly string[]] => entry[1] !== null,
  );
  const ingredients: Ingredients = {
    stage: node.stage.id,
    stageVersion: node.stage.version,
    backbone: node.backboneName,
    backboneVersion: node.backbone.version,
    params: node.params,
    inputs: Object.fromEntries(given),
    ...(titles !== undefined && { titles }),
    ...measureVersions(node, new Set(given.map(([port]) => port))),
    seed: taskSeed(graph.seed, node.stage.id, id.index),
    device: deviceClass(node.device),
    ...(node.threads !== undefined && { threads: node.threads }),
    ...(coresMatter(node) && { cores: availableParallelism() }),
    ...modulesOf(node.stage, node.backbone),
  };
  return { ingredients, key: taskKey(ingredients) };
}

/** Whether what is written depends on the number of cores: of films, wherever they lie. */
function coresMatter({ stage, backbone }: PreparedNode): boolean {
  return backbone.coresMatter === true || Object.values(stage.outputs).some(({ type }) => type.coresMatter === true);
}

/** Digests of the project's own code that a task runs; nothing for what is installed, whose keys stay as they are. */
export function modulesOf(stage: AnyStage, backbone: Backbone): Pick<Ingredients, 'modules'> {
  const digests = [stage.content, backbone.content].filter((digest) => digest !== undefined);
  return digests.length === 0 ? {} : { modules: [...new Set(digests)].sort() };
}
