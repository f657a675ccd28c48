import { setImmediate } from 'node:timers/promises';
import type { ArtifactRef, DiskStore } from '@soliloquy/artifacts';
import { formatGraph, parsePortReference, portTypes, type GraphDocument } from '@soliloquy/graph';
import { carryGraph, type CarriedGraph } from '@soliloquy/graph/carried';
import { escapeHtml, htmlPage, metricsFigure } from '@soliloquy/page';
import type { Metrics, Preview } from '@soliloquy/ports';
import { planOf, type AskingParts } from './asking.ts';
import { renderMarkdown } from './markdown.ts';
import type { RunArchive } from './run-archive.ts';
import { contentType } from './serve-bytes.ts';
import { shownBy } from './shown-by.ts';

/** Together, what is embedded. A page beyond it opens in no browser. Bytes. */
const MOST_BYTES = 200 * 2 ** 20;
/** Of Markdown in all cells; what comes after is shown as it is written. A cell of ten thousand may take 0.3 s. */
const MOST_LETTERS = 200_000;

const STYLE = `
video { min-width: min(100%, 300px); }
.grid { display: flex; flex-wrap: wrap; gap: 12px; }
.grid > * { max-width: 240px; }
.grid video { min-width: 0; }
pre { overflow-x: auto; padding: 1rem; border-radius: 6px; background: var(--sunk); }
pre { font-size: 0.8rem; line-height: 1.45; }
.grid pre { margin: 0; white-space: pre-wrap; overflow-wrap: anywhere; }
summary { cursor: pointer; }
blockquote { margin: 0; padding-left: 12px; border-left: 3px solid var(--line); }
iframe { width: 100%; height: 80vh; border: 1px solid var(--line); border-radius: 6px; }
`;

interface Shown {
  readonly ref: ArtifactRef;
  readonly preview: Preview;
  readonly element: string;
}

interface ExportParts extends AskingParts {
  readonly archive: RunArchive;
}

/** What of a graph is exported. */
export interface Exported {
  readonly document: GraphDocument;
  /** of the document, relative to the project */
  readonly path: string;
  /** at which its results are looked for first; the document's own where left out */
  readonly size?: string;
  /** whose results stand in for nodes that have none for the document as it is */
  readonly run?: string;
}

/** Results that cells show: of the document as it is, else of a run. */
interface Results {
  readonly keys: readonly ElementKey[];
  /** what they were made by, to be carried: of the document, or, where all are the run's, of that run */
  readonly settings: CarriedSettings;
}

type ElementKey = { readonly element: string; readonly key: string };
type CarriedSettings = Omit<CarriedGraph, 'from'>;

/**
 * A graph read as a notebook: its cells in order, with the outputs that they show embedded, and the graph itself, in
 * one page that needs nothing else and runs nothing. It carries its graph, so it can be dropped on the notebook.
 *
 * It shows what the page shows: results that are there for the document as it is, and of nodes that have none those of
 * a run, whatever part of the graph that run was of.
 */
export async function exportPage(parts: ExportParts, exported: Exported): Promise<string> {
  const { document } = exported;
  const { keys, settings } = await resultsFor(parts, exported);
  let room = MOST_BYTES;
  let letters = MOST_LETTERS;
  const sections: string[] = [];
  for (const cell of document.cells) {
    // Others are answered between two cells.
    await setImmediate();
    if ('markdown' in cell) {
      letters -= cell.markdown.length;
      sections.push(letters < 0 ? `<pre>${escapeHtml(cell.markdown)}</pre>` : renderMarkdown(cell.markdown));
    } else {
      const shown = await resultsOf(parts, keys, cell.show);
      const figures: string[] = [];
      for (const each of shown) {
        room -= each.ref.bytes;
        figures.push(
          room < 0
            ? `<p class="soft">${escapeHtml(each.preview.summary)}: too large for one page</p>`
            : await figure(parts.store, each),
        );
      }
      const content =
        figures.length === 0
          ? '<p class="soft">Not run yet.</p>'
          : figures.length === 1
            ? figures[0]
            : `<div class="grid">${figures.join('')}</div>`;
      const caption = [cell.show, ...(shown.length === 1 ? [(shown[0] as Shown).preview.summary] : [])];
      sections.push(`<figure>${content}<figcaption>${caption.map(escapeHtml).join(' · ')}</figcaption></figure>`);
    }
  }
  const { name, description } = document;
  const page = htmlPage({
    title: name,
    style: STYLE,
    frames: true,
    body: [
      ...(titled(document) ? [] : [`<h1>${escapeHtml(name)}</h1>`]),
      ...(description === undefined ? [] : [`<p>${escapeHtml(description)}</p>`]),
      ...sections,
      `<details><summary>The graph</summary><pre tabindex="0">${escapeHtml(formatGraph(document))}</pre></details>`,
    ].join('\n'),
  });
  return new TextDecoder().decode(carryGraph(new TextEncoder().encode(page), { ...settings, from: 'cells' }));
}

async function resultsFor(parts: ExportParts, { document, path, size, run }: Exported): Promise<Results> {
  const wanted = new Set(
    document.cells.flatMap((cell) => ('show' in cell ? [parsePortReference(cell.show).node] : [])),
  );
  // First, since it is refused where there is no such run.
  const made = run === undefined ? [] : await parts.archive.results(run);
  const plan = await planOf(parts, { path, size, target: { kind: 'all' } });
  const found = plan.nodes.filter(({ node }) => wanted.has(node)).flatMap(({ cached }) => cached);
  const here = new Set(found.map(({ element }) => nodeOf(element)));
  const others = made.filter(({ element }) => wanted.has(nodeOf(element)) && !here.has(nodeOf(element)));
  const record = run === undefined || found.length > 0 ? undefined : await parts.archive.find(run);
  return {
    keys: [...found, ...others],
    settings:
      record === undefined || others.length === 0
        ? { document, size: size ?? document.size, seed: document.seed, set: {}, inputs: plan.inputs }
        : {
            document: record.graph,
            size: record.size,
            seed: record.seed,
            set: record.set,
            inputs: Object.fromEntries(Object.entries(record.inputs).map(([name, { digest }]) => [name, digest])),
          },
  };
}

/** `fit` of `fit[3]`. */
function nodeOf(element: string): string {
  return element.replace(/\[.*$/, '');
}

/** Whether its first cell is a title of its own. */
function titled({ cells: [first] }: GraphDocument): boolean {
  return first !== undefined && 'markdown' in first && /^\s*# /.test(first.markdown);
}

async function resultsOf(
  { store, registry }: AskingParts,
  keys: readonly { element: string; key: string }[],
  reference: string,
): Promise<Shown[]> {
  const { node, port } = parsePortReference(reference);
  const types = portTypes(registry);
  const shown: Shown[] = [];
  for (const { element, key } of keys) {
    if (nodeOf(element) !== node) continue;
    const result = await store.getResult(key);
    const stored = result?.outputs[port] ?? null;
    const previews = [
      (result?.about as { previews?: Record<string, Preview | Preview[]> } | undefined)?.previews?.[port] ?? [],
    ].flat();
    for (const [at, ref] of (stored === null ? [] : 'digest' in stored ? [stored] : stored).entries())
      shown.push({ ref, preview: shownBy(types.get(ref.type), previews[at] ?? { summary: '' }), element });
  }
  return shown;
}

async function figure(store: DiskStore, { ref, preview }: Shown): Promise<string> {
  const summary = `<p class="soft">${escapeHtml(preview.summary)}</p>`;
  if (preview.file === undefined || !ref.files.some(({ name }) => name === preview.file)) return summary;
  const bytes = await store.readFile(ref.digest, preview.file);
  const url = (type: string): string => `data:${type};base64,${Buffer.from(bytes).toString('base64')}`;
  switch (preview.as) {
    case 'image':
      return `<img alt="${escapeHtml(preview.summary)}" src="${url('image/png')}">`;
    case 'audio':
      return `<audio controls aria-label="${escapeHtml(preview.summary)}" src="${url('audio/wav')}"></audio>`;
    case 'video':
      return `<video controls loop aria-label="${escapeHtml(preview.summary)}" src="${url('video/mp4')}"></video>`;
    case 'html': {
      const page = url(contentType('page.html').replace(' ', ''));
      return `<iframe sandbox title="${escapeHtml(preview.summary)}" src="${page}"></iframe>`;
    }
    case 'text':
      return `<blockquote>${escapeHtml(new TextDecoder().decode(bytes))}</blockquote>`;
    case 'metrics':
      return metricsFigure([JSON.parse(new TextDecoder().decode(bytes)) as Metrics]);
    case 'json':
      return `<pre>${escapeHtml(new TextDecoder().decode(bytes).slice(0, 20_000))}</pre>`;
    default:
      return summary;
  }
}
