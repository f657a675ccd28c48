import { z } from 'zod';

/** `metrics.json`, as the page reads it. */
export const metricsFileSchema = z.object({
  values: z.record(z.string(), z.number()),
  about: z
    .record(
      z.string(),
      z.object({
        unit: z.string().optional(),
        better: z.enum(['higher', 'lower']).optional(),
        text: z.string().optional(),
      }),
    )
    .optional(),
  curves: z.record(z.string(), z.array(z.number())).optional(),
});

/** Unit of a metric and which way is better: `dB ↑`. */
export function unitWords(about: { readonly unit?: string; readonly better?: 'higher' | 'lower' } | undefined): string {
  return [about?.unit, about?.better === undefined ? undefined : about.better === 'higher' ? '↑' : '↓']
    .filter((word) => word !== undefined)
    .join(' ');
}
