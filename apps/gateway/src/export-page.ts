import type { ArtifactRef, DiskStore } from '@soliloquy/artifacts';
import { formatGraph, parsePortReference, portTypes, type GraphDocument } from '@soliloquy/graph';
import { carryGraph } from '@soliloquy/graph/carried';
import { escapeHtml, htmlPage, metricsFigure } from '@soliloquy/page';
import type { Metrics, Preview } from '@soliloquy/ports';
import type { PastRun } from '@soliloquy/runner/compare';
import { planOf, type AskingParts } from './asking.ts';
import { renderMarkdown } from './markdown.ts';
import { contentType } from './serve-bytes.ts';
import { shownBy } from './shown-by.ts';

/** Together, what is embedded. A page beyond it opens in no browser. Bytes. */
const MOST_BYTES = 200 * 2 ** 20;

const STYLE = `
video { min-width: min(100%, 300px); }
.grid { display: flex; flex-wrap: wrap; gap: 12px; }
.grid > * { max-width: 240px; }
.grid video { min-width: 0; }
pre {
  overflow-x: auto;
  padding: 1rem;
  border-radius: 6px;
  background: var(--sunk);
  font-size: 0.8rem;
  line-height: 1.45;
}
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

/**
 * A graph read as a notebook: its cells in order, with the outputs that they show embedded, and the graph itself, in
 * one page that needs nothing else and runs nothing. It carries its graph, so it can be dropped on the notebook.
 *
 * @param run whose outputs to show; else those that are there for the document as it is
 */
export async function exportPage(
  parts: AskingParts,
  document: GraphDocument,
  path: string,
  run: PastRun | undefined,
): Promise<string> {
  const keys = run
    ? run.tasks.map(({ task, key }) => ({ element: task, key }))
    : (await planOf(parts, { path, target: { kind: 'all' } })).nodes.flatMap(({ cached }) => cached);
  let room = MOST_BYTES;
  const sections: string[] = [];
  for (const cell of (run?.graph ?? document).cells) {
    if ('markdown' in cell) sections.push(renderMarkdown(cell.markdown));
    else {
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
      sections.push(
        `<figure>${content}<figcaption>${escapeHtml(cell.show)}` +
          `${shown.length === 1 ? ` · ${escapeHtml((shown[0] as Shown).preview.summary)}` : ''}` +
          '</figcaption></figure>',
      );
    }
  }
  const shownDocument = run?.graph ?? document;
  const { name, description } = shownDocument;
  const page = htmlPage({
    title: name,
    style: STYLE,
    frames: true,
    body: [
      ...(titled(shownDocument) ? [] : [`<h1>${escapeHtml(name)}</h1>`]),
      ...(description === undefined ? [] : [`<p>${escapeHtml(description)}</p>`]),
      ...sections,
      '<details><summary>The graph</summary><pre ' +
        `tabindex="0">${escapeHtml(formatGraph(shownDocument))}</pre></details>`,
    ].join('\n'),
  });
  const inputs = Object.fromEntries(Object.entries(run?.inputs ?? {}).map(([name, { digest }]) => [name, digest]));
  return new TextDecoder().decode(
    carryGraph(new TextEncoder().encode(page), {
      document: shownDocument,
      size: run?.size ?? document.size,
      seed: run?.seed ?? document.seed,
      set: run?.set ?? {},
      inputs,
      from: 'cells',
    }),
  );
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
    if (element.replace(/\[.*$/, '') !== node) continue;
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
    case 'html':
      return (
        `<iframe sandbox title="${escapeHtml(preview.summary)}" ` +
        `src="${url(contentType('page.html').replace(' ', ''))}"></iframe>`
      );
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
