import { isArtifactLost, type ArtifactStore, type StoredOutputs } from '@soliloquy/artifacts';
import { sentenceOf, type FaultParts } from '@soliloquy/fault';
import type { Preview } from '@soliloquy/ports';
import type { History } from '../kept/history.ts';
import type { TaskRecord } from '../kept/run-record.ts';
import { ingredientsOf, madeOnCores } from '../plan/element-task.ts';
import { Elements, elementText, type ElementId, type Reads } from '../plan/elements.ts';
import type { PreparedGraph, PreparedNode } from '../plan/prepare.ts';
import { staleReasons } from '../plan/staleness.ts';
import type { Ingredients } from '../plan/task-key.ts';
import type { Made } from '../transport/protocol.ts';
import { CancelledError, TaskError, wireError } from '../transport/task-error.ts';
import type { Transport } from '../transport/transport.ts';
import type { RunListener } from './events.ts';

/** What the cache keeps beside a task's outputs. */
interface Memo {
  readonly ingredients: Ingredients;
  readonly previews: Readonly<Record<string, Preview | readonly Preview[]>>;
  readonly seconds: number;
  readonly threads: number;
  readonly attempts: number;
  readonly peakBytes: number;
}

type Executed = Omit<Made, 'cores'> & {
  readonly threads: number;
  readonly attempts: number;
  readonly worker: string;
  /** As what it is filed. */
  readonly filed: { readonly ingredients: Ingredients; readonly key: string };
};

/** What went wrong with an element: the parts of the fault, and its sentence. */
export interface ElementFailure extends FaultParts {
  readonly node: string;
  readonly element: string;
  readonly message: string;
  readonly stack?: string;
}

/** What a run keeps of anything thrown. The stack is that of the process in which it went wrong. */
export function failureOf(node: string, element: string, thrown: unknown): ElementFailure {
  const { digest: _digest, stack, ...parts } = wireError(thrown, element);
  return {
    node,
    element,
    ...parts,
    message: sentenceOf(parts),
    stack: thrown instanceof TaskError ? thrown.remoteStack : stack,
  };
}

/** A finished element, with how its values look. */
export interface FinishedElement extends TaskRecord {
  readonly previews: Readonly<Record<string, Preview | readonly Preview[]>>;
}

export interface ElementLoopParts {
  readonly graph: PreparedGraph;
  /** Digests of the graph's inputs by name. */
  readonly inputs: ReadonlyMap<string, string>;
  readonly store: ArtifactStore;
  readonly transport: Transport;
  readonly history: History;
  /** Let what does not depend on a failure finish, rather than stop everything. */
  readonly keepGoing: boolean;
  readonly signal: AbortSignal;
  readonly listen: RunListener;
}

/** An artifact that is lost more often than this is not lost by accident. */
const MOST_HEALS = 3;

/**
 * Drives every element of a graph to its end: as soon as what it reads is there, it is taken from the cache or handed
 * to the transport. An artifact that turns out to be lost or damaged sets the task that makes it back to waiting, and
 * all that reads it with it.
 */
export class ElementLoop {
  readonly failures: ElementFailure[] = [];
  readonly #parts: ElementLoopParts;
  readonly #elements: Elements;
  /**
   * Elements of each node that have not begun, once it is known which there are: what has begun is not looked at again.
   */
  readonly #waiting = new Map<string, readonly ElementId[]>();
  readonly #finished = new Map<string, FinishedElement>();
  readonly #begun = new Set<string>();
  readonly #heals = new Map<string, number>();
  /** Keys of what ran here. */
  readonly #executed = new Set<string>();
  /** How often an element found something that it reads lost or damaged. */
  readonly #rereads = new Map<string, number>();
  /** Two elements of one key are one task. */
  readonly #running = new Map<string, Promise<Executed>>();
  readonly #stop: AbortController;
  #active = 0;
  #advancing = false;
  #settled: (() => void) | undefined;

  constructor(parts: ElementLoopParts) {
    this.#parts = parts;
    this.#elements = new Elements(parts.graph.nodes, parts.inputs);
    this.#stop = new AbortController();
    if (parts.signal.aborted) this.#stop.abort();
    else parts.signal.addEventListener('abort', () => this.#stop.abort(), { once: true });
  }

  /** In topological order of nodes, each node's in order of its elements. */
  finished(): FinishedElement[] {
    return this.#parts.graph.nodes.flatMap(({ name }) => this.finishedOf(name));
  }

  finishedOf(node: string): FinishedElement[] {
    return [...this.#finished.values()]
      .filter(({ id }) => id.node === node)
      .sort((a, b) => compareIndices(a.id.index, b.id.index));
  }

  /**
   * Runs until nothing more can: everything is done, or something failed (then `failures` says what).
   *
   * @throws CancelledError when the signal aborted
   */
  async settle(): Promise<void> {
    await new Promise<void>((resolve) => {
      this.#settled = resolve;
      this.#advance();
    });
    if (this.#parts.signal.aborted) throw new CancelledError();
  }

  /**
   * Sets back what the store no longer has. `settle` makes it again.
   *
   * @returns whether anything was set back
   * @throws the cause when an artifact is lost again and again
   */
  async heal(cause: Error): Promise<boolean> {
    let any = false;
    for (const [text, { id, key }] of this.#finished) {
      if ((await this.#parts.store.getResult(key)) !== undefined) continue;
      any = true;
      const times = (this.#heals.get(text) ?? 0) + 1;
      if (times > MOST_HEALS) throw cause;
      this.#heals.set(text, times);
      this.#finished.delete(text);
      this.#waitAgain(id);
      this.#elements.forget(id);
      this.#parts.listen({ type: 'artifact-lost', node: id.node, element: text, message: cause.message });
    }
    return any;
  }

  #waitAgain(id: ElementId): void {
    this.#begun.delete(elementText(id));
    this.#waiting.set(id.node, [...(this.#waiting.get(id.node) ?? []), id]);
  }

  /** Several that finish in one turn are one advance. */
  #advanceSoon(): void {
    if (this.#advancing) return;
    this.#advancing = true;
    setImmediate(() => {
      this.#advancing = false;
      this.#advance();
    });
  }

  /**
   * Whether an element that could not read something shall be tried again. Not only when this healed: what it lacks may
   * be being made again since another noticed.
   */
  async #healFor(text: string, thrown: TaskError): Promise<boolean> {
    const times = (this.#rereads.get(text) ?? 0) + 1;
    this.#rereads.set(text, times);
    return (await this.heal(thrown).catch(() => false)) || times <= MOST_HEALS;
  }

  #advance(): void {
    for (const node of this.#parts.graph.nodes) {
      if (this.#stop.signal.aborted) break;
      try {
        let waiting = this.#waiting.get(node.name);
        if (waiting === undefined) {
          waiting = this.#elements.elementsOf(node.name);
          if (waiting === undefined) continue;
          this.#parts.listen({ type: 'node-expanded', node: node.name, elements: waiting.length });
        }
        this.#waiting.set(node.name, waiting);
        if (waiting.length === 0) continue;
        const still = waiting.filter((id) => {
          if (this.#begun.has(elementText(id))) return false;
          const readiness = this.#elements.readiness(id);
          if (readiness.ready) this.#begin(node, id, readiness);
          return !readiness.ready;
        });
        this.#waiting.set(node.name, still);
      } catch (thrown) {
        if (!this.#begun.has(node.name)) this.#fail(node.name, node.name, thrown);
        this.#begun.add(node.name);
      }
    }
    if (this.#active === 0) this.#settled?.();
  }

  #begin(node: PreparedNode, id: ElementId, reads: Reads): void {
    const text = elementText(id);
    this.#begun.add(text);
    this.#active++;
    void this.#obtain(node, id, text, reads)
      .catch(async (thrown: unknown) => {
        if (thrown instanceof CancelledError || this.#stop.signal.aborted) return;
        if (thrown instanceof TaskError && isArtifactLost(thrown) && (await this.#healFor(text, thrown)))
          this.#waitAgain(id);
        else this.#fail(node.name, text, thrown);
      })
      .finally(() => {
        this.#active--;
        this.#advanceSoon();
      });
  }

  async #obtain(node: PreparedNode, id: ElementId, text: string, reads: Reads): Promise<void> {
    const { graph, history, listen } = this.#parts;
    const { ingredients, key } = ingredientsOf(graph, node, id, reads);
    const anew = graph.anew.has(node.name) && !this.#executed.has(key);
    const memo = anew ? undefined : await this.#fromCache(key);
    if (memo !== undefined) {
      listen({ type: 'task-cached', node: node.name, element: text, key });
      this.#finish({ ...memo, id, key, cached: true, seed: ingredients.seed }, ingredients);
      return;
    }
    listen({
      type: 'task-stale',
      node: node.name,
      element: text,
      reasons: anew ? ['asked for'] : staleReasons(history.before(id), ingredients, node.sources),
    });
    let running = this.#running.get(key);
    if (running === undefined) {
      running = this.#execute(node, text, { ingredients, key, ...reads }).finally(() => this.#running.delete(key));
      this.#running.set(key, running);
    }
    const { filed, ...made } = await running;
    this.#executed.add(key).add(filed.key);
    this.#finish({ id, key: filed.key, cached: false, seed: ingredients.seed, ...made }, filed.ingredients);
    listen({
      type: 'task-finished',
      node: node.name,
      element: text,
      key: filed.key,
      seconds: made.seconds,
      threads: made.threads,
    });
  }

  async #execute(
    node: PreparedNode,
    text: string,
    { ingredients, key, inputs, titles }: Reads & { readonly ingredients: Ingredients; readonly key: string },
  ): Promise<Executed> {
    const { store, transport, listen } = this.#parts;
    const about = { node: node.name, element: text };
    let threads = 0;
    let attempts = 0;
    let by = '';
    const made = await transport.submit(
      {
        kind: 'task',
        key,
        label: text,
        stage: node.stage.id,
        backbone: node.backboneName,
        params: node.params,
        inputs,
        ...(titles !== undefined && { titles }),
        ...(ingredients.cores !== undefined && { cores: ingredients.cores }),
        ...(node.models !== undefined && { models: node.models }),
        seed: ingredients.seed,
        device: node.device,
        wants: node.wants,
        threads: node.threads,
        rank: node.rank,
      },
      this.#stop.signal,
      {
        started: (given, attempt, worker) => {
          threads = given;
          attempts = attempt;
          by = worker;
          listen({ type: 'task-started', ...about, threads: given, attempt, worker });
        },
        progress: (report) => listen({ type: 'task-progress', ...about, ...report }),
        log: (message) => listen({ type: 'task-log', ...about, message }),
        scalars: (points) => {
          for (const { name, step, value } of points) listen({ type: 'task-scalar', ...about, name, step, value });
        },
        retried: (why, attempt) => listen({ type: 'task-retried', ...about, why, attempt }),
      },
    );
    const { outputs, cores, ...rest } = made;
    const filed = madeOnCores({ ingredients, key }, cores);
    const memo = { ingredients: filed.ingredients, threads, attempts, ...rest } satisfies Memo;
    await store.putResult(filed.key, { outputs, about: memo as unknown as Record<string, unknown> });
    return { outputs, ...rest, threads, attempts, worker: by, filed };
  }

  /** What the cache has under this key, with every artifact of it intact. */
  async #fromCache(key: string): Promise<(Memo & { outputs: StoredOutputs }) | undefined> {
    const { store } = this.#parts;
    const result = await store.getResult(key);
    if (result === undefined) return undefined;
    const refs = Object.values(result.outputs).flatMap((stored) => stored ?? []);
    try {
      for (const { digest } of refs) await store.check(digest);
    } catch (thrown) {
      if (isArtifactLost(thrown)) return undefined;
      throw thrown;
    }
    return { outputs: result.outputs, ...(result.about as unknown as Memo) };
  }

  /** @throws TaskError `task.axis` */
  #finish(element: FinishedElement, ingredients: Ingredients): void {
    this.#elements.finish(element.id, element.outputs);
    this.#finished.set(elementText(element.id), element);
    this.#parts.history.record(element.id, ingredients);
    if (!element.cached) this.#parts.history.saveSoon();
  }

  #fail(node: string, element: string, thrown: unknown): void {
    const failure = failureOf(node, element, thrown);
    this.failures.push(failure);
    const { stack: _stack, ...told } = failure;
    this.#parts.listen({ type: 'task-failed', ...told });
    if (!this.#parts.keepGoing) this.#stop.abort();
  }
}

function compareIndices(a: readonly number[], b: readonly number[]): number {
  for (let at = 0; at < a.length; at++) if (a[at] !== b[at]) return a[at] - b[at];
  return 0;
}
