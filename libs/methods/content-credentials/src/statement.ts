import { z } from 'zod';
import { licenceBehindSchema } from '@soliloquy/graph';

/** The assertion that holds a statement, as JSON. */
export const STATEMENT_LABEL = 'org.soliloquy.run';

const hex = z.string().regex(/^[0-9a-f]{64}$/);

/** Who agreed to what: a person's own words. They travel with the digests of the picture and the voice. */
export const consentSchema = z.strictObject({
  /** Who agreed. */
  who: z.string().min(1).max(400),
  /** To what, in their words. */
  to: z.string().min(1).max(4000),
});
export type Consent = z.infer<typeof consentSchema>;

/** What a file says of how it was made. Digests, never content; no clock and no path. */
export const statementSchema = z.object({
  soliloquy: z.literal(1),
  /** what it is called, e.g. `film.mp4` */
  title: z.string(),
  /** name of the graph, and the sha256 of its document with size, seed and settings */
  graph: z.object({ name: z.string(), digest: hex, from: z.string() }),
  /** sha256 of the artifact that it holds */
  artifact: hex,
  /** what was given, by the name of the graph's input */
  ingredients: z.record(z.string(), z.object({ type: z.string(), digest: hex })),
  /** the id of the mark in every frame, `off` where a param turned it off, `none` where nothing marks it */
  mark: z.union([z.literal('off'), z.literal('none'), z.string().regex(/^[0-9a-f]{16}$/)]),
  /** who agreed; `none given` where nobody said; `painted` where no picture and no voice of a person went in */
  consent: z.union([z.literal('none given'), z.literal('painted'), consentSchema]),
  /** of others, that stand behind it, by lineage; none where left out */
  licences: z.array(licenceBehindSchema).optional(),
  /** of Soliloquy, and of what it runs with */
  versions: z.record(z.string(), z.string()),
});
export type Statement = z.infer<typeof statementSchema>;

/** What a statement says of consent, in a sentence without its end. */
export function consentWords(consent: Statement['consent']): string {
  if (consent === 'painted') return 'none needed: nobody real was put in';
  return consent === 'none given' ? 'nobody said that they agreed' : `${consent.who}, to ${consent.to}`;
}
