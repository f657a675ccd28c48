import { z } from 'zod';

/** Somebody else's licence that stands behind a result: of a backbone's program, or of a model that it read. */
export const licenceBehindSchema = z.object({
  kind: z.enum(['backbone', 'model']),
  name: z.string(),
  node: z.string(),
  /** the document of the node: another one's, where a file that was given carried it */
  graph: z.string(),
  /** missing where nobody said */
  licence: z.object({ name: z.string(), url: z.string() }).optional(),
  /** what the result must not reach */
  forbids: z.array(z.literal('training')).optional(),
});

export type LicenceBehind = Readonly<z.infer<typeof licenceBehindSchema>>;

/** Each once, in the order in which they come. */
export function unitedLicences(lists: Iterable<readonly LicenceBehind[]>): LicenceBehind[] {
  const united = new Map<string, LicenceBehind>();
  for (const list of lists)
    for (const each of list) united.set(JSON.stringify([each.graph, each.node, each.kind, each.name]), each);
  return [...united.values()];
}
