import { rm, stat } from 'node:fs/promises';
import { posix } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { sha256 } from '@soliloquy/artifacts';
import {
  activeGraph,
  decodeGraphText,
  formatGraph,
  InvalidGraph,
  migrateGraph,
  parseGraph,
  validateGraph,
  type GraphDocument,
  type GraphError,
  type StageRegistry,
} from '@soliloquy/graph';
import { LARGEST_GRAPH } from '@soliloquy/graph/limits';
import type { ProjectFiles } from './project-files.ts';
import type { DocumentList, OpenedDocument, Saved, SaveRequest } from './protocol/index.ts';
import { Refused } from './refusal.ts';

/**
 * A larger file is not listed, but can be opened by its name: data is what lies about in megabytes, and to read one
 * holds up everybody. Bytes.
 */
const LISTED_BYTES = 2 * 2 ** 20;

/** The graph files of a project: open, save, list. What is written is always the canonical text. */
export class Documents {
  readonly #files: ProjectFiles;
  readonly #registry: StageRegistry;
  /** by path, what the list says of a file, and when that was */
  readonly #listed = new Map<
    string,
    { changed: number; size: number; found: DocumentList['documents'][number] | undefined }
  >();
  /** saves, one after another: of two that began from one file the second must see the first */
  #saving: Promise<unknown> = Promise.resolve();

  constructor(files: ProjectFiles, registry: StageRegistry) {
    this.#files = files;
    this.#registry = registry;
  }

  /** The graphs of the project. A file that has not changed is not read again; between two others are answered. */
  async list(): Promise<DocumentList> {
    const documents: DocumentList['documents'] = [];
    const paths = await this.#files.listJson();
    for (const path of paths) {
      const { mtimeMs, size } = await stat(path).catch(() => ({ mtimeMs: 0, size: 0 }));
      let known = this.#listed.get(path);
      if (known?.changed !== mtimeMs || known.size !== size) {
        known = { changed: mtimeMs, size, found: await this.#describe(path) };
        this.#listed.set(path, known);
        await setImmediate();
      }
      if (known.found !== undefined) documents.push(known.found);
    }
    for (const path of this.#listed.keys()) if (!paths.includes(path)) this.#listed.delete(path);
    return { documents };
  }

  /** What the list says of a file; undefined of one that is no graph, or too large to be looked into unasked. */
  async #describe(path: string): Promise<DocumentList['documents'][number] | undefined> {
    try {
      const text = decodeGraphText(await this.#files.read(path, LISTED_BYTES), path);
      // Most JSON files of a project are others: told apart without their positions.
      const { format } = JSON.parse(text.replace(/^\uFEFF/, '')) as { format?: unknown };
      if (format !== 1) return undefined;
      const { name, description, nodes } = parseGraph(text, { path });
      return {
        path: this.#files.relative(path),
        name,
        ...(description !== undefined && { description }),
        nodes: Object.keys(nodes).length,
      };
    } catch {
      return undefined; // another JSON file
    }
  }

  /** @throws Refused 403, 404, 422 */
  async open(path: string): Promise<OpenedDocument> {
    const { path: real, bytes, document, notes } = await this.load(path);
    const text = formatGraph(document);
    return {
      path: this.#files.relative(real),
      digest: sha256(bytes),
      text,
      formatted: text === bytes.toString('utf8'),
      notes,
      errors: faultsOf(document, this.#registry),
    };
  }

  /** A document as it is on disk, brought up to the installed stages. @throws Refused 403, 404, 422 */
  async load(path: string): Promise<{ path: string; bytes: Buffer; document: GraphDocument; notes: string[] }> {
    checkName(path);
    const real = await this.#files.resolveExisting(path);
    const bytes = await this.#files.read(real, LARGEST_GRAPH);
    const { doc, notes } = this.read(textOf(bytes, path), path);
    return { path: real, bytes, document: doc, notes };
  }

  /** @throws Refused 422 */
  read(text: string, path: string): { doc: GraphDocument; notes: string[] } {
    return orRefused(() => migrateGraph(parseGraph(text, { path }), this.#registry));
  }

  /**
   * Writes the canonical text, if the file is still the one that was edited.
   *
   * @param about to be told of the file and its digest just before it is written, so that whoever watches the disk
   *   knows it for ours
   * @throws Refused 403, 404, 409 `conflict`, 413, 422
   */
  save(request: SaveRequest, about: (path: string, digest: string) => void = () => {}): Promise<Saved> {
    const saved = this.#saving.then(() => this.#save(request, about));
    this.#saving = saved.catch(() => {});
    return saved;
  }

  /** Deletes a graph's file, if it is still the one that was seen. @throws Refused 403, 404, 409 `conflict`, 422 */
  remove(path: string, base: string): Promise<void> {
    const removed = this.#saving.then(async () => {
      const { path: real, bytes } = await this.load(path);
      if (sha256(bytes) !== base) throw conflict(path, 'another: it was changed outside', bytes);
      await rm(real);
    });
    this.#saving = removed.catch(() => {});
    return removed;
  }

  async #save({ path, text, base }: SaveRequest, about: (path: string, digest: string) => void): Promise<Saved> {
    checkName(path);
    const document = parse(text, path);
    const canonical = formatGraph(document);
    const real = await this.#files.resolveNew(path);
    const there = await this.#files.read(real, LARGEST_GRAPH).catch((refused: unknown) => {
      if (refused instanceof Refused && refused.status === 404) return null;
      throw refused;
    });
    const digest = there === null ? null : sha256(there);
    if (digest !== base) {
      const got =
        digest === null
          ? 'none: it was deleted'
          : base === null
            ? 'one that is there already'
            : 'another: it was changed outside';
      throw conflict(path, got, there);
    }
    const written = sha256(canonical);
    about(real, written);
    await this.#files.write(real, canonical);
    return {
      path: this.#files.relative(real),
      digest: written,
      text: canonical,
      errors: faultsOf(document, this.#registry),
    };
  }
}

/** @param there what the file holds; null where there is none */
function conflict(path: string, got: string, there: Buffer | null): Refused {
  return new Refused(
    409,
    {
      code: 'gateway.conflict',
      where: path,
      expected: 'the file that was edited',
      got,
      remedy: 'look at what changed, then keep one or the other',
    },
    { digest: there === null ? null : sha256(there), text: there?.toString('utf8') ?? null },
  );
}

function parse(text: string, path: string): GraphDocument {
  return orRefused(() => parseGraph(text, { path }));
}

function textOf(bytes: Buffer, path: string): string {
  return orRefused(() => decodeGraphText(bytes, path));
}

/** @throws Refused 422 instead of InvalidGraph */
function orRefused<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (error instanceof InvalidGraph) throw refusedGraph(error);
    throw error;
  }
}

/**
 * Graphs are JSON files, named in any script: neither a script nor a dot file can be written through the page. What the
 * command lists is opened, so a name is refused for nothing else.
 */
function checkName(path: string): void {
  const name = posix.basename(path);
  if (!/^[^.\p{Cc}\p{Cs}][^\p{Cc}\p{Cs}]*\.json$/iu.test(name) || name.toLowerCase() === 'package.json')
    throw new Refused(403, {
      code: 'gateway.outside-project',
      where: path.slice(0, 200),
      expected: 'the name of a graph file, e.g. graphs/mine.json',
      got: 'another',
      remedy: 'rename it',
    });
}

/** All that keeps a document from running. */
export function faultsOf(document: GraphDocument, registry: StageRegistry): GraphError[] {
  return validateGraph(activeGraph(document, registry).doc, registry).map(wireError);
}

/** A graph that cannot be read or run, with all of its faults. */
export function refusedGraph(error: InvalidGraph): Refused {
  return new Refused(422, error, { errors: error.errors.map(wireError) });
}

export function wireError({ node, port, line, column, ...parts }: GraphError): GraphError {
  const { code, message, where, expected, got, remedy } = parts;
  return {
    ...{ code, message, where, expected, got, ...(remedy !== undefined && { remedy }) },
    ...(node !== undefined && { node }),
    ...(port !== undefined && { port }),
    ...(line !== undefined && { line }),
    ...(column !== undefined && { column }),
  };
}
