import type { Catalogue } from '@soliloquy/gateway/protocol';
import type { GraphNode } from '@soliloquy/graph';
import { paramSpecs, type ParamSpec } from './param-schema.ts';

/** A card has room for so many. */
const MOST = 8;

/** The params that a card shows when its form is open. */
export interface CardParams {
  readonly shown: readonly ParamSpec[];
  /** how many are in the form beside the canvas alone */
  readonly more: number;
}

/**
 * Those that the node sets, then the first of its stage and backbone, in their order; what needs several lines is left
 * to the form beside the canvas.
 */
export function cardParams(catalogue: Catalogue, node: GraphNode | undefined): CardParams {
  const stage = catalogue.stages.find(({ id }) => id === node?.stage.replace(/@.*$/, ''));
  if (node === undefined || stage === undefined) return { shown: [], more: 0 };
  const all = [
    ...paramSpecs(stage.params),
    ...paramSpecs(stage.backbones[node.backbone ?? stage.defaultBackbone]?.params ?? {}),
  ];
  const short = all.filter(({ kind }) => kind !== 'json');
  const set = short.filter(({ name }) => node.params?.[name] !== undefined);
  const first = new Set([...set, ...short.filter((spec) => !set.includes(spec))].slice(0, MOST));
  return { shown: short.filter((spec) => first.has(spec)), more: all.length - first.size };
}

/** Lines that they take. */
export function rowsOf({ shown, more }: CardParams): number {
  return shown.length + (more > 0 ? 1 : 0);
}
