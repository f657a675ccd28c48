import { readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { systemSettings } from '@soliloquy/launcher';
import { modelEntry } from '@soliloquy/models';
import { configFault, machineSettings } from '@soliloquy/runner';

/**
 * A person's own configuration: what a machine has, how it runs foreign systems, and whom it may ask for models. No
 * project can say the latter two.
 */
const userSettings = machineSettings.extend({
  modelHosts: z
    .record(z.string(), z.string().regex(/^https?:\/\/.*\{path\}/, 'expected an address with {path} in it'))
    .default({})
    .describe(
      'Addresses that models are fetched from, by name of the model or * for all: {model} and {path} are put in.',
    ),
  systems: z
    .record(z.string(), systemSettings)
    .default({})
    .describe('How the programs of foreign systems are run, by the name of the system.'),
  gpus: z
    .array(z.strictObject({ index: z.int().min(0), memoryMiB: z.int().min(1) }))
    .optional()
    .describe('Graphics cards that tasks may have, one each; those that nvidia-smi lists when left out.'),
  signing: z
    .strictObject({ key: z.string(), certificates: z.string() })
    .optional()
    .describe('PEM files of a key of your own (Ed25519) and its certificates, that sign what leaves.'),
  modelEntries: z.array(modelEntry).default([]).describe('Models of your own that can be fetched and verified.'),
});

export type UserSettings = z.output<typeof userSettings>;

/** Where a person's own configuration is: `$XDG_CONFIG_HOME/soliloquy/config.json`. */
export function userSettingsPath(): string {
  return join(process.env.XDG_CONFIG_HOME || join(homedir(), '.config'), 'soliloquy', 'config.json');
}

/** Where it is kept what a person allowed to run: `$XDG_STATE_HOME/soliloquy/trust.json`. */
export function trustRecordPath(): string {
  return join(process.env.XDG_STATE_HOME || join(homedir(), '.local', 'state'), 'soliloquy', 'trust.json');
}

/**
 * A person's own configuration: commands as backbones, folders of checkouts and models, hosts. JSON, so that nothing
 * runs.
 *
 * @throws Fault `config.user-settings`
 */
export function readUserSettings(): UserSettings {
  const path = userSettingsPath();
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (cause) {
    if (['ENOENT', 'ENOTDIR'].includes((cause as NodeJS.ErrnoException).code ?? '')) return userSettings.parse({});
    throw unusable(path, (cause as Error).message, cause);
  }
  try {
    const parsed = userSettings.safeParse(JSON.parse(text));
    if (parsed.success) return parsed.data;
    const [issue] = parsed.error.issues;
    throw unusable(path, `${issue.path.map(String).join('.') || 'it'}: ${issue.message}`, parsed.error);
  } catch (cause) {
    throw cause instanceof SyntaxError ? unusable(path, cause.message, cause) : cause;
  }
}

function unusable(path: string, got: string, cause: unknown): Error {
  return configFault(
    {
      code: 'config.user-settings',
      where: path,
      expected: `your configuration as JSON: ${Object.keys(userSettings.shape).slice(1).join(', ')}`,
      got,
      remedy: 'correct it, see apps/cli/README.md',
    },
    { cause },
  );
}
