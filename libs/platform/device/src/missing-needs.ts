import { stat } from 'node:fs/promises';
import type { Backbone, Need } from '@soliloquy/stage';
import { findCommand } from './find-command.ts';

/**
 * What a backbone needs and this machine has not: a command on PATH, a GPU, the file that a param names by default
 * (with no default a person has to bring one).
 *
 * @param hasGpu asked only when a GPU is needed, since finding out takes seconds
 */
export async function missingNeeds(backbone: Backbone, hasGpu: () => Promise<boolean>): Promise<Need[]> {
  const missing: Need[] = [];
  for (const need of backbone.needs ?? []) if (!(await isHere(need, backbone.params.shape, hasGpu))) missing.push(need);
  return missing;
}

type Shape = Readonly<Record<string, { safeParse(value: unknown): { data?: unknown } }>>;

async function isHere(need: Need, shape: object, hasGpu: () => Promise<boolean>): Promise<boolean> {
  switch (need.kind) {
    case 'gpu':
      return hasGpu();
    case 'command':
      return findCommand(need.command) !== undefined;
    case 'file': {
      const path = (shape as Shape)[need.param]?.safeParse(undefined).data;
      return (
        typeof path === 'string' &&
        path !== '' &&
        (await stat(path).then(
          (found) => found.isFile(),
          () => false,
        ))
      );
    }
  }
}
