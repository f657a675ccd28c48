import { getContext, setContext } from 'svelte';
import {
  catalogueSchema,
  documentListSchema,
  openedDocumentSchema,
  savedSchema,
  sessionSchema,
  type Catalogue,
  type DocumentList,
  type QueueEntry,
  type RunMessage,
  type Session,
  type ToPage,
} from '@soliloquy/gateway/protocol';
import { catalogueRegistry, formatGraph, InvalidGraph, type GraphDocument, type StageRegistry } from '@soliloquy/graph';
import { declareHues } from './design/type-color.ts';
import { DocumentStore } from './document/document-store.svelte.ts';
import { nodeItem } from './document/items.ts';
import { get, put, Refused } from './gateway/client.ts';
import { Events, type Connection } from './gateway/events.ts';
import { chosenFigures } from './graph/chosen-figures.ts';
import { lacking } from './graph/lacking.ts';
import { OPEN_GRAPH_KEY, OpenGraph } from './graph/open-graph.svelte.ts';
import { changeWords } from './graph/run-words.ts';
import { linkTo, readLink } from './link.ts';
import { Notices } from './notices.svelte.ts';

const MOST_HEARD = 20_000;
const MOST_POINTS = 20_000;

/** The page: what the gateway offers, and the graph that is open. */
export class Notebook {
  readonly session: Session;
  readonly catalogue: Catalogue;
  readonly registry: StageRegistry;
  readonly notices = new Notices();
  documents = $state.raw<DocumentList['documents']>([]);
  open = $state.raw<OpenGraph | undefined>(undefined);
  /** `undefined` until the gateway was first heard */
  connection = $state.raw<Connection | undefined>(undefined);
  /** whether the gateway is not heard */
  readonly lost: boolean = $derived(this.connection !== undefined && this.connection.kind !== 'connected');
  readonly #events: Events;
  /**
   * what was heard of runs in this session, so that a graph that is opened later knows how its run goes; of progress
   * the latest alone
   */
  #heard: RunMessage[] = [];
  /** of curves; apart, since they are many */
  #points: RunMessage[] = [];
  #queue: readonly QueueEntry[] = [];

  private constructor(session: Session, catalogue: Catalogue) {
    this.session = session;
    this.catalogue = catalogue;
    this.registry = catalogueRegistry(catalogue);
    declareHues(catalogue.types);
    this.#events = new Events(
      (message) => this.#hear(message),
      (connection) => this.#connected(connection),
    );
  }

  /** @throws Refused */
  static async start(): Promise<Notebook> {
    const [session, catalogue] = await Promise.all([get('session', sessionSchema), get('catalogue', catalogueSchema)]);
    const notebook = new Notebook(session, catalogue);
    for (const note of session.notes) notebook.notices.warn(note);
    const { graph: path = session.graph } = readLink();
    if (path === null) await notebook.refreshDocuments();
    else {
      await notebook.openLink(path);
      void notebook.#later(() => notebook.refreshDocuments());
    }
    return notebook;
  }

  close(): void {
    this.#events.close();
  }

  /** @throws Refused */
  async refreshDocuments(): Promise<void> {
    this.documents = (await get('documents', documentListSchema)).documents;
  }

  /** Opens what the address says: a graph, a node of it that is selected, an ended run that is shown. */
  async openLink(otherwise?: string): Promise<void> {
    const { graph = otherwise, node, run } = readLink();
    if (graph === undefined) return;
    if (graph !== this.open?.document.path) await this.openGraph(graph, { asNew: false });
    const { open } = this;
    if (open?.document.path !== graph) return;
    if (node !== undefined && Object.hasOwn(open.doc.nodes, node)) open.selection.only(nodeItem(node));
    if (run !== open.runs.pinned) await this.#later(() => open.runs.pin(run));
  }

  /**
   * Opens a graph of the project. What is wrong is said in a notice.
   *
   * @param asNew the browser can go back to what was open before
   */
  async openGraph(path: string, { asNew = true } = {}): Promise<void> {
    try {
      await this.open?.document.flush();
      const open = new OpenGraph(await DocumentStore.open(path, this.registry), this);
      open.runs.lost = this.lost;
      this.open = open;
      if (asNew && readLink().graph !== path) history.pushState(null, '', linkTo({ graph: path }));
      document.title = `${open.doc.name} · Soliloquy`;
      for (const note of open.document.notes) this.notices.say(note);
      open.runs.hearQueue(this.#queue);
      for (const message of [...this.#heard, ...this.#points]) open.runs.hear(message);
      void this.#later(() => recall(open));
    } catch (thrown) {
      if (!(thrown instanceof Refused) && !(thrown instanceof InvalidGraph)) throw thrown;
      this.notices.warn(thrown.message);
    }
  }

  /** Puts a graph into the project, beside the one that is open, and opens it. @returns its path; @throws Refused */
  async openNew(doc: GraphDocument): Promise<string> {
    // The list may be older than a file of that name.
    await this.refreshDocuments();
    const path = this.#freePath(doc.name);
    await put('document', savedSchema, { path, text: formatGraph(doc), base: null });
    await this.refreshDocuments();
    await this.openGraph(path);
    return path;
  }

  /** Shows the list of graphs in the place of the one that was open. @throws Refused */
  async leave(): Promise<void> {
    this.open = undefined;
    history.pushState(null, '', location.pathname);
    await this.refreshDocuments();
  }

  #freePath(name: string): string {
    const folder = (this.open?.document.path ?? 'graphs/').replace(/[^/]*$/, '');
    const taken = new Set(this.documents.map(({ path }) => path));
    for (let number = 1; ; number++) {
      const path = `${folder}${name}${number === 1 ? '' : `-${number}`}.json`;
      if (!taken.has(path)) return path;
    }
  }

  /** What the graph can be seen without. */
  async #later(ask: () => Promise<void>): Promise<void> {
    try {
      await ask();
    } catch (thrown) {
      if (!(thrown instanceof Refused)) throw thrown;
      this.notices.warn(thrown.message);
    }
  }

  /** What a backbone lacks here, with how to get it. */
  lacking(stage: string, backbone: string, params?: Readonly<Record<string, unknown>>): ReturnType<typeof lacking> {
    return lacking(this.catalogue, stage, backbone, params);
  }

  #connected(connection: Connection): void {
    const before = this.connection;
    this.connection = connection;
    if (this.open !== undefined) this.open.runs.lost = this.lost;
    if (connection.kind !== 'connected' || before === undefined) return;
    if (connection.anew) {
      // What was heard of runs was of a gateway that is no more; what of them is kept comes again.
      this.#heard = [];
      this.#points = [];
      this.notices.announce('The gateway was started anew; this page goes on');
    }
    void this.#later(() => this.#catchUp());
  }

  /** What may have changed while nothing was heard. @throws Refused */
  async #catchUp(): Promise<void> {
    await this.refreshDocuments();
    const { open } = this;
    if (open === undefined) return;
    const { digest } = await get('document', openedDocumentSchema, { query: { path: open.document.path } });
    await this.#changedOnDisk(digest, null);
    await open.document.flush();
    await open.runs.refreshRuns();
    open.runs.planSoon(open.document.text, open.size);
  }

  #hear(message: ToPage): void {
    switch (message.type) {
      case 'welcome':
        return;
      case 'queue':
        this.#queue = message.entries;
        this.open?.runs.hearQueue(message.entries);
        return;
      case 'run':
        this.#keep(message);
        this.open?.runs.hear(message);
        this.#announce(message);
        return;
      case 'document-changed':
        if (message.path === this.open?.document.path) void this.#changedOnDisk(message.digest, message.by);
        else void this.refreshDocuments();
    }
  }

  #keep(message: RunMessage): void {
    const { event, run } = message;
    if (event.type === 'task-progress') {
      const at = this.#heard.findLastIndex(
        (kept) => kept.run === run && kept.event.type === 'task-progress' && kept.event.element === event.element,
      );
      if (at >= 0) this.#heard.splice(at, 1);
    }
    if (event.type === 'task-scalar') {
      // Points push nothing else out.
      this.#points.push(message);
      if (this.#points.length > MOST_POINTS) this.#points = this.#points.slice(-MOST_POINTS / 2);
      return;
    }
    this.#heard.push(message);
    if (this.#heard.length > MOST_HEARD) this.#heard = this.#heard.slice(-MOST_HEARD / 2);
  }

  async #changedOnDisk(digest: string | null, by: string | null): Promise<void> {
    const store = this.open?.document;
    if (store === undefined) return;
    const before = store.text;
    await store.changedOnDisk(digest, by);
    if (store.text !== before)
      this.notices.say('The file was changed elsewhere: this is its new version. Undo brings yours back.');
  }

  #announce(message: ToPage & { type: 'run' }): void {
    const { event, run } = message;
    if (run !== this.open?.runs.shown || message.seq === 0) return;
    if (event.type === 'run-started') this.notices.announce('Run started');
    if (event.type === 'task-failed') this.notices.announce(`${event.element} failed: ${event.message}`);
    if (event.type === 'run-finished') {
      const words = {
        done: 'finished',
        failed: 'failed',
        unmet: 'finished, but an expectation does not hold',
        cancelled: 'was cancelled',
      }[event.status];
      this.notices.announce(`Run ${words}: ${event.executed} executed, ${event.cached} from the cache`);
      void this.#later(() => this.#tellChange(run));
    }
  }

  /** What a whole run came to against the baseline. @throws Refused */
  async #tellChange(run: string): Promise<void> {
    const { open } = this;
    if (open === undefined) return;
    await open.runs.refreshed;
    const { baseline, runs, metrics } = open.runs;
    const ended = runs.find((each) => each.run === run);
    if (ended === undefined || !ended.complete || baseline === undefined || ended === baseline) return;
    const figures = chosenFigures(open.doc, metrics).flatMap((metric) => {
      const [value, before] = [ended.figures[metric], baseline.figures[metric]];
      return value === undefined || before === undefined ? [] : [`${metric} ${changeWords(value, before)}`];
    });
    const changes = ended.differs?.changes ?? [];
    const what = changes.length === 0 ? 'asked for the same' : changes.slice(0, 2).join('; ');
    this.notices.say(`Against the baseline (${baseline.name ?? 'unnamed'}): ${[what, ...figures].join(', ')}`);
  }
}

/**
 * How the graph's latest run went; of what that did not make, the latest that made all of it. @throws Refused
 */
async function recall({ runs }: OpenGraph): Promise<void> {
  await runs.refreshRuns();
  if (runs.shown !== undefined) return;
  const [latest] = runs.runs;
  if (runs.latest !== undefined && runs.latest !== latest) await runs.review(runs.latest.run);
  if (latest !== undefined && latest.status !== 'running' && runs.active === undefined) await runs.review(latest.run);
}

const KEY = Symbol('notebook');

export function provideNotebook(notebook: Notebook): void {
  setContext(KEY, notebook);
}

export function useNotebook(): Notebook {
  return getContext<Notebook>(KEY);
}

export function provideOpenGraph(open: OpenGraph): void {
  setContext(OPEN_GRAPH_KEY, open);
}

/** The contexts of an open graph, for components that are mounted apart from the tree. */
export function contextsOf(notebook: Notebook, open: OpenGraph): Map<symbol, unknown> {
  return new Map<symbol, unknown>([
    [KEY, notebook],
    [OPEN_GRAPH_KEY, open],
  ]);
}
