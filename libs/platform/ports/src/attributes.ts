import { z } from 'zod';
import { jsonPort } from './json-port.ts';
import type { Attributes } from './values.ts';

/** What a person looks like. */
export const attributes = jsonPort<Attributes>({
  id: 'attributes',
  title: 'Attributes',
  schema: z.object({ values: z.record(z.string(), z.string()), prompt: z.string() }),
  file: 'attributes.json',
  summary: (value) => value.prompt,
});
