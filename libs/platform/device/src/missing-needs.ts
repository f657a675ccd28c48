import { stat } from 'node:fs/promises';
import { Fault } from '@soliloquy/fault';
import type { Backbone, CheckoutNeed, ModelNeed, Need } from '@soliloquy/stage';
import { findCommand } from './find-command.ts';

/**
 * What a backbone needs and this machine has not: a command on PATH, a GPU, the file or the model that a param names by
 * default (with no default a person has to bring one). The remedy of a model is what gets that one here.
 *
 * @param hasGpu asked only when a GPU is needed, since finding out takes seconds
 */
export async function missingNeeds(backbone: Backbone, hasGpu: () => Promise<boolean>): Promise<Need[]> {
  const missing: Need[] = [];
  for (const need of backbone.needs ?? []) {
    if (need.kind === 'checkout') {
      const remedy = await wayToCheckout(need);
      if (remedy !== undefined) missing.push({ ...need, remedy });
      continue;
    }
    if (need.kind !== 'model') {
      if (!(await isHere(need, backbone.params.shape, hasGpu))) missing.push(need);
      continue;
    }
    const remedy = await wayToModel(need, backbone.params.shape);
    if (remedy !== undefined) missing.push({ ...need, remedy });
  }
  return missing;
}

/**
 * Names of the models that are here: those that a graph could name in the place of the one that is taken by default.
 *
 * @param known a model that a backbone needs, or whatever else knows names and looks them up
 */
export async function modelsHere({ find, names }: Pick<ModelNeed, 'find' | 'names'>): Promise<string[]> {
  const found = (names?.() ?? []).map(async (name) =>
    find?.(name).then(
      () => [name],
      () => [],
    ),
  );
  return (await Promise.all(found)).flatMap((name) => name ?? []);
}

type Shape = Readonly<Record<string, { safeParse(value: unknown): { data?: unknown } }>>;

/** What gets the model that is taken by default; `undefined` where it is here. */
async function wayToModel({ find, param, remedy }: ModelNeed, shape: object): Promise<string | undefined> {
  const name = (shape as Shape)[param]?.safeParse(undefined).data;
  if (Array.isArray(name) && name.length === 0) return undefined;
  if (typeof name !== 'string' || name === '' || find === undefined) return remedy;
  try {
    await find(name);
    return undefined;
  } catch (thrown) {
    if (thrown instanceof Fault) return thrown.remedy ?? remedy;
    throw thrown;
  }
}

/** What gets a checkout, or completes it; `undefined` where it is here. */
async function wayToCheckout({ find, remedy }: CheckoutNeed): Promise<string | undefined> {
  if (find === undefined) return remedy;
  try {
    await find();
    return undefined;
  } catch (thrown) {
    if (thrown instanceof Fault) return thrown.remedy ?? remedy;
    throw thrown;
  }
}

async function isHere(
  need: Exclude<Need, CheckoutNeed | ModelNeed>,
  shape: object,
  hasGpu: () => Promise<boolean>,
): Promise<boolean> {
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
