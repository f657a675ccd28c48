import { existsSync, realpathSync } from 'node:fs';
import { resolve } from 'node:path';
import { warmDecoding } from '@soliloquy/decoding';
import type { StageRegistry } from '@soliloquy/graph';
import {
  closureOfConfig,
  configFault,
  findConfig,
  loadRegistry,
  TrustRecord,
  type ImportClosure,
} from '@soliloquy/runner';
import type { Assembled } from './assemble-stages.ts';
import type { ParsedOptions } from './parse-options.ts';
import { remember } from './refused-config.ts';
import { trustRecordPath } from './user-settings.ts';

/** What is installed here, with what a project brings. */
export interface Installation extends Assembled {
  readonly registry: StageRegistry;
  /** What runner and workers are told to import. */
  readonly registryModule: string;
  /** The configuration of the project, where nobody allowed what it loads: nothing of it ran. */
  readonly untrusted?: Consentable;
}

/** A configuration that a person may allow. */
export interface Consentable {
  readonly configPath: string;
  readonly closure: ImportClosure;
}

/** The configuration of a project; SOLILOQUY_CONFIG names another. @throws Fault `config.missing` */
export function configOf(projectFolder: string): string | undefined {
  const told = process.env.SOLILOQUY_CONFIG ?? '';
  const path = told === '' ? findConfig(projectFolder) : resolve(told);
  if (path === undefined) return undefined;
  // By its real path: a link does not make another project of it.
  if (existsSync(path)) return realpathSync(path);
  throw configFault({
    code: 'config.missing',
    where: 'SOLILOQUY_CONFIG',
    expected: 'the path of a configuration',
    got: `${told}, where no file is`,
    remedy: 'correct it, or unset it',
  });
}

/**
 * Everything that graphs of a project can name. Where nobody allowed its configuration, nothing of it runs, and a note
 * on standard error says so once.
 *
 * @param options `--trust` allows it for this time
 * @throws Fault for a configuration that cannot be used: nothing runs then
 */
export async function openInstallation(projectFolder: string, options: ParsedOptions): Promise<Installation> {
  // Stages take as long to load as the process that reads what was given.
  warmDecoding(options.texts('input'));
  const configPath = configOf(projectFolder);
  const module = new URL('./installed-stages.ts', import.meta.url);
  let refused: Consentable | undefined;
  if (configPath !== undefined) {
    const closure = closureOfConfig(configPath);
    if (options.flag('trust') || new TrustRecord(trustRecordPath()).allows(closure)) {
      module.searchParams.set('config', configPath);
      module.searchParams.set('digest', closure.digest);
    } else refused = { configPath, closure };
  }
  remember(refused?.configPath);
  const registryModule = module.href;
  const registry = await loadRegistry(registryModule);
  const { assembled } = (await import(registryModule)) as { assembled: Assembled };
  return { ...assembled, registry, registryModule, untrusted: refused };
}
