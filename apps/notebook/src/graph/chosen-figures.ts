import type { RunList } from '@soliloquy/gateway/protocol';
import type { GraphDocument } from '@soliloquy/graph';

const MOST = 3;

function key({ name }: GraphDocument): string {
  return `soliloquy.figures.${name}`;
}

/** Figures that runs of a graph are told by: those that were chosen; else those of which it expects something. */
export function chosenFigures(doc: GraphDocument, metrics: RunList['metrics']): readonly string[] {
  const known = metrics.map(({ metric }) => metric);
  const kept = localStorage.getItem(key(doc));
  if (kept !== null) return kept.split(' ').filter((metric) => known.includes(metric));
  const expected = [...new Set(doc.expect.map(({ metric }) => metric))].filter((metric) => known.includes(metric));
  return (expected.length > 0 ? expected : known).slice(0, MOST);
}

export function keepFigures(doc: GraphDocument, figures: readonly string[]): void {
  localStorage.setItem(key(doc), figures.join(' '));
}
