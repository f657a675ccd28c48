import { existsSync } from 'node:fs';
import { dirname } from 'node:path';
import type { BroughtModule } from '@soliloquy/runner';
import type { Finding } from './backbone-findings.ts';
import type { Installation } from './open-installation.ts';
import { userSettingsPath } from './user-settings.ts';

/** What the project and the person's own configuration bring, and the folders that they name. */
export function projectFindings({ project, untrusted, settings }: Installation): Finding[] {
  const path = userSettingsPath();
  const places = Object.entries({ ...project?.config.checkouts, ...settings.checkouts });
  const models = Object.entries({ ...project?.config.models, ...settings.models });
  return [
    ...configFindings(project?.configPath, untrusted?.configPath),
    ...(project?.modules ?? []).map((module) => ({ name: module.path, here: true, detail: wordsOf(module) })),
    existsSync(path)
      ? { name: 'your own configuration', here: true, detail: path }
      : { name: 'your own configuration', here: true, detail: `none (it would be ${path})` },
    ...places.map(([name, folder]) => folderFinding(`checkouts.${name}`, folder)),
    ...models.map(([name, folder]) => folderFinding(`models.${name}`, folder)),
  ];
}

function configFindings(trusted: string | undefined, untrusted: string | undefined): Finding[] {
  if (trusted !== undefined) return [{ name: 'configuration', here: true, detail: trusted }];
  if (untrusted === undefined) return [{ name: 'configuration', here: true, detail: 'none; soliloquy new writes one' }];
  const remedy = `soliloquy trust ${dirname(untrusted)}`;
  return [{ name: 'configuration', here: false, detail: `${untrusted}, not trusted: nothing of it is run`, remedy }];
}

function wordsOf({ stages, backbones, ports, measures }: BroughtModule): string {
  return [
    ...stages.map(({ id, version }) => `stage ${id}@${version}`),
    ...backbones.map(({ stage, name }) => `backbone ${stage}/${name}`),
    ...ports.map(({ id }) => `port type ${id}`),
    ...measures.map(({ name }) => `measure ${name}`),
  ].join(', ');
}

function folderFinding(name: string, folder: string): Finding {
  if (existsSync(folder)) return { name, here: true, detail: folder };
  return { name, here: false, detail: `${folder}, where nothing is`, remedy: 'correct the path' };
}
