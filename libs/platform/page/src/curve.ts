import { figureText } from '@soliloquy/ports/figure-text';
import { escapeHtml } from './escape-html.ts';

/** pixels; labels of the vertical axis take `LEFT`, those of the horizontal one the lowest 20 */
const WIDTH = 320;
const HEIGHT = 130;
const LEFT = 46;
/** A longer curve is drawn by the means of as many shares of it. */
const MOST_POINTS = 400;

/** What is said of a curve. */
export interface CurveNote {
  /** of its values */
  readonly unit?: string;
  /** unit of what it runs over: training steps where that is not said */
  readonly over?: string;
  /** Which of several it is, as the column of the table is headed. */
  readonly of?: string;
}

/** A curve as SVG; logarithmic when all values are above 0. Empty for less than two finite values. */
export function curveSvg(
  name: string,
  values: readonly number[],
  { unit, over = 'steps', of }: CurveNote = {},
): string {
  const which = of === undefined ? name : `${name} (${of})`;
  const title = over === 'steps' || unit === undefined ? which : `${which}, ${unit}`;
  const finite = values.filter((value) => Number.isFinite(value));
  if (finite.length < 2) return '';
  const log = finite.every((value) => value > 0);
  const scale = (value: number): number => (log ? Math.log10(value) : value);
  const low = Math.min(...finite.map(scale));
  const high = Math.max(...finite.map(scale));
  const y = (value: number): number => 10 + (HEIGHT - 30) * (1 - (scale(value) - low) / Math.max(high - low, 1e-9));
  const count = Math.min(MOST_POINTS, values.length);
  const points = Array.from({ length: count }, (_, i) => {
    const share = values.slice(Math.floor((i * values.length) / count), Math.floor(((i + 1) * values.length) / count));
    const mean = share.reduce((a, b) => a + b, 0) / share.length;
    return `${(LEFT + ((WIDTH - LEFT - 6) * i) / Math.max(1, count - 1)).toFixed(1)},${y(mean).toFixed(1)}`;
  });
  const label = (value: number): string => figureText(log ? 10 ** value : value);
  const floor = HEIGHT - 20;
  const drawing = [
    `<line x1="${LEFT}" x2="${WIDTH}" y1="${floor}" y2="${floor}"/>`,
    `<text x="0" y="14">${label(high)}</text>`,
    `<text x="0" y="${floor}">${label(low)}</text>`,
    `<text x="${LEFT}" y="${HEIGHT - 6}">0</text>`,
    `<text x="${WIDTH}" y="${HEIGHT - 6}" text-anchor="end">${values.length} ${escapeHtml(over)}</text>`,
    `<polyline points="${points.join(' ')}"/>`,
  ].join('');
  const size = `viewBox="0 0 ${WIDTH} ${HEIGHT}" width="${WIDTH}" height="${HEIGHT}"`;
  const words = `${escapeHtml(title)} over ${values.length} ${escapeHtml(over)}`;
  return (
    `<figure><figcaption>${escapeHtml(title)}</figcaption>` +
    `<svg ${size} role="img" aria-label="${words}">${drawing}</svg></figure>`
  );
}
