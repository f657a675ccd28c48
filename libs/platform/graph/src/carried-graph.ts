import { z } from 'zod';
import { carriedText, withCarriedText } from '@soliloquy/media/carried-text';
import { graphSchema, type GraphDocument } from './document.ts';
import { parsePortReference } from './edges.ts';
import { setParam } from './edit/nodes.ts';
import { licenceBehindSchema, type LicenceBehind } from './licence-behind.ts';
import type { StageRegistry } from './registry.ts';
import { valueOfText } from './resolve-params.ts';

/**
 * What a film, picture or report says of how it was made: the document and the settings of its run. No clock and no
 * path: the same run gives the same file.
 */
export interface CarriedGraph {
  readonly document: GraphDocument;
  readonly size: string;
  readonly seed: number;
  /** `--set` of the run */
  readonly set: Readonly<Record<string, string>>;
  /** digests of what was given for the document's inputs, by name */
  readonly inputs: Readonly<Record<string, string>>;
  /** `node.output` that it holds */
  readonly from: string;
  /** of others, that stand behind it; none where left out */
  readonly licences?: readonly LicenceBehind[];
}

const carriedSchema = z.object({
  soliloquy: z.literal(1),
  document: graphSchema,
  size: z.string(),
  seed: z.int(),
  set: z.record(z.string(), z.string()),
  inputs: z.record(z.string(), z.string()),
  from: z.string(),
  licences: z.array(licenceBehindSchema).optional(),
});

/** A file's bytes with its graph in it: PNG, MP4 and HTML; any other as it is. */
export function carryGraph(bytes: Uint8Array, carried: CarriedGraph): Uint8Array {
  const { document, size, seed, set, inputs, from, licences = [] } = carried;
  const text = { soliloquy: 1, document, size, seed, set, inputs, from, ...(licences.length > 0 && { licences }) };
  return withCarriedText(bytes, JSON.stringify(text));
}

/**
 * The document with size, seed and `--set` of the run that made a file as its own: run as it is, it makes that file
 * again, given the same inputs.
 */
export function documentAsRun({ document, size, seed, set }: CarriedGraph, registry: StageRegistry): GraphDocument {
  return Object.entries(set).reduce(
    (doc, [key, text]) => {
      const { node, port } = parsePortReference(key);
      const value = valueOfText(doc, node, port, registry, text);
      // What a size says of a param holds against the node's own word.
      return setParam(doc, node, port, value, Object.hasOwn(doc.sizes[size] ?? {}, key) ? size : undefined).doc;
    },
    { ...document, size, seed },
  );
}

/** The graph that made a PNG, MP4 or HTML file; `undefined` for a file that carries none. In the browser too. */
export function carriedGraph(bytes: Uint8Array): CarriedGraph | undefined {
  const text = carriedText(bytes);
  if (text === undefined) return undefined;
  try {
    const parsed = carriedSchema.safeParse(JSON.parse(text));
    return parsed.success ? parsed.data : undefined;
  } catch {
    return undefined;
  }
}
