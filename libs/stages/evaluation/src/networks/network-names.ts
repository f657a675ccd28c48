import { z } from 'zod';
import type { ModelNeed } from '@soliloquy/stage';

/** The networks of the model registry that measures read. */
export const EVALUATION_NETWORKS = [
  'syncnet',
  'arcface',
  'dwpose',
  'lpips-alex',
  'inception-pool3',
  'i3d-kinetics-400',
  'pips2',
  'cotracker3',
] as const;
export type EvaluationNetwork = (typeof EVALUATION_NETWORKS)[number];

/**
 * The param by which a node says which networks its measures read: what it names must be on this machine, and what it
 * does not name is not asked for, so that a graph gives the same figures wherever it runs.
 *
 * @param names networks of the stage's measures
 */
export function networksParam(names: readonly string[]) {
  return z
    .array(z.enum(names as readonly [string, ...string[]]))
    .default([])
    .describe(`Networks of published measures that this machine has: ${names.join(', ')}`);
}

/** What asks for them. */
export const networksNeed: ModelNeed = {
  kind: 'model',
  what: 'networks of published measures',
  param: 'networks',
  remedy: 'bring it as soliloquy models list says',
};
