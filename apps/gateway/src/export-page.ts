import type { ArtifactRef, DiskStore } from '@soliloquy/artifacts';
import { carryGraph, formatGraph, parsePortReference, portTypes, type GraphDocument } from '@soliloquy/graph';
import type { Metrics, Preview } from '@soliloquy/ports';
import type { PastRun } from '@soliloquy/runner';
import { planOf, type AskingParts } from './asking.ts';
import { renderMarkdown } from './markdown.ts';
import { contentType } from './serve-bytes.ts';
import { shownBy } from './shown-by.ts';

/** Together, what is embedded. A page beyond it opens in no browser. Bytes. */
const MOST_BYTES = 200 * 2 ** 20;

/** The notebook's own paper, ink and accent (`design/tokens.css` of the page), in what a file can hold by itself. */
const STYLE = `:root{color-scheme:light dark;--ink:light-dark(oklch(0.245 0.012 60),oklch(0.945 0.005 85));--soft:light-dark(oklch(0.46 0.012 65),oklch(0.75 0.008 80));--line:light-dark(oklch(0.895 0.007 85),oklch(0.33 0.007 70));--paper:light-dark(oklch(0.995 0.003 85),oklch(0.235 0.006 70));--sunk:light-dark(oklch(0.97 0.005 85),oklch(0.205 0.006 70));--accent:light-dark(oklch(0.52 0.14 42),oklch(0.74 0.125 52))}
body{margin:0 auto;padding:2.5rem 1.5rem 4rem;max-width:800px;background:var(--paper);color:var(--ink);font:15px/1.6 Inter,ui-sans-serif,system-ui,sans-serif}
h1{font-size:1.6rem;font-weight:660;letter-spacing:-.02em;line-height:1.25}h2,h3{font-weight:640}a{color:var(--accent)}figure{margin:1.5rem 0}figcaption,.soft{color:var(--soft);font-size:.85rem}
img,video{display:block;max-width:100%;max-height:80vh;border-radius:6px}video{min-width:min(100%,300px)}.grid{display:flex;flex-wrap:wrap;gap:12px}.grid>*{max-width:240px}.grid video{min-width:0}
table{border-collapse:collapse;font-size:.85rem;font-variant-numeric:tabular-nums}th,td{text-align:left;padding:.3rem 1rem .3rem 0;border-bottom:1px solid var(--line)}
pre{overflow-x:auto;padding:1rem;border-radius:6px;background:var(--sunk);font-size:.8rem;line-height:1.45}.grid pre{margin:0;white-space:pre-wrap;overflow-wrap:anywhere}
summary{cursor:pointer}blockquote{margin:0;padding-left:12px;border-left:3px solid var(--line)}
polyline{fill:none;stroke:var(--accent);stroke-width:1.5}iframe{width:100%;height:80vh;border:1px solid var(--line);border-radius:6px}`;

const escaped = (text: string): string => text.replace(/[&<>"']/g, (char) => `&#${char.charCodeAt(0)};`);

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
            ? `<p class="soft">${escaped(each.preview.summary)}: too large for one page</p>`
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
        `<figure>${content}<figcaption>${escaped(cell.show)}${shown.length === 1 ? ` · ${escaped((shown[0] as Shown).preview.summary)}` : ''}</figcaption></figure>`,
      );
    }
  }
  const shownDocument = run?.graph ?? document;
  const page = `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; img-src data:; media-src data:; style-src 'unsafe-inline'; frame-src data:">
<title>${escaped(shownDocument.name)}</title><style>${STYLE}</style></head>
<body>${titled(shownDocument) ? '' : `<h1>${escaped(shownDocument.name)}</h1>`}
${shownDocument.description === undefined ? '' : `<p>${escaped(shownDocument.description)}</p>`}
${sections.join('\n')}
<details><summary>The graph</summary><pre tabindex="0">${escaped(formatGraph(shownDocument))}</pre></details>
</body></html>
`;
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
  const summary = `<p class="soft">${escaped(preview.summary)}</p>`;
  if (preview.file === undefined || !ref.files.some(({ name }) => name === preview.file)) return summary;
  const bytes = await store.readFile(ref.digest, preview.file);
  const url = (type: string): string => `data:${type};base64,${Buffer.from(bytes).toString('base64')}`;
  switch (preview.as) {
    case 'image':
      return `<img alt="${escaped(preview.summary)}" src="${url('image/png')}">`;
    case 'audio':
      return `<audio controls aria-label="${escaped(preview.summary)}" src="${url('audio/wav')}"></audio>`;
    case 'video':
      return `<video controls loop aria-label="${escaped(preview.summary)}" src="${url('video/mp4')}"></video>`;
    case 'html':
      return `<iframe sandbox title="${escaped(preview.summary)}" src="${url(contentType('page.html').replace(' ', ''))}"></iframe>`;
    case 'text':
      return `<blockquote>${escaped(new TextDecoder().decode(bytes))}</blockquote>`;
    case 'metrics':
      return metricsTable(JSON.parse(new TextDecoder().decode(bytes)) as Metrics);
    case 'json':
      return `<pre>${escaped(new TextDecoder().decode(bytes).slice(0, 20_000))}</pre>`;
    default:
      return summary;
  }
}

function metricsTable({ values, about, curves }: Metrics): string {
  const rows = Object.entries(values).map(
    ([name, value]) =>
      `<tr><td>${escaped(name)}</td><td>${Number(value.toPrecision(4))} ${escaped(about?.[name]?.unit ?? '')}</td><td class="soft">${escaped(about?.[name]?.text ?? '')}</td></tr>`,
  );
  const drawn = Object.entries(curves ?? {}).map(
    ([name, points]) => `<figure>${curve(points)}<figcaption>${escaped(name)}</figcaption></figure>`,
  );
  return `<table><tbody>${rows.join('')}</tbody></table>${drawn.length > 0 ? `<div class="grid">${drawn.join('')}</div>` : ''}`;
}

/** From its least to its most, first to last. */
function curve(points: readonly number[]): string {
  const [least, most] = [Math.min(...points), Math.max(...points)];
  const at = points.map(
    (value, index) =>
      `${((index / Math.max(1, points.length - 1)) * 236 + 2).toFixed(1)},${(98 - ((value - least) / (most - least || 1)) * 96).toFixed(1)}`,
  );
  return `<svg viewBox="0 0 240 100" width="240" height="100" role="img" aria-label="${points.length} values from ${Number(least.toPrecision(4))} to ${Number(most.toPrecision(4))}"><polyline points="${at.join(' ')}"/></svg>`;
}
