import { dirname, relative, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { evaluationStage, withMeasures } from '@soliloquy/evaluation';
import { Fault } from '@soliloquy/fault';
import type { ModelFolders } from '@soliloquy/models';
import {
  configFault,
  contentOfCommand,
  loadProject,
  pathIn,
  placeCommands,
  readWorkerConfig,
  withCommands,
  withExternalBackbones,
  withModules,
  type JoinMeasures,
  type LoadedProject,
  type MachineSettings,
} from '@soliloquy/runner';
import type { AnyStage, Measure } from '@soliloquy/stage';
import { licenceRecord, modelFolders, withModelFolders } from './model-places.ts';
import { stages as own } from './stages.ts';
import { withCheckouts } from './system-places.ts';
import { readUserSettings, userSettingsPath, type UserSettings } from './user-settings.ts';

/** Everything that a graph can name on this machine. */
export interface Assembled {
  readonly stages: readonly AnyStage[];
  /** Its configuration ran; absent where there is none, or nobody allowed it. */
  readonly project?: LoadedProject;
  readonly settings: UserSettings;
  readonly models: ModelFolders;
}

/** A project's configuration and the digest of all that it loads, which a person allowed. */
export interface AllowedProject {
  readonly configPath: string;
  readonly digest: string;
}

/**
 * The stages of this installation, with what a project brings and what the commands of this machine are. Two older
 * ways still add to it: SOLILOQUY_STAGES (paths of modules that export `stages`, separated by commas) and the file that
 * SOLILOQUY_WORKER_CONFIG names (backbones that are commands).
 *
 * @throws Fault, WorkerConfigError: nothing runs then
 */
export async function assembleStages(allowed?: AllowedProject): Promise<Assembled> {
  const settings = readUserSettings();
  const named = (process.env.SOLILOQUY_STAGES ?? '').split(',').filter((path) => path !== '');
  const added = await Promise.all(
    named.map(
      async (path) => ((await import(pathToFileURL(resolve(path)).href)) as { stages: readonly AnyStage[] }).stages,
    ),
  );
  let stages = [...own, ...added.flat()] as readonly AnyStage[];
  const project = allowed && (await loadProject(allowed.configPath, allowed.digest));
  if (project !== undefined) stages = withProject(stages, project, settings);
  const config = process.env.SOLILOQUY_WORKER_CONFIG ?? '';
  if (config !== '') stages = withExternalBackbones(stages, readWorkerConfig(config));
  const path = userSettingsPath();
  const commands = placeCommands(settings.backbones, settings, dirname(path), path);
  const models = modelFolders(settings, { ...project?.config.models, ...settings.models });
  const whole = withCheckouts(
    withModelFolders(withCommands(stages, commands, path), models),
    { checkouts: { ...project?.config.checkouts, ...settings.checkouts }, systems: settings.systems },
    licenceRecord(),
  );
  return { stages: whole, project, settings, models };
}

/** Measures are taken by evaluation. What they contradict is a fault of the configuration. */
const joinMeasures: JoinMeasures = (stages, measures) => {
  try {
    return stages.map((stage) =>
      stage.id === evaluationStage.id ? withMeasures(stage, measures as readonly Measure[]) : stage,
    );
  } catch (thrown) {
    if (!(thrown instanceof Fault)) throw thrown;
    const { where, expected, got, remedy } = thrown;
    throw configFault({ code: 'config.measure-taken', where, expected, got, remedy }, { cause: thrown });
  }
};

function withProject(
  stages: readonly AnyStage[],
  { closure, configPath, config, modules }: LoadedProject,
  settings: MachineSettings,
): AnyStage[] {
  const where = relative(closure.root, configPath);
  // What a person says of their own machine goes before what a project says of any.
  const places = {
    checkouts: { ...config.checkouts, ...settings.checkouts },
    models: { ...config.models, ...settings.models },
  };
  const files = new Set(closure.files.map((file) => pathIn(closure, file)));
  return withCommands(
    withModules(stages, modules, joinMeasures),
    placeCommands(config.backbones, places, closure.root, where),
    where,
    (command) => contentOfCommand(closure.root, files, command),
  );
}
