import { z } from 'zod';
import { figureText } from './figure-text.ts';
import { jsonPort } from './json-port.ts';

/** What a figure's course runs over where it has a value for each film of a set, in one order. */
export const FILMS = 'films';

/** What a table shows of a figure beside its value. */
export interface MetricNote {
  readonly unit?: string;
  readonly better?: 'higher' | 'lower';
  readonly text?: string;
  /** unit of what the curve of the figure's name runs over, e.g. `frames` */
  readonly over?: string;
}

/** Figures by name, with what a table shows of them. */
export interface Metrics {
  readonly values: Readonly<Record<string, number>>;
  /** unit and direction by name; `higher` says what is better */
  readonly about?: Readonly<Record<string, MetricNote>>;
  /** curves for a report, e.g. loss by step; one that has a figure's name is that figure's course, in its unit */
  readonly curves?: Readonly<Record<string, readonly number[]>>;
}

const about = z.object({
  unit: z.string().optional().describe('of the figure'),
  better: z.enum(['higher', 'lower']).optional().describe('what is better'),
  text: z.string().optional().describe('what the figure is, in words'),
  over: z.string().optional().describe('unit of what its curve runs over, e.g. frames'),
});

/** Figures by name, all finite. */
export const metrics = jsonPort<Metrics>({
  id: 'metrics',
  title: 'Metrics',
  viewer: 'metrics',
  hue: 190,
  schema: z.object({
    values: z.record(z.string(), z.number().describe('a figure, finite')),
    about: z.record(z.string(), about).optional().describe('by the name of the figure'),
    curves: z
      .record(z.string(), z.array(z.number()))
      .optional()
      .describe("by name: a curve of numbers, or a figure's course where it has its name"),
  }),
  file: 'metrics.json',
  summary: ({ values }) => {
    const entries = Object.entries(values);
    const shown = entries.slice(0, 4).map(([name, value]) => `${name} ${figureText(value)}`);
    return (
      [...shown, ...(entries.length > shown.length ? [`${entries.length - shown.length} more`] : [])].join(', ') ||
      'no figures'
    );
  },
});
