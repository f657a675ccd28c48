import { join } from 'node:path';
import { LicenceRecord, ModelFolders, modelRegistry } from '@soliloquy/models';
import type { AnyStage, ModelNeed } from '@soliloquy/stage';
import { userStateFolder } from './user-folder.ts';
import { userSettingsPath, type UserSettings } from './user-settings.ts';

/** The key of `modelHosts` that stands for every model. */
const ANY = '*';

/** Where models are that no configuration places: a folder each, by name. */
export function modelsRoot(): string {
  return join(userStateFolder(), 'models');
}

/** The address that a model may be fetched from, where the person's configuration has one. */
export function hostOf(name: string, { modelHosts }: Pick<UserSettings, 'modelHosts'>): string | undefined {
  return Object.hasOwn(modelHosts, name) ? modelHosts[name] : modelHosts[ANY];
}

/** Which licences this person accepted. */
export function licenceRecord(): LicenceRecord {
  return new LicenceRecord(join(userStateFolder(), 'licences.json'));
}

/**
 * The models of this machine.
 *
 * @param named folders by name: a project's, and before them the person's own
 * @throws ModelFault `model.registry`
 */
export function modelFolders(settings: UserSettings, named: Readonly<Record<string, string>>): ModelFolders {
  return new ModelFolders({
    named,
    root: modelsRoot(),
    registry: modelRegistry(settings.modelEntries, `${userSettingsPath()}: modelEntries`),
    hasHost: (name) => hostOf(name, settings) !== undefined,
    memory: join(userStateFolder(), 'model-digests.json'),
  });
}

/** How a need, and whoever else looks models up, finds those of a machine. */
export function lookUpIn(folders: ModelFolders): Pick<ModelNeed, 'find' | 'names'> {
  return { find: (name) => folders.find(name), names: () => folders.names };
}

/**
 * The stages with what finds the models that their backbones need. Networks of evaluation are no models that a backbone
 * could run in the place of another, so none of them is offered.
 */
export function withModelFolders(stages: readonly AnyStage[], folders: ModelFolders): AnyStage[] {
  const runnable = (name: string): boolean => folders.entry(name)?.purpose !== 'evaluation';
  const found = { ...lookUpIn(folders), names: () => folders.names.filter(runnable) };
  return stages.map((stage) => {
    const entries = Object.entries(stage.backbones);
    if (!entries.some(([, { needs }]) => needs?.some(({ kind }) => kind === 'model'))) return stage;
    const backbones = entries.map(([name, backbone]) => {
      const needs = backbone.needs?.map((need) => (need.kind === 'model' ? { ...need, ...found } : need));
      return [name, { ...backbone, needs }] as const;
    });
    return { ...stage, backbones: Object.fromEntries(backbones) };
  });
}
