import { InvalidGraph, nodeOf } from '@soliloquy/graph';
import type { EdgeSource, GraphDocument, ResolvedNode, StageRegistry } from '@soliloquy/graph';

/** A node with its stage and backbone; `undefined` where either is not installed. */
export function lookUp(doc: GraphDocument, node: string, registry: StageRegistry): ResolvedNode | undefined {
  try {
    return nodeOf(doc, node, registry);
  } catch (thrown) {
    if (thrown instanceof InvalidGraph) return undefined;
    throw thrown;
  }
}

/** The type of what a source gives; `undefined` where it is not known. */
export function sourceType(doc: GraphDocument, registry: StageRegistry, from: EdgeSource): string | undefined {
  if (from.kind === 'input') return doc.inputs[from.input]?.type;
  return lookUp(doc, from.node, registry)?.stage.outputs[from.port]?.type.id;
}
