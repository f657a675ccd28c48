import type { StoredOutputs } from '@soliloquy/artifacts';
import { sourceText, type EdgeSource } from '@soliloquy/graph';
import { ALL_AXES, type SettledStage } from '@soliloquy/stage';
import type { InputDigests, Titles } from '../transport/protocol.ts';
import { TaskError } from '../transport/task-error.ts';

/** What fan-out needs to know of a node. */
export interface FanNode {
  readonly name: string;
  readonly stage: SettledStage;
  /** Where each connected input's value comes from, by input; several, in order, where it gathers. */
  readonly sources: ReadonlyMap<string, readonly EdgeSource[]>;
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

/** What an element reads. */
export interface Reads {
  readonly inputs: Readonly<Record<string, InputDigests>>;
  /** Where an input is titled. */
  readonly titles?: Titles;
}

/** What an element can read now: everything, or not yet, and for whom it waits. */
export type Readiness =
  ({ readonly ready: true } & Reads) | { readonly ready: false; readonly waitsFor: readonly string[] };

interface Grid {
  readonly node: FanNode;
  readonly into: readonly (readonly [string, EdgeSource])[];
  /** Along each axis of the node; set once all are known. */
  lengths?: readonly number[];
  /** How many elements had been made when they were not: asked again only after another. */
  unknownAt?: number;
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
  #finished = 0;

  /**
   * @param nodes in topological order; @param inputs digests of the graph's inputs by name (left-out optional ones are
   * not there)
   */
  constructor(nodes: readonly FanNode[], inputs: ReadonlyMap<string, string>) {
    this.#inputs = inputs;
    for (const node of nodes)
      this.#grids.set(node.name, { node, into: edgesInto(node), made: new Map(), done: new Map() });
  }

  /**
   * The elements of a node; `undefined` while an axis of it is not yet known.
   *
   * @throws TaskError `task.axis` when two inputs disagree on how long a shared axis is, or the axes multiply to more
   *   than 100,000
   */
  elementsOf(name: string): ElementId[] | undefined {
    const lengths = this.#lengths(this.#grid(name));
    if (lengths === undefined) return undefined;
    return indicesOf(lengths).map((index) => ({ node: name, index }));
  }

  outputsOf(id: ElementId): StoredOutputs | undefined {
    return this.#grid(id.node).done.get(id.index.join());
  }

  /**
   * Remembers what an element made.
   *
   * @throws TaskError `task.axis` when it made another number of elements than its siblings
   */
  finish(id: ElementId, outputs: StoredOutputs): void {
    const grid = this.#grid(id.node);
    this.#finished++;
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
   * The digests that an element reads, or for which nodes it waits.
   *
   * @throws TaskError `task.missing-value` when a needed input's source gave nothing; `task.axis` when inputs that
   *   gather one axis do not match edge by edge
   */
  readiness(id: ElementId): Readiness {
    const { node } = this.#grid(id.node);
    const inputs: Record<string, InputDigests> = {};
    const titles: Record<string, readonly string[]> = {};
    const gathered: Gathered[] = [];
    const waitsFor = new Set<string>();
    for (const [port, spec] of Object.entries(node.stage.inputs)) {
      const sources = node.sources.get(port) ?? [];
      const read = sources.map((source) => this.#read(id, node, source, spec.gathers, waitsFor));
      if (read.includes(undefined)) continue;
      const parts = (read as (string | null)[][]).map((digests, at) => ({ source: sources[at], digests }));
      const there = parts.filter(({ digests }) => !digests.includes(null)) as Part[];
      this.#checkThere(id, port, parts, there);
      if (there.length === 0) {
        inputs[port] = null;
        continue;
      }
      const digests = there.flatMap((part) => part.digests);
      inputs[port] = spec.gathers === undefined ? digests[0] : digests;
      if (spec.gathers !== undefined && spec.gathers !== ALL_AXES)
        gathered.push({ port, axis: spec.gathers, parts: there });
      if (spec.titled) titles[port] = there.flatMap((part) => part.digests.map(() => titleOf(part.source)));
    }
    if (waitsFor.size > 0) return { ready: false, waitsFor: [...waitsFor] };
    checkPairs(id, gathered);
    return { ready: true, inputs, ...(Object.keys(titles).length > 0 && { titles }) };
  }

  /**
   * An input of the graph that is optional and left out is as if it were not connected: whether that is allowed was
   * settled with the graph.
   */
  #checkThere(id: ElementId, port: string, parts: readonly { source: EdgeSource }[], there: readonly Part[]): void {
    const spec = this.#grid(id.node).node.stage.inputs[port];
    if (spec.optional || parts.length === there.length) return;
    const given = new Set(there.map(({ source }) => source));
    const absent = parts.map(({ source }) => source).filter((source) => !given.has(source));
    const source = absent.find(({ kind }) => kind === 'node' || there.length === 0);
    if (source === undefined) return;
    const remedy =
      source.kind === 'input'
        ? `give it with --input ${source.input}=…`
        : 'choose a backbone of that node that gives it';
    throw new TaskError({
      code: 'task.missing-value',
      where: `${elementText(id)}.${port}`,
      expected: `${spec.type.id} from ${sourceText(source)}`,
      got: 'nothing',
      remedy,
    });
  }

  /**
   * Digests along the gathered axes (one where nothing is gathered), the last axis fastest; `undefined` while one is
   * missing. `null` stands for a value that was not given.
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
    const makes = grid.node.stage.outputs[source.port].makes;
    const axes = makes === undefined ? grid.node.axes : [...grid.node.axes, makes];
    const whole = axes.filter((axis) => (gathers === ALL_AXES ? !node.axes.includes(axis) : axis === gathers));
    const lengths = whole.map((axis) => this.#axisLength(source, axis));
    // Who gathers thousands is asked after each of them: a count says that some are missing.
    if (lengths.includes(undefined) || (grid.node.axes.every((axis) => whole.includes(axis)) && !this.#isWhole(grid))) {
      waitsFor.add(source.node);
      return undefined;
    }
    const digests: (string | null)[] = [];
    for (const steps of indicesOf(lengths as number[])) {
      const at = (axis: string): number =>
        whole.includes(axis) ? steps[whole.indexOf(axis)] : id.index[node.axes.indexOf(axis)];
      const outputs = grid.done.get(grid.node.axes.map(at).join());
      if (outputs === undefined) {
        waitsFor.add(source.node);
        return undefined;
      }
      const stored = outputs[source.port] ?? null;
      if (stored === null) digests.push(null);
      else if ('digest' in stored) digests.push(stored.digest);
      else digests.push(stored[at(makes as string)].digest);
    }
    return digests;
  }

  #isWhole(grid: Grid): boolean {
    const lengths = this.#lengths(grid);
    return lengths !== undefined && grid.done.size >= lengths.reduce((product, length) => product * length, 1);
  }

  /** How many elements a source has along an axis that it carries; `undefined` while that is not known. */
  #axisLength(source: EdgeSource & { kind: 'node' }, axis: string): number | undefined {
    const grid = this.#grid(source.node);
    if (grid.node.stage.outputs[source.port].makes === axis) return grid.made.get(source.port)?.length;
    const at = grid.node.axes.indexOf(axis);
    return this.#lengths(grid)?.[at];
  }

  /** Along a chain of which nothing was made every node would ask all before it. */
  #lengths(grid: Grid): readonly number[] | undefined {
    if (grid.lengths === undefined && grid.unknownAt !== this.#finished) {
      grid.lengths = this.#lengthsOf(grid);
      if (grid.lengths === undefined) grid.unknownAt = this.#finished;
    }
    return grid.lengths;
  }

  #lengthsOf({ node, into }: Grid): number[] | undefined {
    const lengths: number[] = [];
    for (const axis of node.axes) {
      let first: { length: number; port: string; from: string } | undefined;
      for (const [port, source] of into) {
        const { gathers } = node.stage.inputs[port];
        if (source.kind === 'input' || gathers === axis || gathers === ALL_AXES || !this.#carries(source, axis))
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
    checkCount(node, lengths);
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

/** Each is a task that is held in mind: ten times what a night on a cluster has done. */
const MOST_ELEMENTS = 100_000;

/** @throws TaskError `task.axis` */
function checkCount({ name, axes }: FanNode, lengths: readonly number[]): void {
  const count = lengths.reduce((product, length) => product * length, 1);
  if (count <= MOST_ELEMENTS) return;
  throw new TaskError({
    code: 'task.axis',
    where: name,
    expected: `at most ${MOST_ELEMENTS} elements`,
    got: `${count} (${lengths.map((length, at) => `${length} along ${axes[at]}`).join(', ')})`,
    remedy: 'make fewer, or gather an axis before',
  });
}

/** What one edge brings to an input. */
interface Part {
  readonly source: EdgeSource;
  readonly digests: readonly string[];
}

/** An input that gathers a named axis, edge by edge. */
interface Gathered {
  readonly port: string;
  readonly axis: string;
  readonly parts: readonly Part[];
}

/**
 * Inputs that gather one axis belong together element by element, e.g. the clips of a training and their voices.
 *
 * @throws TaskError `task.axis` naming both where their edges bring unequally many
 */
function checkPairs(id: ElementId, gathered: readonly Gathered[]): void {
  for (const [axis, [first, ...others]] of Map.groupBy(gathered, (each) => each.axis)) {
    const other = others.find(({ parts }) => countsOf(parts) !== countsOf(first.parts));
    if (other === undefined) continue;
    const of = `${id.node}.${first.port} has (from ${sourcesOf(first.parts)})`;
    throw new TaskError({
      code: 'task.axis',
      where: `${elementText(id)}.${other.port}`,
      expected: `${countsOf(first.parts)} along ${axis} as ${of}`,
      got: `${countsOf(other.parts)} from ${sourcesOf(other.parts)}`,
      remedy: 'connect both edge by edge, equally many each',
    });
  }
}

/** `3`, or `3 + 2` of two edges. */
function countsOf(parts: readonly Part[]): string {
  return parts.map(({ digests }) => digests.length).join(' + ');
}

function sourcesOf(parts: readonly Part[]): string {
  return parts.map(({ source }) => sourceText(source)).join(', ');
}

/** Whose value it is, as a reader is told. */
function titleOf(source: EdgeSource): string {
  return source.kind === 'input' ? source.input : source.node;
}

function edgesInto(node: FanNode): (readonly [string, EdgeSource])[] {
  return [...node.sources].flatMap(([port, sources]) => sources.map((source) => [port, source] as const));
}

/** Every index of a grid, the last axis fastest; one empty index of a grid without axes. */
function indicesOf(lengths: readonly number[]): number[][] {
  return lengths.reduce<number[][]>(
    (indices, length) => indices.flatMap((index) => Array.from({ length }, (_, at) => [...index, at])),
    [[]],
  );
}
