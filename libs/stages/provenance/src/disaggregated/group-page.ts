import { escapeHtml, htmlPage } from '@soliloquy/page';
import { figureText } from '@soliloquy/ports/figure-text';
import type { Comparison, Group } from './by-group.ts';

/** Below this q a gap is marked. */
const NOTED = 0.05;
/** Pixels: of the drawing, of a row of it, and of what stands left of it. */
const [WIDTH, ROW, LEFT] = [640, 18, 150];
const STYLE = `
svg { width: 100%; max-width: ${WIDTH}px; height: auto; }
svg circle { fill: var(--accent); }
svg .interval { stroke: var(--accent); stroke-width: 2; }
`;

/**
 * A page for each figure: by attribute the groups' means with their intervals, drawn on one scale, and in a table.
 *
 * @param people how many there are
 */
export function groupPage(comparisons: readonly Comparison[], people: number, level: number): string {
  const title = 'Figures by group';
  const noted = comparisons.filter(({ test }) => test !== undefined && test.q < NOTED);
  const summary = noted.length
    ? `<p>Groups differ by more than chance (q below ${NOTED}): ${noted
        .map(({ figure, by, gap, test }) => `${escapeHtml(figure)} by ${by} (${figureText(gap)}, q ${q(test)})`)
        .join('; ')}.</p>`
    : `<p>No gap is more than chance would give (q below ${NOTED}) with ${people} people.</p>`;
  const sections = [...Map.groupBy(comparisons, ({ figure }) => figure)].map(([figure, all]) => section(figure, all));
  const how =
    `<p class="soft">${people} people. Bars are ${Math.round(100 * level)} % confidence intervals of means; a group ` +
    'of one has none. p: how often dealing the people to the groups at random gives an F as large; q is p adjusted ' +
    'for all tests here. Attributes of few people go together: a gap by one may come of another.</p>';
  return htmlPage({ title, style: STYLE, body: `<h1>${title}</h1>${summary}${how}${sections.join('')}` });
}

function section(figure: string, comparisons: readonly Comparison[]): string {
  const rows = comparisons
    .flatMap(({ by, groups, gap, test }) =>
      groups.map((group, i) => {
        const end = groups.length - 1 === i ? [figureText(gap), test ? figureText(test.p) : '', q(test)] : ['', '', ''];
        const cells = [String(group.count), figureText(group.mean), intervalText(group), ...end];
        return `<tr><td>${i === 0 ? by : ''}</td><td>${escapeHtml(group.name)}</td>${cells
          .map((cell) => `<td class="figure">${cell}</td>`)
          .join('')}</tr>`;
      }),
    )
    .join('');
  const head = ['people', 'mean', 'interval', 'gap', 'p', 'q']
    .map((name) => `<th class="figure">${name}</th>`)
    .join('');
  return (
    `<section><h2>${escapeHtml(figure)}</h2>${drawing(figure, comparisons)}` +
    `<table><thead><tr><th></th><th>group</th>${head}</tr></thead><tbody>${rows}</tbody></table></section>`
  );
}

function drawing(figure: string, comparisons: readonly Comparison[]): string {
  const all = comparisons.flatMap(({ groups }) => groups);
  const ends = all.flatMap(({ mean, interval }) => [mean, ...(interval ?? [])]);
  const [low, high] = [Math.min(...ends), Math.max(...ends)];
  const x = (value: number): string =>
    (LEFT + 10 + ((value - low) / (high - low || 1)) * (WIDTH - LEFT - 20)).toFixed(1);
  let y = 0;
  const parts = comparisons.map(({ by, groups }) => {
    y += ROW;
    const label = `<text x="0" y="${y}" font-weight="600">${by}</text>`;
    return label + groups.map((group) => dot(group, x, (y += ROW))).join('');
  });
  const height = y + 2 * ROW;
  const scale = [low, high]
    .map(
      (end, i) =>
        `<text x="${x(end)}" y="${height - 4}" text-anchor="${i ? 'end' : 'start'}">${figureText(end)}</text>`,
    )
    .join('');
  const name = `${escapeHtml(figure)}, mean by group`;
  return `<svg viewBox="0 0 ${WIDTH} ${height}" role="img" aria-label="${name}">${parts.join('')}${scale}</svg>`;
}

function dot({ name, mean, interval, count }: Group, x: (value: number) => string, y: number): string {
  const bar = interval
    ? `<line class="interval" x1="${x(interval[0])}" x2="${x(interval[1])}" y1="${y - 4}" y2="${y - 4}"/>`
    : '';
  return (
    `<text x="12" y="${y}">${escapeHtml(name)} (${count})</text>${bar}` +
    `<circle cx="${x(mean)}" cy="${y - 4}" r="3.5"/>`
  );
}

function intervalText({ interval }: Group): string {
  return interval ? interval.map(figureText).join(' … ') : '';
}

function q(test: Comparison['test']): string {
  return test ? figureText(test.q) : '';
}
