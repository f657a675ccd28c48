import type { FunctionFigures } from './functions.ts';
import type { LineFigures } from './lines.ts';

/** Shares in percent, as everywhere in the two tables. */
type Row<Figures> = Partial<Figures> & { readonly name: string };

/**
 * The projects whose habits STYLE takes over, measured as this repository was at 781f479, on the commits of that day.
 * Lines of source unless the name says otherwise. mediabunny's widest line is data, and was not counted.
 */
export const ANCHOR_LINES: readonly Row<LineFigures>[] = [
  {
    name: 'soliloquy 781f479 src',
    lines: 41_253,
    median: 43,
    p90: 111,
    p99: 191,
    max: 510,
    over100: 12.9,
    over120: 8,
    over140: 4.8,
  },
  {
    name: 'soliloquy 781f479 tests',
    lines: 13_399,
    median: 54,
    p90: 124,
    p99: 212,
    max: 463,
    over100: 17.8,
    over120: 11,
    over140: 6.8,
  },
  {
    name: 'soliloquy 781f479 svelte',
    lines: 5011,
    median: 24,
    p90: 83,
    p99: 215,
    max: 492,
    over100: 7.5,
    over120: 5.5,
    over140: 4,
  },
  { name: 'jax-js', median: 28, p90: 62, p99: 80, max: 142, over100: 0.1, over120: 0, over140: 0 },
  { name: 'splat-transform', median: 40, p90: 78, p99: 115, max: 305, over100: 2.3, over120: 0.7, over140: 0.2 },
  { name: 'mediabunny', median: 30, p90: 76, p99: 113, over100: 3.4, over120: 0, over140: 0 },
  { name: 'nats.js', median: 24, p90: 62, p99: 82, max: 192, over100: 0.2, over120: 0, over140: 0 },
  { name: 'brush (Rust)', median: 35, p90: 73, p99: 94, max: 289, over100: 0.1, over120: 0, over140: 0 },
  { name: 'gsplat (Python)', median: 37, p90: 77, p99: 98, max: 183, over100: 0.8, over120: 0.3, over140: 0.1 },
  { name: 'diffusers modular', median: 41, p90: 96, p99: 119, max: 555, over100: 8.4, over120: 0.6, over140: 0.2 },
  { name: 'rete-studio', median: 31, p90: 79, p99: 147, max: 262, over100: 4.8, over120: 2.5, over140: 1.2 },
  { name: 'marimo frontend', median: 27, p90: 63, p99: 81, max: 400, over100: 0.3, over120: 0.2, over140: 0.1 },
];

/** Named functions. splat-transform documents its index only. */
export const ANCHOR_FUNCTIONS: readonly Row<FunctionFigures>[] = [
  {
    name: 'soliloquy 781f479',
    count: 2450,
    median: 6,
    p95: 34,
    p99: 64,
    longest: 184,
    over4Params: 5.9,
    documented: 80,
  },
  { name: 'jax-js', count: 1373, median: 9, p95: 66, p99: 175, longest: 769, over4Params: 1.9, documented: 62 },
  { name: 'splat-transform', count: 963, median: 13, p95: 135, p99: 309, longest: 1258, over4Params: 10.7 },
  { name: 'mediabunny', count: 1552, median: 9, p95: 103, p99: 247, longest: 2027, over4Params: 0.9, documented: 50 },
  { name: 'nats.js', count: 797, median: 9, p95: 56, p99: 108, longest: 427, over4Params: 0.3, documented: 22 },
  { name: 'rete-studio', count: 341, median: 10, p95: 61, p99: 145, longest: 236, over4Params: 2.3, documented: 0 },
  {
    name: 'marimo frontend',
    count: 4030,
    median: 13,
    p95: 101,
    p99: 265,
    longest: 1311,
    over4Params: 0.2,
    documented: 27,
  },
];
