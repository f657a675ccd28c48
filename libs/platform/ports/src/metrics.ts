import { z } from 'zod';
import { jsonPort } from './json-port.ts';
import type { Metrics } from './values.ts';

const about = z.object({
  unit: z.string().optional(),
  better: z.enum(['higher', 'lower']).optional(),
  text: z.string().optional(),
  over: z.string().optional(),
});

/** Figures by name, all finite. */
export const metrics = jsonPort<Metrics>({
  id: 'metrics',
  title: 'Metrics',
  schema: z.object({
    values: z.record(z.string(), z.number()),
    about: z.record(z.string(), about).optional(),
    curves: z.record(z.string(), z.array(z.number())).optional(),
  }),
  file: 'metrics.json',
  summary: ({ values }) => {
    const entries = Object.entries(values);
    const shown = entries.slice(0, 4).map(([name, value]) => `${name} ${Number(value.toPrecision(4))}`);
    return (
      [...shown, ...(entries.length > shown.length ? [`${entries.length - shown.length} more`] : [])].join(', ') ||
      'no figures'
    );
  },
});
