import { assembleStages } from './assemble-stages.ts';

/**
 * The registry module that runner and workers import: everything that a graph can name here. Its URL says which project
 * takes part (`?config=…&digest=…`): every process loads what was allowed in the first one, or refuses.
 */
const asked = new URL(import.meta.url).searchParams;
const [configPath, digest] = [asked.get('config'), asked.get('digest')];

export const assembled = await assembleStages(
  configPath === null || digest === null ? undefined : { configPath, digest },
);
export const { stages } = assembled;
