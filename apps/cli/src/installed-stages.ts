import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { stages as own } from './stages.ts';

/**
 * The registry module that runner and workers import: the stages of this installation, and those of the modules that SOLILOQUY_STAGES names
 * (paths of modules that export `stages`, separated by commas), so that a lab's own stages need no change here.
 */
const modules = (process.env.SOLILOQUY_STAGES ?? '').split(',').filter((path) => path !== '');
const added = await Promise.all(modules.map(async (path) => ((await import(pathToFileURL(resolve(path)).href)) as { stages: readonly unknown[] }).stages));

export const stages: readonly unknown[] = [...own, ...added.flat()];
