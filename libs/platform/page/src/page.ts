import { escapeHtml } from './escape-html.ts';

/**
 * Paper, ink and accent of the notebook (`design/tokens.css` of apps/notebook), in what a file can hold by itself, and
 * how text, figures, tables and curves look on it.
 */
const STYLE = `
:root {
  color-scheme: light dark;
  --ink: light-dark(oklch(0.245 0.012 60), oklch(0.945 0.005 85));
  --soft: light-dark(oklch(0.46 0.012 65), oklch(0.75 0.008 80));
  --line: light-dark(oklch(0.895 0.007 85), oklch(0.33 0.007 70));
  --paper: light-dark(oklch(0.995 0.003 85), oklch(0.235 0.006 70));
  --sunk: light-dark(oklch(0.97 0.005 85), oklch(0.205 0.006 70));
  --accent: light-dark(oklch(0.52 0.14 42), oklch(0.74 0.125 52));
}
body {
  margin: 0 auto;
  padding: 2.5rem 1.5rem 4rem;
  max-width: 800px;
  background: var(--paper);
  color: var(--ink);
  font: 15px/1.6 Inter, ui-sans-serif, system-ui, sans-serif;
}
h1 { font-size: 1.6rem; font-weight: 660; letter-spacing: -0.02em; line-height: 1.25; }
h2, h3 { font-weight: 640; }
a { color: var(--accent); }
figure { margin: 1.5rem 0; }
figcaption, .soft { color: var(--soft); font-size: 0.85rem; }
img, video { display: block; max-width: 100%; max-height: 80vh; border-radius: 6px; }
table { border-collapse: collapse; font-size: 0.85rem; font-variant-numeric: tabular-nums; }
th, td { text-align: left; padding: 0.3rem 1rem 0.3rem 0; border-bottom: 1px solid var(--line); vertical-align: top; }
th { font-weight: 500; color: var(--soft); }
th.figure, td.figure { text-align: right; white-space: nowrap; }
td.about { color: var(--soft); }
.curves { display: flex; flex-wrap: wrap; gap: 18px; margin-top: 1rem; }
.curves figure { margin: 0; }
polyline { fill: none; stroke: var(--accent); stroke-width: 1.5; }
svg line { stroke: var(--line); }
svg text { fill: var(--soft); font-size: 10px; }
`;

/** What a page is made of. */
export interface PageParts {
  /** text */
  readonly title: string;
  /** HTML; whatever text is in it must have gone through `escapeHtml` */
  readonly body: string;
  /** CSS beside the style that all pages share */
  readonly style?: string;
  /** Whether it embeds other pages. */
  readonly frames?: boolean;
}

/** A whole page in one file: it runs no scripts and loads nothing, and its policy holds a browser to that. */
export function htmlPage({ title, body, style = '', frames = false }: PageParts): string {
  const policy = [
    "default-src 'none'",
    'img-src data:',
    'media-src data:',
    "style-src 'unsafe-inline'",
    ...(frames ? ['frame-src data:'] : []),
  ].join('; ');
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<title>${escapeHtml(title)}</title><style>${STYLE}${style}</style></head>
<body>
${body}
</body></html>
`;
}
