import { z } from 'zod';
import { externalBackbone } from '../external/worker-config.ts';

/** kebab-case, and dots as in versions: what stands in `{checkouts.NAME}`. */
const PLACE = /^[a-z0-9][a-z0-9._-]*$/;

const places = z.record(z.string().regex(PLACE), z.string().min(1));

/** Where things are on a machine, and which of its commands are backbones. Never in a graph. */
export const machineSettings = z.strictObject({
  $schema: z.string().optional(),
  backbones: z
    .record(z.string().regex(/^[a-z0-9-]+\/[a-z0-9-]+$/), externalBackbone)
    .default({})
    .describe('Backbones that are commands, by stage/name.'),
  checkouts: places
    .default({})
    .describe('Folders of other repositories: foreign systems by their names; a command has one as {checkouts.NAME}.'),
  models: places.default({}).describe('Folders of model files; a command names one as {models.NAME}.'),
});

/** What `soliloquy.config.ts` exports as its default. */
export const projectConfig = machineSettings.extend({
  modules: z
    .array(z.string().regex(/^\.\.?\//, 'expected a path that begins with ./'))
    .default([])
    .describe('Modules of the project that export stages, backbones, ports or measures. Each path is written out.'),
});

export type MachineSettings = z.output<typeof machineSettings>;
export type ProjectConfig = z.output<typeof projectConfig>;

/** Types a project's configuration: `export default defineConfig({ modules: ['./stages/loudness.ts'] })`. */
export function defineConfig(config: z.input<typeof projectConfig>): z.input<typeof projectConfig> {
  return config;
}
