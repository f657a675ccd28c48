import { getContext, setContext } from 'svelte';
import {
  catalogueSchema,
  documentListSchema,
  sessionSchema,
  type Catalogue,
  type DocumentList,
  type QueueEntry,
  type RunMessage,
  type Session,
  type ToPage,
} from '@soliloquy/gateway/protocol';
import { catalogueRegistry, InvalidGraph, sizesOf, type GraphDocument, type StageRegistry } from '@soliloquy/graph';
import { cardParams, rowsOf } from './canvas/card-params.ts';
import { Scene } from './canvas/scene.svelte.ts';
import { Selection } from './canvas/selection.svelte.ts';
import { declareHues } from './design/type-colour.ts';
import { DocumentStore } from './document/document-store.svelte.ts';
import { get, Refused } from './gateway/client.ts';
import { Events } from './gateway/events.ts';
import { RunStore } from './run/run-store.svelte.ts';
import { Notices } from './shell/notices.svelte.ts';

const MOST_HEARD = 20_000;

/** One open graph, with all that the page shows of it. */
export class OpenGraph {
  readonly document: DocumentStore;
  readonly runs: RunStore;
  readonly selection: Selection;
  readonly scene: Scene;
  /** which of the graph's sizes is planned and run */
  size = $state('small');

  constructor(document: DocumentStore, registry: StageRegistry, catalogue: Catalogue) {
    this.document = document;
    this.size = document.doc.size;
    this.runs = new RunStore(document.path, () => document.doc.name);
    this.scene = new Scene(document, registry, this.runs, (node) =>
      rowsOf(cardParams(catalogue, document.doc.nodes[node])),
    );
    this.selection = new Selection(
      () => document.doc,
      () => this.scene.items[0],
    );
  }

  get doc(): GraphDocument {
    return this.document.doc;
  }

  readonly sizes: readonly string[] = $derived.by(() => sizesOf(this.document.doc));
}

/** The page: what the gateway offers, and the graph that is open. */
export class Notebook {
  readonly session: Session;
  readonly catalogue: Catalogue;
  readonly registry: StageRegistry;
  readonly notices = new Notices();
  documents = $state.raw<DocumentList['documents']>([]);
  open = $state.raw<OpenGraph | undefined>(undefined);
  connected = $state(false);
  readonly #events: Events;
  /**
   * what was heard of runs in this session, so that a graph that is opened later knows how its run goes; of progress
   * the latest alone
   */
  #heard: RunMessage[] = [];
  #queue: readonly QueueEntry[] = [];

  private constructor(session: Session, catalogue: Catalogue) {
    this.session = session;
    this.catalogue = catalogue;
    this.registry = catalogueRegistry(catalogue);
    declareHues(catalogue.types);
    this.#events = new Events(
      (message) => this.#hear(message),
      (connected) => {
        this.connected = connected;
      },
    );
  }

  /** @throws Refused */
  static async start(): Promise<Notebook> {
    const [session, catalogue] = await Promise.all([get('session', sessionSchema), get('catalogue', catalogueSchema)]);
    const notebook = new Notebook(session, catalogue);
    const path = new URLSearchParams(location.hash.slice(1)).get('graph') ?? session.graph;
    if (path === null) await notebook.refreshDocuments();
    else {
      await notebook.openGraph(path);
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

  /** Opens a graph of the project. What is wrong is said in a notice. */
  async openGraph(path: string): Promise<void> {
    try {
      await this.open?.document.flush();
      const open = new OpenGraph(await DocumentStore.open(path, this.registry), this.registry, this.catalogue);
      this.open = open;
      history.replaceState(null, '', `#${new URLSearchParams({ graph: path }).toString()}`);
      document.title = `${open.doc.name} · Soliloquy`;
      for (const note of open.document.notes) this.notices.say(note);
      open.runs.hearQueue(this.#queue);
      for (const message of this.#heard) open.runs.hear(message);
      void this.#later(() => recall(open));
    } catch (thrown) {
      if (!(thrown instanceof Refused) && !(thrown instanceof InvalidGraph)) throw thrown;
      this.notices.warn(thrown.message);
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
  lacking(stage: string, backbone: string): readonly { readonly what: string; readonly remedy: string }[] {
    return this.catalogue.lacking[stage]?.[backbone] ?? [];
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
    }
  }
}

/** How the graph's latest run went. @throws Refused */
async function recall({ runs }: OpenGraph): Promise<void> {
  await runs.refreshRuns();
  const latest = runs.runs[0];
  if (runs.shown === undefined && latest !== undefined && latest.status !== 'running') await runs.review(latest.run);
}

const KEY = Symbol('notebook');

export function provideNotebook(notebook: Notebook): void {
  setContext(KEY, notebook);
}

export function useNotebook(): Notebook {
  return getContext<Notebook>(KEY);
}

const OPEN_KEY = Symbol('open graph');

export function provideOpenGraph(open: OpenGraph): void {
  setContext(OPEN_KEY, open);
}

export function useOpenGraph(): OpenGraph {
  return getContext<OpenGraph>(OPEN_KEY);
}

/** The contexts of an open graph, for components that are mounted apart from the tree. */
export function contextsOf(notebook: Notebook, open: OpenGraph): Map<symbol, unknown> {
  return new Map<symbol, unknown>([
    [KEY, notebook],
    [OPEN_KEY, open],
  ]);
}
