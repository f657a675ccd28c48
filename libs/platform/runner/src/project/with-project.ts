import type { PortType } from '@soliloquy/ports';
import { checkBackbone, type AnyStage, type Backbone } from '@soliloquy/stage';
import { commandBackbone } from '../external/command-backbone.ts';
import type { ExternalBackbone } from '../external/worker-config.ts';
import type { BroughtMeasure, BroughtModule } from './brought-modules.ts';
import { configFault } from './config-fault.ts';
import { combineDigests } from './import-closure.ts';

/** Puts measures into the stage that takes them; which one that is, is for the installation to say. */
export type JoinMeasures = (stages: readonly AnyStage[], measures: readonly BroughtMeasure[]) => readonly AnyStage[];

/**
 * The stages with what modules of a project bring. What comes from a module has its digest as `content`.
 *
 * @throws Fault `config.stage-taken`, `config.backbone-taken`, `config.unknown-stage`, `config.port-taken`,
 *   `config.measure-taken`
 */
export function withModules(
  installed: readonly AnyStage[],
  modules: readonly BroughtModule[],
  joinMeasures: JoinMeasures,
): AnyStage[] {
  const stages = new Map(installed.map((stage) => [stage.id, stage]));
  const types = new TypesByName(installed);
  for (const { ports, path } of modules) for (const type of ports) types.meet(type, `${path}: ports`);
  for (const module of modules) {
    for (const stage of module.stages) {
      if (stages.has(stage.id)) throw taken('stage', `${module.path}: stages`, stage.id, 'another stage');
      for (const { type } of [...Object.values(stage.inputs), ...Object.values(stage.outputs)])
        types.meet(type, `${module.path}: stages`);
      stages.set(stage.id, { ...stage, content: module.content });
    }
  }
  for (const { path, content, backbones } of modules)
    for (const { stage: id, name, backbone } of backbones) {
      const stage = stageOf(stages, id, `${path}: backbones`);
      if (Object.hasOwn(stage.backbones, name))
        throw taken('backbone', `${path}: backbones`, `${id}/${name}`, `"${stage.backbones[name]?.title}"`);
      checkBackbone(stage, name, backbone);
      stages.set(id, withBackbone(stage, name, { ...backbone, content }));
    }
  const measures = modules.flatMap((module) => module.measures);
  for (const [index, { name }] of measures.entries())
    if (measures.findIndex((other) => other.name === name) < index)
      throw taken('measure', 'measures', name, 'another measure');
  return measures.length === 0
    ? [...stages.values()]
    : marked([...stages.values()], joinMeasures([...stages.values()], measures), modules);
}

/** A stage that took measures computes with their code. */
function marked(
  before: readonly AnyStage[],
  after: readonly AnyStage[],
  modules: readonly BroughtModule[],
): AnyStage[] {
  const content = modules.filter(({ measures }) => measures.length > 0).map((module) => module.content);
  return after.map((stage) =>
    before.includes(stage)
      ? stage
      : { ...stage, content: combineDigests([...(stage.content === undefined ? [] : [stage.content]), ...content]) },
  );
}

/** Commands by `stage/name`, as settings of a machine or a project have them. */
export type Commands = Readonly<Record<string, ExternalBackbone>>;

/**
 * The stages with backbones that are commands.
 *
 * @param where whose settings they are, for messages
 * @param contentOf digest of the files of a project that a command runs
 * @throws Fault `config.backbone-taken`, `config.unknown-stage`
 */
export function withCommands(
  stages: readonly AnyStage[],
  commands: Commands,
  where: string,
  contentOf: (command: ExternalBackbone) => string | undefined = () => undefined,
): AnyStage[] {
  const all = new Map(stages.map((stage) => [stage.id, stage]));
  for (const [key, command] of Object.entries(commands)) {
    const [id, name] = key.split('/') as [string, string];
    const stage = stageOf(all, id, `${where}: backbones`);
    if (Object.hasOwn(stage.backbones, name))
      throw taken('backbone', `${where}: backbones`, key, `"${stage.backbones[name]?.title}"`);
    const content = contentOf(command);
    const backbone = commandBackbone(stage, name, command);
    all.set(id, withBackbone(stage, name, content === undefined ? backbone : { ...backbone, content }));
  }
  return [...all.values()];
}

function withBackbone(stage: AnyStage, name: string, backbone: Backbone): AnyStage {
  return { ...stage, backbones: { ...stage.backbones, [name]: backbone } };
}

function stageOf(stages: ReadonlyMap<string, AnyStage>, id: string, where: string): AnyStage {
  const stage = stages.get(id);
  if (stage !== undefined) return stage;
  throw configFault({
    code: 'config.unknown-stage',
    where,
    expected: `a stage that is installed (${[...stages.keys()].join(', ')})`,
    got: `"${id}"`,
    remedy: 'correct the name',
  });
}

function taken(what: 'stage' | 'backbone' | 'port' | 'measure', where: string, name: string, other: string): Error {
  const got = `"${name}" twice (also ${other})`;
  return configFault({
    code: `config.${what}-taken`,
    where,
    expected: `one ${what} of a name`,
    got,
    remedy: 'rename one',
  });
}

/** Which port type each name means: one alone, wherever it comes from. */
class TypesByName {
  readonly #types = new Map<string, PortType>();

  constructor(installed: readonly AnyStage[]) {
    for (const stage of installed)
      for (const { type } of [...Object.values(stage.inputs), ...Object.values(stage.outputs)])
        this.#types.set(type.id, type);
  }

  /** A type that a module brings, or that a stage of it has: a new name, or the very type of that name. */
  meet(type: PortType, where: string): void {
    const known = this.#types.get(type.id);
    if (known !== undefined && known !== type) throw taken('port', where, type.id, `"${known.title}"`);
    this.#types.set(type.id, type);
  }
}
