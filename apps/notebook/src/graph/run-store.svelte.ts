import { SvelteMap } from 'svelte/reactivity';
import { z } from 'zod';
import type { FaultParts } from '@soliloquy/fault';
import {
  planSchema,
  queueEntrySchema,
  runListSchema,
  runMessageSchema,
  taskResultSchema,
  type LabelRequest,
  type Plan,
  type QueueEntry,
  type RunList,
  type RunMessage,
  type Target,
  type WireGraphError,
  type WireNodePlan,
  type WireTaskResult,
} from '@soliloquy/gateway/protocol';
import type { ExpectationRow } from '@soliloquy/graph';
import { get, post, put, Refused } from '../gateway/client.ts';
import { inOrder, type ElementKey } from './elements.ts';
import { LiveCurves } from './live-curves.svelte.ts';
import { advance, type NodeProgress } from './node-progress.ts';

const PLAN_AFTER_MS = 250;
const LOG_LINES = 500;

/** One line of a run's log. */
export interface LogLine {
  readonly at: string;
  readonly element: string;
  readonly message: string;
  readonly kind: 'log' | 'failed' | 'retried';
  /** of `failed`: what `message` says, part by part */
  readonly fault?: FaultParts;
}

/** What the page is asked to run. */
export interface RunWish {
  readonly path: string;
  readonly digest: string;
  readonly size: string;
  readonly target: Target;
  readonly resume?: boolean;
}

/**
 * Runs of the open graph: what would run and why, what is queued, how the one that is shown goes, and what was made.
 */
export class RunStore {
  readonly #path: string;
  readonly #graph: () => string;
  queue = $state.raw<readonly QueueEntry[]>([]);
  runs = $state.raw<RunList['runs']>([]);
  /** figures that any of these runs has */
  metrics = $state.raw<RunList['metrics']>([]);
  #refreshed: Promise<void> = Promise.resolve();
  /** what would run, by node; of the document and size that were last asked for */
  readonly plan = new SvelteMap<string, WireNodePlan>();
  planNotes = $state.raw<readonly string[]>([]);
  /** why not all of it can be run; what is sound beside it is planned all the same */
  planErrors = $state.raw<readonly WireGraphError[]>([]);
  /** why nothing could be planned */
  planProblem = $state.raw<Refused | undefined>(undefined);
  planning = $state(false);
  /** whether anything is known of what would run */
  planned = $state(false);
  /** the run that is shown: the one that runs, else the latest of this page's graph */
  shown = $state.raw<string | undefined>(undefined);
  /** the ended run whose results are shown, in the place of those that are there for the document as it is */
  pinned = $state.raw<string | undefined>(undefined);
  /** what nodes made in runs that were shown before: it stands in until there is something newer */
  #before = $state.raw<ReadonlyMap<string, readonly ElementKey[]>>(new Map());
  /** nothing is heard of runs at present */
  lost = $state(false);
  /** counts runs that ended while this page looked */
  ended = $state(0);
  readonly progress = new SvelteMap<string, NodeProgress>();
  /** nodes that take part in the run that is shown */
  #taking = $state.raw<ReadonlySet<string>>(new Set());
  /** what the tasks of the run that is shown logged */
  readonly curves = new LiveCurves();
  log = $state.raw<readonly LogLine[]>([]);
  expectations = $state.raw<readonly ExpectationRow[]>([]);
  readonly results = new SvelteMap<string, WireTaskResult>();
  readonly #asked = new Set<string>();
  #planTimer: ReturnType<typeof setTimeout> | undefined;
  #planSerial = 0;

  /** @param graph name of the open document, under which its runs are listed */
  constructor(path: string, graph: () => string) {
    this.#path = path;
    this.#graph = graph;
  }

  /** The run of this graph that is under way, if there is one. */
  readonly active: QueueEntry | undefined = $derived(
    this.queue.find(
      ({ path, state }) => path === this.#path && (state.kind === 'running' || state.kind === 'stopping'),
    ),
  );
  /** The run whose results stand in for what is not there for the document as it is: the one that is shown, once it
   * has ended. */
  readonly exported: string | undefined = $derived(this.active?.run === this.shown ? undefined : this.shown);
  /** The run that the others are compared with. */
  readonly baseline: RunList['runs'][number] | undefined = $derived(this.runs.find(({ baseline }) => baseline));
  /** The latest that was of the whole graph and made all of it. */
  readonly latest: RunList['runs'][number] | undefined = $derived(this.runs.find(({ complete }) => complete));
  readonly waiting: readonly QueueEntry[] = $derived(this.queue.filter(({ state }) => state.kind === 'waiting'));

  /** What an earlier gateway left in the queue. */
  readonly held: readonly QueueEntry[] = $derived(this.queue.filter(({ state }) => state.kind === 'held'));

  hearQueue(entries: readonly QueueEntry[]): void {
    this.queue = entries;
    const now = this.active?.run;
    if (now !== undefined && now !== this.shown) this.#show(now);
  }

  /** An event of a run, live or told again after a reload. */
  hear(message: RunMessage): void {
    const { run, event } = message;
    if (event.type === 'run-started' && this.#isOurs(run, event.graph)) this.#show(run);
    if (run === this.shown) this.#take(message);
    if (event.type === 'run-finished' && run === this.shown) {
      this.ended += 1;
      this.#refreshed = this.refreshRuns();
    }
  }

  /** Shows how an earlier run went. @throws Refused */
  async review(run: string): Promise<void> {
    this.#show(run);
    for (const message of await get('history', z.array(runMessageSchema), { parts: { run } }))
      if (run === this.shown) this.#take(message);
  }

  #isOurs(run: string, graph: string): boolean {
    const entry = this.queue.find((each) => each.run === run);
    return entry === undefined ? graph === this.#graph() : entry.path === this.#path;
  }

  #show(run: string): void {
    if (run === this.shown) return;
    this.shown = run;
    this.pinned = undefined;
    this.#before = new Map([
      ...this.#before,
      ...[...this.progress].flatMap(([node, { keys }]) => (keys.size > 0 ? [[node, elementsIn(keys)] as const] : [])),
    ]);
    this.progress.clear();
    this.curves.clear();
    this.#taking = new Set();
    this.log = [];
    this.expectations = [];
  }

  /** Whether a node is part of the run that is shown. */
  takesPart(node: string): boolean {
    return this.#taking.has(node);
  }

  #take({ at, event }: RunMessage): void {
    const now = Math.min(Date.now(), Date.parse(at) || Date.now());
    if (event.type === 'task-scalar') {
      this.curves.add(event);
      return;
    }
    if ('node' in event) {
      const next = advance(this.progress.get(event.node), event, now);
      if (next !== undefined) this.progress.set(event.node, next);
    }
    if (event.type === 'run-started') this.#taking = new Set(event.nodes);
    if (event.type === 'task-log') this.#line({ at, element: event.element, message: event.message, kind: 'log' });
    if (event.type === 'task-failed')
      this.#line({ at, element: event.element, message: event.message, kind: 'failed', fault: event });
    if (event.type === 'task-retried')
      this.#line({
        at,
        element: event.element,
        message: `tried again (attempt ${event.attempt}): ${event.why}`,
        kind: 'retried',
      });
    if (event.type === 'expectation') this.expectations = [...this.expectations, event.row];
  }

  #line(line: LogLine): void {
    this.log = [...this.log.slice(1 - LOG_LINES), line];
  }

  /** Asks, soon, what would run and why. */
  planSoon(text: string, size: string): void {
    clearTimeout(this.#planTimer);
    this.planning = true;
    this.#planTimer = setTimeout(() => void this.#askPlan(text, size), PLAN_AFTER_MS);
  }

  async #askPlan(text: string, size: string): Promise<void> {
    const serial = ++this.#planSerial;
    try {
      const plan = await post('plan', planSchema, { path: this.#path, text, size });
      if (serial !== this.#planSerial) return;
      this.#takePlan(plan);
    } catch (thrown) {
      if (serial !== this.#planSerial) return;
      if (!(thrown instanceof Refused)) throw thrown;
      this.planProblem = thrown;
      // What was known before the gateway went away may still be so.
      if (thrown.status !== 0) this.plan.clear();
    } finally {
      if (serial === this.#planSerial) this.planning = false;
    }
  }

  #takePlan(plan: Plan): void {
    this.planNotes = plan.notes;
    this.planned = true;
    this.planErrors = plan.errors;
    this.planProblem = undefined;
    const names = new Set(plan.nodes.map(({ node }) => node));
    for (const node of [...this.plan.keys()]) if (!names.has(node)) this.plan.delete(node);
    for (const each of plan.nodes) this.plan.set(each.node, each);
  }

  /** What a part of the graph would run. @throws Refused */
  async planOf(text: string, size: string, target: Target): Promise<Plan> {
    return post('plan', planSchema, { path: this.#path, text, size, target });
  }

  /** Queues a run. @throws Refused */
  async start({ path, digest, size, target, resume }: RunWish): Promise<QueueEntry> {
    return post('runs', queueEntrySchema, { path, digest, size, target, ...(resume ? { resume: true } : {}) });
  }

  /** Lets a run go on that an earlier gateway left. @throws Refused */
  async proceed(run: string): Promise<void> {
    await post('proceed', queueEntrySchema, {}, { parts: { run } });
  }

  /** @throws Refused */
  async cancel(run: string): Promise<void> {
    await post('cancel', queueEntrySchema, {}, { parts: { run } });
  }

  /** @throws Refused */
  async refreshRuns(): Promise<void> {
    ({ runs: this.runs, metrics: this.metrics } = await get('runs', runListSchema, {
      query: { graph: this.#graph() },
    }));
  }

  /** Resolves when the list knows of the run that ended last. @throws Refused */
  get refreshed(): Promise<void> {
    return this.#refreshed;
  }

  /** @throws Refused */
  async label(run: string, change: LabelRequest): Promise<void> {
    await put('label', z.object({}), change, { parts: { run } });
    await this.refreshRuns();
  }

  /** @throws Refused */
  async forget(run: string): Promise<void> {
    await post('forget', z.object({}), {}, { parts: { run } });
    if (this.pinned === run) this.pinned = undefined;
    await this.refreshRuns();
  }

  /** Shows what an ended run made; `undefined`: what is there for the document as it is. @throws Refused */
  async pin(run: string | undefined): Promise<void> {
    if (run !== undefined) await this.review(run);
    // another may have begun meanwhile
    if (run === undefined || run === this.shown) this.pinned = run;
  }

  /**
   * What a node made, element by element in their order: of the run that was chosen; else what the plan found, what the
   * run that is shown made, or what one before it did.
   */
  elementsOf(node: string): readonly ElementKey[] {
    const made = elementsIn(this.progress.get(node)?.keys);
    if (this.pinned !== undefined) return made;
    const planned = this.plan.get(node)?.cached ?? [];
    if (planned.length > 0) return inOrder(planned);
    return made.length > 0 ? made : (this.#before.get(node) ?? []);
  }

  /** Whether what is shown of a node was made by a run for other settings than those of the document as it is. */
  isFormer(node: string): boolean {
    if (this.pinned !== undefined || !this.planned || (this.plan.get(node)?.cached.length ?? 0) > 0) return false;
    const underWay = this.active !== undefined && this.active.run === this.shown;
    return this.elementsOf(node).length > 0 && !(underWay && (this.progress.get(node)?.keys.size ?? 0) > 0);
  }

  /** How many elements a node has, as far as it is known. */
  countOf(node: string): number {
    if (this.pinned !== undefined) return this.elementsOf(node).length;
    return this.plan.get(node)?.elements ?? this.progress.get(node)?.elements ?? this.elementsOf(node).length;
  }

  /** Keys of what a node made, element by element in their order. */
  keysOf(node: string): readonly string[] {
    return this.elementsOf(node).map(({ key }) => key);
  }

  /** What a node is making, as it was last shown while it runs. */
  pictureOf(node: string): string | undefined {
    return [...(this.progress.get(node)?.running.values() ?? [])].findLast(({ picture }) => picture)?.picture;
  }

  /** What the task of a key made; asked for once. */
  resultOf(key: string): WireTaskResult | undefined {
    const known = this.results.get(key);
    if (known !== undefined || this.#asked.has(key)) return known;
    this.#asked.add(key);
    get('result', taskResultSchema, { parts: { key } })
      .then((result) => this.results.set(key, result))
      .catch((thrown: unknown) => {
        this.#asked.delete(key);
        if (!(thrown instanceof Refused)) throw thrown;
      });
    return undefined;
  }
}

function elementsIn(keys: ReadonlyMap<string, string> = new Map()): readonly ElementKey[] {
  return inOrder([...keys].map(([element, key]) => ({ element, key })));
}
