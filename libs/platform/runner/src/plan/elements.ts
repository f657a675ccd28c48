import type { StoredOutputs } from '@soliloquy/artifacts';
import type { EdgeSource } from '@soliloquy/graph';
import type { AnyStage } from '@soliloquy/stage';
import type { InputDigests } from '../transport/protocol.ts';
import { TaskError } from '../transport/task-error.ts';

/** What fan-out needs to know of a node. */
export interface FanNode {
  readonly name: string;
  readonly stage: AnyStage;
  /** Where each connected input's value comes from, by input. */
  readonly sources: ReadonlyMap<string, EdgeSource>;
  /** Named axes along which it runs once per element. */
  readonly axes: readonly string[];
}

/** One element of a node: its index along each of the node's axes. */
export interface ElementId {
  readonly node: string;
  readonly index: readonly number[];
}

/** `fit[3]`, or the node's name alone where it has no axes. */
export function elementText({ node, index }: ElementId): string {
  return index.length === 0 ? node : `${node}[${index.join(',')}]`;
}

/** What an element can read now: everything, or not yet, and for whom it waits. */
export type Readiness =
  | { readonly ready: true; readonly inputs: Readonly<Record<string, InputDigests>> }
  | { readonly ready: false; readonly waitsFor: readonly string[] };

interface Grid {
  readonly node: FanNode;
  /** Along each axis of the node; set once all are known. */
  lengths?: readonly number[];
  /** Along the axes that its outputs make, by output; known with the first element that is done. */
  readonly made: Map<string, { length: number; by: string }>;
  readonly done: Map<string, StoredOutputs>;
}

/**
 * The elements of every node of a graph, as far as they are known. How long an axis is shows only when the node that
 * makes it has run, so the plan grows as results arrive. Inputs that share an axis are matched along it, different axes
 * multiply.
 */
export class Elements {
  readonly #grids = new Map<string, Grid>();
  readonly #inputs: ReadonlyMap<string, string>;

  /**
   * @param nodes in topological order; @param inputs digests of the graph's inputs by name (left-out optional ones are
   * not there)
   */
  constructor(nodes: readonly FanNode[], inputs: ReadonlyMap<string, string>) {
    this.#inputs = inputs;
    for (const node of nodes) this.#grids.set(node.name, { node, made: new Map(), done: new Map() });
  }

  /**
   * The elements of a node; `undefined` while an axis of it is not yet known.
   *
   * @throws TaskError `axis` when two inputs disagree on how long a shared axis is
   */
  elementsOf(name: string): ElementId[] | undefined {
    const grid = this.#grid(name);
    grid.lengths ??= this.#lengthsOf(grid.node);
    if (grid.lengths === undefined) return undefined;
    let indices: number[][] = [[]];
    for (const length of grid.lengths)
      indices = indices.flatMap((index) => Array.from({ length }, (_, at) => [...index, at]));
    return indices.map((index) => ({ node: name, index }));
  }

  outputsOf(id: ElementId): StoredOutputs | undefined {
    return this.#grid(id.node).done.get(id.index.join());
  }

  /**
   * Remembers what an element made.
   *
   * @throws TaskError `axis` when it made another number of elements than its siblings
   */
  finish(id: ElementId, outputs: StoredOutputs): void {
    const grid = this.#grid(id.node);
    for (const [port, spec] of Object.entries(grid.node.stage.outputs)) {
      const made = outputs[port];
      if (spec.makes === undefined || !Array.isArray(made)) continue;
      const before = grid.made.get(port);
      if (before === undefined) grid.made.set(port, { length: made.length, by: elementText(id) });
      else if (before.length !== made.length) {
        throw new TaskError({
          code: 'task.axis',
          where: `${elementText(id)}.${port}`,
          expected: `${before.length} along ${spec.makes} as ${before.by} made`,
          got: `${made.length}`,
          remedy: 'make them equally many',
        });
      }
    }
    grid.done.set(id.index.join(), outputs);
  }

  /** Forgets what an element made, because it is no longer in the store: what reads it is not ready any more. */
  forget(id: ElementId): void {
    this.#grid(id.node).done.delete(id.index.join());
  }

  /**
   * The digests that an element reads, or for which nodes it waits. @throws TaskError `missing-value` when a needed
   * input's source gave nothing
   */
  readiness(id: ElementId): Readiness {
    const { node } = this.#grid(id.node);
    const inputs: Record<string, InputDigests> = {};
    const waitsFor = new Set<string>();
    for (const [port, spec] of Object.entries(node.stage.inputs)) {
      const source = node.sources.get(port);
      if (source === undefined) {
        inputs[port] = null;
        continue;
      }
      const digests = this.#read(id, node, source, spec.gathers, waitsFor);
      if (digests === undefined) continue;
      const gathered = spec.gathers === undefined ? digests[0] : digests;
      const absent = spec.gathers === undefined ? gathered === null : (gathered as (string | null)[]).includes(null);
      // An input of the graph that is optional and left out is as if nothing were connected: whether that is allowed
      // was settled with the graph.
      if (absent && !spec.optional) {
        const from = source.kind === 'input' ? source.input : `${source.node}.${source.port}`;
        throw new TaskError({
          code: 'task.missing-value',
          where: `${elementText(id)}.${port}`,
          expected: `${spec.type.id} from ${from}`,
          got: 'nothing',
          remedy:
            source.kind === 'input'
              ? `give it with --input ${source.input}=…`
              : 'choose a backbone of that node that gives it',
        });
      }
      inputs[port] = absent ? null : (gathered as string | string[]);
    }
    return waitsFor.size > 0 ? { ready: false, waitsFor: [...waitsFor] } : { ready: true, inputs };
  }

  /**
   * Digests along the gathered axis (one where nothing is gathered); `undefined` while one is missing. `null` stands
   * for a value that was not given.
   */
  #read(
    id: ElementId,
    node: FanNode,
    source: EdgeSource,
    gathers: string | undefined,
    waitsFor: Set<string>,
  ): (string | null)[] | undefined {
    if (source.kind === 'input') return [this.#inputs.get(source.input) ?? null];
    const grid = this.#grid(source.node);
    const along = this.#axisLength(source, gathers);
    if (along === undefined) {
      waitsFor.add(source.node);
      return undefined;
    }
    const makes = grid.node.stage.outputs[source.port].makes;
    const at = (axis: string, step: number): number => (axis === gathers ? step : id.index[node.axes.indexOf(axis)]);
    const digests: (string | null)[] = [];
    for (let step = 0; step < along; step++) {
      const outputs = grid.done.get(grid.node.axes.map((axis) => at(axis, step)).join());
      if (outputs === undefined) {
        waitsFor.add(source.node);
        return undefined;
      }
      const stored = outputs[source.port] ?? null;
      if (stored === null) digests.push(null);
      else if ('digest' in stored) digests.push(stored.digest);
      else digests.push(stored[at(makes as string, step)].digest);
    }
    return digests;
  }

  /**
   * How many elements a source has along an axis: 1 where it does not carry it, `undefined` while that is not known.
   */
  #axisLength(source: EdgeSource & { kind: 'node' }, axis: string | undefined): number | undefined {
    const grid = this.#grid(source.node);
    if (axis === undefined) return 1;
    if (grid.node.stage.outputs[source.port].makes === axis) return grid.made.get(source.port)?.length;
    const at = grid.node.axes.indexOf(axis);
    if (at < 0) return 1;
    grid.lengths ??= this.#lengthsOf(grid.node);
    return grid.lengths?.[at];
  }

  #lengthsOf(node: FanNode): number[] | undefined {
    const lengths: number[] = [];
    for (const axis of node.axes) {
      let first: { length: number; port: string; from: string } | undefined;
      for (const [port, source] of node.sources) {
        if (source.kind === 'input' || node.stage.inputs[port].gathers === axis || !this.#carries(source, axis))
          continue;
        const length = this.#axisLength(source, axis);
        if (length === undefined) return undefined;
        const from = `${source.node}.${source.port}`;
        if (first === undefined) first = { length, port, from };
        else if (first.length !== length) {
          throw new TaskError({
            code: 'task.axis',
            where: `${node.name}.${port}`,
            expected: `${first.length} along ${axis} as ${node.name}.${first.port} has (from ${first.from})`,
            got: `${length} from ${from}`,
            remedy: 'make them equally many',
          });
        }
      }
      if (first === undefined)
        throw new TaskError({
          code: 'soliloquy.internal',
          where: `${node.name}.axes`,
          expected: `an input that carries ${axis}`,
          got: 'none',
          remedy: 'report this',
        });
      lengths.push(first.length);
    }
    return lengths;
  }

  #carries(source: EdgeSource & { kind: 'node' }, axis: string): boolean {
    const { node } = this.#grid(source.node);
    return node.axes.includes(axis) || node.stage.outputs[source.port].makes === axis;
  }

  #grid(name: string): Grid {
    return this.#grids.get(name) as Grid;
  }
}
