import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { readWorkerConfig, withExternalBackbones } from '@soliloquy/runner';
import type { AnyStage } from '@soliloquy/stage';
import { stages as own } from './stages.ts';

/**
 * The registry module that runner and workers import: the stages of this installation, and those of the modules that
 * SOLILOQUY_STAGES names (paths of modules that export `stages`, separated by commas), so that a lab's own stages need
 * no change here. The file that SOLILOQUY_WORKER_CONFIG names adds backbones that are commands of this machine.
 */
const modules = (process.env.SOLILOQUY_STAGES ?? '').split(',').filter((path) => path !== '');
const added = await Promise.all(
  modules.map(
    async (path) => ((await import(pathToFileURL(resolve(path)).href)) as { stages: readonly AnyStage[] }).stages,
  ),
);
const all: readonly AnyStage[] = [...own, ...added.flat()] as readonly AnyStage[];
const config = process.env.SOLILOQUY_WORKER_CONFIG ?? '';

export const stages: readonly AnyStage[] = config === '' ? all : withExternalBackbones(all, readWorkerConfig(config));
