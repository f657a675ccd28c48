import type { Metrics } from '@soliloquy/ports';

const STYLE = `
:root { color-scheme: light dark; --ink: #1c1d20; --soft: #6b6f76; --line: #d9dbdf; --paper: #fbfbfa; --accent: #2f6f6a; }
@media (prefers-color-scheme: dark) { :root { --ink: #e8e8e6; --soft: #9a9ea6; --line: #34363b; --paper: #17181a; --accent: #7cc4bd; } }
body { margin: 0 auto; padding: 2.5rem 1.5rem 4rem; max-width: 1080px; background: var(--paper); color: var(--ink); font: 15px/1.5 system-ui, sans-serif; }
h1 { font-size: 1.7rem; font-weight: 600; letter-spacing: -0.01em; margin: 0 0 1.5rem; }
h2 { font-size: 1.05rem; font-weight: 600; margin: 2.5rem 0 0.8rem; }
video, .picture { max-height: 70vh; max-width: 48%; height: auto; width: auto; border-radius: 6px; vertical-align: top; margin-right: 12px; }
video { background: #000; }
.sheet { width: 100%; border-radius: 6px; }
table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; }
th, td { text-align: left; padding: 0.35rem 0.8rem 0.35rem 0; border-bottom: 1px solid var(--line); vertical-align: top; }
th { font-weight: 500; color: var(--soft); font-size: 0.85rem; }
td.figure { text-align: right; white-space: nowrap; } th.figure { text-align: right; }
td.about { color: var(--soft); font-size: 0.87rem; }
.curves { display: flex; flex-wrap: wrap; gap: 18px; margin-top: 1rem; }
figure { margin: 0; } figcaption { color: var(--soft); font-size: 0.85rem; }
polyline { fill: none; stroke: var(--accent); stroke-width: 1.5; } line { stroke: var(--line); } svg text { fill: var(--soft); font-size: 10px; }
`;

const escape = (text: string): string => text.replace(/[&<>"']/g, (char) => `&#${char.charCodeAt(0)};`);

/** A whole page without scripts. `sections` are HTML, `title` is text. */
export function page(title: string, sections: readonly string[]): string {
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; img-src data:; media-src data:; style-src 'unsafe-inline'">
<title>${escape(title)}</title><style>${STYLE}</style></head>
<body><h1>${escape(title)}</h1>
${sections.join('\n')}
</body></html>
`;
}

/** `content` is HTML, `title` is text. */
export function section(title: string, content: string): string {
  return `<section><h2>${escape(title)}</h2>${content}</section>`;
}

/** A figure as it is printed: four significant digits. */
export function formatFigure(value: number): string {
  if (!Number.isFinite(value)) return String(value);
  return Math.abs(value) >= 1000 || Number.isInteger(value)
    ? String(Math.round(value))
    : String(Number(value.toPrecision(4)));
}

/** One row a metric; one column an element, and their mean when there are several. */
export function metricsTable(all: readonly Metrics[]): string {
  const names = [...new Set(all.flatMap((metrics) => Object.keys(metrics.values)))];
  const head =
    all.length > 1
      ? all.map((_, index) => `<th class="figure">${index + 1}</th>`).join('') + '<th class="figure">mean</th>'
      : '<th class="figure"></th>';
  const rows = names.map((name) => {
    const values = all.map((metrics) => metrics.values[name]);
    const note = all.find((metrics) => metrics.about?.[name])?.about?.[name];
    const cells = values
      .map((value) => `<td class="figure">${value === undefined ? '' : formatFigure(value)}</td>`)
      .join('');
    const present = values.filter((value) => value !== undefined);
    const mean =
      all.length > 1
        ? `<td class="figure">${formatFigure(present.reduce((sum, value) => sum + value, 0) / present.length)}</td>`
        : '';
    const arrow = note?.better === 'higher' ? ' ↑' : note?.better === 'lower' ? ' ↓' : '';
    return `<tr><td>${escape(name)}${arrow}</td>${cells}${mean}<td>${escape(note?.unit ?? '')}</td><td class="about">${escape(note?.text ?? '')}</td></tr>`;
  });
  return `<table><thead><tr><th>figure</th>${head}<th>unit</th><th></th></tr></thead><tbody>${rows.join('')}</tbody></table>`;
}

/**
 * A curve as SVG; logarithmic when all values are above 0.
 *
 * @param about the unit of its values, and of what it runs over: training steps where that is not said
 */
export function curveSvg(
  name: string,
  values: readonly number[],
  { unit, over = 'steps' }: { readonly unit?: string; readonly over?: string } = {},
): string {
  const width = 320;
  const height = 130;
  const left = 46;
  const title = over === 'steps' || unit === undefined ? name : `${name}, ${unit}`;
  const finite = values.filter((value) => Number.isFinite(value));
  if (finite.length < 2) return '';
  const log = finite.every((value) => value > 0);
  const scale = (value: number): number => (log ? Math.log10(value) : value);
  const low = Math.min(...finite.map(scale));
  const high = Math.max(...finite.map(scale));
  const y = (value: number): number => 10 + (height - 30) * (1 - (scale(value) - low) / Math.max(high - low, 1e-9));
  // At most 400 points: each the mean of its share of the curve.
  const count = Math.min(400, values.length);
  const points = Array.from({ length: count }, (_, i) => {
    const share = values.slice(Math.floor((i * values.length) / count), Math.floor(((i + 1) * values.length) / count));
    return `${(left + ((width - left - 6) * i) / Math.max(1, count - 1)).toFixed(1)},${y(share.reduce((a, b) => a + b, 0) / share.length).toFixed(1)}`;
  });
  const label = (value: number): string => formatFigure(log ? 10 ** value : value);
  return (
    `<figure><figcaption>${escape(title)}</figcaption>` +
    `<svg viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" ` +
    `aria-label="${escape(title)} over ${values.length} ${escape(over)}">` +
    `<line x1="${left}" x2="${width}" y1="${height - 20}" y2="${height - 20}"/><text x="0" y="14">${label(high)}</text><text x="0" y="${height - 20}">${label(low)}</text>` +
    `<text x="${left}" y="${height - 6}">0</text>` +
    `<text x="${width}" y="${height - 6}" text-anchor="end">${values.length} ${escape(over)}</text>` +
    `<polyline points="${points.join(' ')}"/></svg></figure>`
  );
}
