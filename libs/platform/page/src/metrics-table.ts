import type { Metrics } from '@soliloquy/ports';
import { figureText } from '@soliloquy/ports/figure-text';
import { curveSvg } from './curve.ts';
import { escapeHtml } from './escape-html.ts';

const ARROWS = { higher: ' ↑', lower: ' ↓' } as const;

/** One row per metric; one column per element, and their mean when there are several. */
export function metricsTable(all: readonly Metrics[]): string {
  const names = [...new Set(all.flatMap(({ values }) => Object.keys(values)))];
  const columns = all.length > 1 ? [...all.keys()].map((index) => String(index + 1)).concat('mean') : [''];
  const head = columns.map((column) => `<th class="figure">${column}</th>`).join('');
  const rows = names.map((name) => metricRow(name, all)).join('');
  return `<table><thead><tr><th>figure</th>${head}<th>unit</th><th></th></tr></thead><tbody>${rows}</tbody></table>`;
}

function metricRow(name: string, all: readonly Metrics[]): string {
  const note = all.find(({ about }) => about?.[name])?.about?.[name];
  const values = all.map((metrics): number | undefined => metrics.values[name]);
  const present = values.filter((value) => value !== undefined);
  const mean = present.reduce((sum, value) => sum + value, 0) / present.length;
  const cells = (all.length > 1 ? [...values, mean] : values)
    .map((value) => `<td class="figure">${value === undefined ? '' : figureText(value)}</td>`)
    .join('');
  const arrow = note?.better === undefined ? '' : ARROWS[note.better];
  const about = `<td>${escapeHtml(note?.unit ?? '')}</td><td class="about">${escapeHtml(note?.text ?? '')}</td>`;
  return `<tr><td>${escapeHtml(name)}${arrow}</td>${cells}${about}</tr>`;
}

/** The table, and below it the curves of every element, those of one name beside one another. */
export function metricsFigure(all: readonly Metrics[]): string {
  const names = [...new Set(all.flatMap(({ curves = {} }) => Object.keys(curves)))];
  const drawn = names.flatMap((name) =>
    all.map(({ curves, about }, index) => {
      const of = all.length > 1 ? String(index + 1) : undefined;
      return curveSvg(name, curves?.[name] ?? [], { ...about?.[name], of });
    }),
  );
  const curves = drawn.join('');
  return metricsTable(all) + (curves === '' ? '' : `<div class="curves">${curves}</div>`);
}
