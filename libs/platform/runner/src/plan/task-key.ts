import { createHash } from 'node:crypto';
import canonicalize from 'canonicalize';
import { sha256 } from '@soliloquy/artifacts';

/**
 * All that decides what a task makes, and nothing else: no path, no clock, and no name of a node but where the result
 * shows it.
 */
export interface Ingredients {
  readonly stage: string;
  readonly stageVersion: number;
  readonly backbone: string;
  readonly backboneVersion: number;
  readonly params: Readonly<Record<string, unknown>>;
  /** Of the inputs that are given. */
  readonly inputs: Readonly<Record<string, string | readonly string[]>>;
  /** Of inputs that are titled: the result shows them. */
  readonly titles?: Readonly<Record<string, readonly string[]>>;
  /** Versions of the measures that give figures of it, by figure. */
  readonly measures?: Readonly<Record<string, number>>;
  /** Digests of the models that it computes with, by the param that names each. */
  readonly models?: Readonly<Record<string, string>>;
  readonly seed: number;
  /** What changes the numbers: device and processor architecture, e.g. `cpu/x64`. */
  readonly device: string;
  /** With how many threads it computes, where that changes the numbers (`Backbone.threadsMatter`). */
  readonly threads?: number;
  /** How many cores the encoder of films saw, where that changes what is written (`coresMatter`). */
  readonly cores?: number;
  /** Digests of the project modules that stage and backbone came from, sorted; absent for what is installed. */
  readonly modules?: readonly string[];
}

/** Under what a task's result is remembered: sha256 of its ingredients as canonical JSON (RFC 8785), hex. */
export function taskKey(ingredients: Ingredients): string {
  return sha256(canonicalize(ingredients) as string);
}

/**
 * The seed of one task: of the graph's seed, the stage and the element's index, so that it differs from element to
 * element. Not of the node's name: renaming a node, or running it in another graph, re-executes nothing. Two nodes of
 * one stage with the same inputs and params therefore make the same; give one of them another param where that is not
 * wanted.
 *
 * @returns 0 … 2^32-1
 */
export function taskSeed(graphSeed: number, stage: string, index: readonly number[]): number {
  return createHash('sha256').update(`${graphSeed} ${stage} ${index.join()}`).digest().readUInt32LE(0);
}
