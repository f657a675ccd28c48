import { z } from 'zod';
import { jsonPort } from '@soliloquy/ports';

/** Small port types for tests of what carries values without looking into them. */
export const numberPort = jsonPort<number>({
  id: 'number',
  title: 'Number',
  schema: z.number(),
  file: 'number.json',
  summary: String,
});
export const wordsPort = jsonPort<string>({
  id: 'words',
  title: 'Words',
  schema: z.string(),
  file: 'words.json',
  summary: (value) => value,
});
export const readingsPort = jsonPort<{ values: Record<string, number> }>({
  id: 'metrics',
  title: 'Metrics',
  viewer: 'metrics',
  schema: z.object({ values: z.record(z.string(), z.number()) }),
  file: 'metrics.json',
  summary: (value) => Object.keys(value.values).join(', '),
});

/** A model of one kind: `model<kind>`. */
export function fakeModelPort(kind: string) {
  return {
    ...jsonPort<number>({
      id: `model<${kind}>`,
      title: `Model of kind ${kind}`,
      schema: z.number(),
      file: 'model.json',
      summary: String,
    }),
    fromUser: undefined,
  };
}
