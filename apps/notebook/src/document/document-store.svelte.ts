import {
  conflictSchema,
  openedDocumentSchema,
  savedSchema,
  type Saved,
  type WireGraphError,
} from '@soliloquy/gateway/protocol';
import {
  activeGraph,
  diffGraphs,
  edgesOf,
  formatGraph,
  InvalidGraph,
  parseGraph,
  validateGraph,
  withoutUnreadInputs,
  type GraphDocument,
  type StageRegistry,
} from '@soliloquy/graph';
import type { Edit } from '@soliloquy/graph/edit';
import { get, put, Refused } from '../gateway/client.ts';

const SAVE_AFTER_MS = 500;
/** Edits of one field, or of one drag, that follow each other within this are one step of undo. */
const ONE_STEP_MS = 1200;

interface Step {
  readonly label: string;
  readonly before: GraphDocument;
  readonly after: GraphDocument;
  readonly merge: string | undefined;
  readonly at: number;
}

/** How the document stands to its file. */
export type SaveState =
  | { readonly kind: 'saved' }
  | { readonly kind: 'waiting' }
  | { readonly kind: 'saving' }
  | { readonly kind: 'failed'; readonly message: string }
  | Conflicting;

/** Both were changed: what the file's version says, and how it differs from this page's, in words. */
export interface Conflicting {
  readonly kind: 'conflict';
  /** of the file; null: it is gone */
  readonly digest: string | null;
  readonly theirs: GraphDocument | null;
  readonly words: readonly string[];
}

/**
 * The open graph: the document, every change to it, and its file. A change is a function from document to document with
 * a label; undo takes the document from before it, so whatever can be edited can be undone, to the byte.
 */
export class DocumentStore {
  readonly path: string;
  readonly by = crypto.randomUUID();
  readonly #registry: StageRegistry;
  doc = $state.raw() as GraphDocument;
  #past = $state.raw<readonly Step[]>([]);
  #future = $state.raw<readonly Step[]>([]);
  save = $state.raw<SaveState>({ kind: 'saved' });
  /** of the file that this is an edit of */
  digest = $state.raw('');
  /** what was migrated when it was opened */
  notes = $state.raw<readonly string[]>([]);
  readonly text = $derived(formatGraph(this.doc));
  /** what keeps the graph from running: of what takes part in a run */
  readonly errors: readonly WireGraphError[] = $derived.by(() =>
    validateGraph(withoutUnreadInputs(activeGraph(this.doc, this.#registry).doc), this.#registry),
  );
  readonly #errorsByNode: ReadonlyMap<string | undefined, readonly WireGraphError[]> = $derived(
    Map.groupBy(this.errors, ({ node }) => node),
  );
  readonly #wiredPorts: ReadonlyMap<string, ReadonlySet<string>> = $derived.by(() => wiredPorts(this.doc));
  #savedText = '';
  #timer: ReturnType<typeof setTimeout> | undefined;
  #saving: Promise<void> | undefined;

  private constructor(path: string, registry: StageRegistry) {
    this.path = path;
    this.#registry = registry;
  }

  /** @throws Refused, InvalidGraph */
  static async open(path: string, registry: StageRegistry): Promise<DocumentStore> {
    const opened = await get('document', openedDocumentSchema, { query: { path } });
    const store = new DocumentStore(path, registry);
    store.doc = parseGraph(opened.text, { path });
    store.digest = opened.digest;
    store.notes = opened.notes;
    store.#savedText = formatGraph(store.doc);
    return store;
  }

  get undoLabel(): string | undefined {
    return this.#past.at(-1)?.label;
  }

  get redoLabel(): string | undefined {
    return this.#future.at(-1)?.label;
  }

  /** What is wrong with a node. */
  errorsOf(node: string): readonly WireGraphError[] {
    return this.#errorsByNode.get(node) ?? [];
  }

  /** Sockets of a node that links end at: `in port` and `out port`. */
  wiredPorts(node: string): ReadonlySet<string> {
    return this.#wiredPorts.get(node) ?? NO_PORTS;
  }

  /** Whether the file holds what is shown. */
  get isSaved(): boolean {
    return this.save.kind === 'saved';
  }

  /**
   * Changes the document. A change that gives the same document is none.
   *
   * @param merge edits with the same name, shortly after each other, are one step of undo
   */
  edit(label: string, change: (doc: GraphDocument) => GraphDocument, merge?: string): void {
    const before = this.doc;
    const after = change(before);
    if (after === before || formatGraph(after) === this.text) return;
    const last = this.#past.at(-1);
    const now = performance.now();
    const joins = merge !== undefined && last?.merge === merge && last.after === before && now - last.at < ONE_STEP_MS;
    const step: Step = { label, before: joins ? last.before : before, after, merge, at: now };
    this.#past = [...(joins ? this.#past.slice(0, -1) : this.#past), step];
    this.#future = [];
    this.doc = after;
    this.#saveSoon();
  }

  /**
   * Makes an edit of the document, which says itself what it did.
   *
   * @throws InvalidGraph when it cannot be made
   */
  apply<E extends Edit>(make: (doc: GraphDocument) => E, merge?: string): E {
    const made = make(this.doc);
    this.edit(made.says, () => made.doc, merge);
    return made;
  }

  /** @returns what was undone */
  undo(): string | undefined {
    const step = this.#past.at(-1);
    if (step === undefined) return undefined;
    this.#past = this.#past.slice(0, -1);
    this.#future = [...this.#future, step];
    this.doc = step.before;
    this.#saveSoon();
    return step.label;
  }

  /** @returns what was done again */
  redo(): string | undefined {
    const step = this.#future.at(-1);
    if (step === undefined) return undefined;
    this.#future = this.#future.slice(0, -1);
    this.#past = [...this.#past, { ...step, merge: undefined }];
    this.doc = step.after;
    this.#saveSoon();
    return step.label;
  }

  /** Writes what is not yet in the file, and waits until it is there. */
  async flush(): Promise<void> {
    clearTimeout(this.#timer);
    await this.#saving;
    if (this.text !== this.#savedText && this.save.kind !== 'conflict') await this.#write();
  }

  /** The file was changed by someone else: taken over when nothing is unsaved here, else a conflict. */
  async changedOnDisk(digest: string | null, by: string | null): Promise<void> {
    if (by === this.by || digest === this.digest) return;
    await this.#saving;
    if (digest === this.digest) return;
    if (digest === null) {
      this.save = { kind: 'conflict', digest: null, theirs: null, words: ['the file is gone'] };
      return;
    }
    const opened = await get('document', openedDocumentSchema, { query: { path: this.path } });
    if (opened.digest === this.digest) return;
    const theirs = parseOrNothing(opened.text, this.path);
    if (theirs !== null && this.text === this.#savedText) this.#take(theirs, opened.digest);
    else this.#conflict(theirs, opened.digest);
  }

  /**
   * Settles a conflict: `mine` writes this page's version over the file, `theirs` takes the file's (undo brings this
   * page's back).
   */
  async resolve(choice: 'mine' | 'theirs'): Promise<void> {
    if (this.save.kind !== 'conflict') return;
    const { digest, theirs } = this.save;
    if (choice === 'theirs' && theirs !== null && digest !== null) {
      this.#take(theirs, digest);
      return;
    }
    this.digest = digest ?? '';
    await this.#write();
  }

  /** A person has to do something before anything can be written. */
  #stopped(): boolean {
    return this.save.kind === 'conflict' || this.save.kind === 'failed';
  }

  #take(theirs: GraphDocument, digest: string): void {
    this.#past = [
      ...this.#past,
      { label: 'take the file’s version', before: this.doc, after: theirs, merge: undefined, at: performance.now() },
    ];
    this.#future = [];
    this.doc = theirs;
    this.digest = digest;
    this.#savedText = formatGraph(theirs);
    this.save = { kind: 'saved' };
  }

  #conflict(theirs: GraphDocument | null, digest: string | null): void {
    const words = theirs === null ? ['the file is gone or no graph any more'] : wordsOf(this.doc, theirs);
    this.save = { kind: 'conflict', digest, theirs, words };
  }

  #saveSoon(): void {
    if (this.save.kind === 'conflict') return;
    clearTimeout(this.#timer);
    if (this.text === this.#savedText && this.#saving === undefined) {
      this.save = { kind: 'saved' };
      return;
    }
    this.save = { kind: 'waiting' };
    this.#timer = setTimeout(() => void this.flush(), SAVE_AFTER_MS);
  }

  async #write(): Promise<void> {
    const text = this.text;
    this.save = { kind: 'saving' };
    this.#saving = put('document', savedSchema, {
      path: this.path,
      text,
      base: this.digest === '' ? null : this.digest,
      by: this.by,
    })
      .then((saved: Saved) => {
        this.digest = saved.digest;
        this.#savedText = text;
        this.save = { kind: 'saved' };
      })
      .catch((thrown: unknown) => {
        if (!(thrown instanceof Refused)) throw thrown;
        const conflict = conflictSchema.safeParse(thrown.body);
        if (conflict.success)
          this.#conflict(
            conflict.data.text === null ? null : parseOrNothing(conflict.data.text, this.path),
            conflict.data.digest,
          );
        else this.save = { kind: 'failed', message: thrown.message };
      });
    await this.#saving;
    this.#saving = undefined;
    if (!this.#stopped() && this.text !== this.#savedText) this.#saveSoon();
  }
}

const NO_PORTS: ReadonlySet<string> = new Set();

function wiredPorts(doc: GraphDocument): Map<string, Set<string>> {
  const ports = new Map<string, Set<string>>();
  const note = (node: string, port: string): void =>
    void (ports.get(node)?.add(port) ?? ports.set(node, new Set([port])));
  for (const { from, to } of edgesOf(doc)) {
    note(to.node, `in ${to.port}`);
    if (from.kind === 'node') note(from.node, `out ${from.port}`);
  }
  return ports;
}

function parseOrNothing(text: string, path: string): GraphDocument | null {
  try {
    return parseGraph(text, { path });
  } catch (thrown) {
    if (thrown instanceof InvalidGraph) return null;
    throw thrown;
  }
}

/** How the file's version differs from this page's. */
function wordsOf(mine: GraphDocument, theirs: GraphDocument): string[] {
  const { changes, cells, layout } = diffGraphs(mine, theirs);
  const words = [...changes, ...cells, ...layout];
  return words.length === 0 ? ['nothing but its formatting'] : words;
}
