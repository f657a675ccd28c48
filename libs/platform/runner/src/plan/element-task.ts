import { encoderCores } from '@soliloquy/media/encoder-cores';
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

/** What the encoder of films sees of this machine: asked once, as the answer takes as long as all else of a key. */
let coresHere: number | undefined;

/** Another version of a measure gives other figures; one that lacks an input has no part in the task. */
function measureVersions(
  { stage, backbone }: Pick<TaskParts, 'stage' | 'backbone'>,
  given: ReadonlySet<string>,
): Pick<Ingredients, 'measures'> {
  const versions = Object.keys(stage.outputs).flatMap((output) =>
    Object.entries(figuresOf(stage, backbone, output) ?? {}).flatMap(([name, { version, needs = [] }]) =>
      version !== undefined && needs.every((port) => given.has(port)) ? [[name, version] as const] : [],
    ),
  );
  return versions.length === 0 ? {} : { measures: Object.fromEntries(versions) };
}

/** What a task is made of. */
export interface TaskParts extends Pick<Reads, 'inputs' | 'titles'> {
  /** With its axes settled. */
  readonly stage: AnyStage;
  readonly backboneName: string;
  readonly backbone: Backbone;
  readonly params: Readonly<Record<string, unknown>>;
  /** Digests of the models that it computes with, by the param that names each. */
  readonly models?: Readonly<Record<string, string>>;
  readonly seed: number;
  readonly device: Device;
  readonly threads?: number;
  /** That the encoder of films sees on the machine that planned it. */
  readonly cores?: number;
}

/** What an element's task is made of, and the key that follows from it. */
export function ingredientsOf(
  graph: PreparedGraph,
  node: PreparedNode,
  id: ElementId,
  reads: Reads,
): { ingredients: Ingredients; key: string } {
  const { stage, backboneName, backbone, params, models, device, threads } = node;
  const seed = taskSeed(graph.seed, stage.id, id.index);
  const { inputs, titles } = reads;
  return keyOfTask({
    ...{ stage, backboneName, backbone, params, inputs, titles, models, seed, device, threads },
    ...(coresMatter(node) && { cores: (coresHere ??= encoderCores()) }),
  });
}

/** The same of a task that comes from elsewhere: a key that differs is not its own. */
export function keyOfTask(parts: TaskParts): { ingredients: Ingredients; key: string } {
  const { stage, backbone, titles, models, threads } = parts;
  const given = Object.entries(parts.inputs).filter(
    (entry): entry is [string, string | readonly string[]] => entry[1] !== null,
  );
  const ingredients: Ingredients = {
    stage: stage.id,
    stageVersion: stage.version,
    backbone: parts.backboneName,
    backboneVersion: backbone.version,
    params: parts.params,
    inputs: Object.fromEntries(given),
    ...(titles !== undefined && { titles }),
    ...measureVersions(parts, new Set(given.map(([port]) => port))),
    ...(models !== undefined && { models }),
    seed: parts.seed,
    device: deviceClass(parts.device),
    ...(threads !== undefined && { threads }),
    ...(coresMatter(parts) && { cores: parts.cores }),
    ...modulesOf(stage, backbone),
  };
  return { ingredients, key: taskKey(ingredients) };
}

/**
 * The same of a result that came from a machine whose encoder saw another number of cores than that which planned it:
 * it is filed as that machine's.
 */
export function madeOnCores(
  planned: { readonly ingredients: Ingredients; readonly key: string },
  cores: number | undefined,
): { readonly ingredients: Ingredients; readonly key: string } {
  if (cores === undefined || [undefined, cores].includes(planned.ingredients.cores)) return planned;
  const ingredients = { ...planned.ingredients, cores };
  return { ingredients, key: taskKey(ingredients) };
}

/** Whether what is written depends on the number of cores: of films, wherever they lie. */
export function coresMatter({ stage, backbone }: Pick<TaskParts, 'stage' | 'backbone'>): boolean {
  return backbone.coresMatter === true || Object.values(stage.outputs).some(({ type }) => type.coresMatter === true);
}

/** Digests of the project's own code that a task runs; nothing for what is installed, whose keys stay as they are. */
export function modulesOf(stage: AnyStage, backbone: Backbone): Pick<Ingredients, 'modules'> {
  const digests = [stage.content, backbone.content].filter((digest) => digest !== undefined);
  return digests.length === 0 ? {} : { modules: [...new Set(digests)].sort() };
}
