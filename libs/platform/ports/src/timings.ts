import { z } from 'zod';
import { jsonPort } from './json-port.ts';

/** When each phone of a speech is heard. */
export interface Timings {
  /** seconds, ascending */
  readonly phones: readonly { readonly phone: string; readonly start: number; readonly end: number }[];
}

const phone = z.object({
  phone: z.string().describe('which sound, e.g. ah'),
  start: z.number().nonnegative().describe('seconds, not before the end of the phone before'),
  end: z.number().nonnegative().describe('seconds'),
});

/** When each phone of a speech is heard. */
export const timings = jsonPort<Timings>({
  id: 'timings',
  title: 'Timings',
  hue: 115,
  schema: z.object({ phones: z.array(phone) }).superRefine(({ phones }, ctx) => {
    const wrong = phones.findIndex(({ start, end }, i) => end < start || (i > 0 && start < phones[i - 1].end - 1e-6));
    if (wrong >= 0)
      ctx.addIssue({
        code: 'custom',
        path: ['phones', wrong],
        message: `expected ascending times, got ${phones[wrong].start} to ${phones[wrong].end} s`,
      });
  }),
  file: 'timings.json',
  summary: ({ phones }) => `${phones.length} phones in ${(phones.at(-1)?.end ?? 0).toFixed(2)} s`,
});
