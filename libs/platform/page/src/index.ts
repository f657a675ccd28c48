export { curveSvg } from './curve.ts';
export { markdownOr } from './markdown-or.ts';
export { escapeHtml } from './escape-html.ts';
export { metricsFigure, metricsTable } from './metrics-table.ts';
export { htmlPage } from './page.ts';

export type { PageParts } from './page.ts';
