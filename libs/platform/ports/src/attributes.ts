import { z } from 'zod';
import { jsonPort } from './json-port.ts';

/** What a person looks like, chosen from a dictionary, and the sentence that says so. */
export interface Attributes {
  readonly values: Readonly<Record<string, string>>;
  readonly prompt: string;
}

/** What a person looks like. */
export const attributes = jsonPort<Attributes>({
  id: 'attributes',
  title: 'Attributes',
  hue: 85,
  schema: z.object({
    values: z.record(z.string(), z.string().describe('a word of the dictionary, by the name of the attribute')),
    prompt: z.string().describe('the sentence that says so'),
  }),
  file: 'attributes.json',
  summary: (value) => value.prompt,
});
