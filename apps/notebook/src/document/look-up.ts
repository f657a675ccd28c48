import { InvalidGraph, nodeOf, type GraphDocument, type ResolvedNode, type StageRegistry } from '@soliloquy/graph';

/** A node with its stage and backbone; `undefined` where either is not installed. */
export function lookUp(doc: GraphDocument, node: string, registry: StageRegistry): ResolvedNode | undefined {
  try {
    return nodeOf(doc, node, registry);
  } catch (thrown) {
    if (thrown instanceof InvalidGraph) return undefined;
    throw thrown;
  }
}

/** Everything that the nodes of a document give. */
export function outputsOf(
  doc: GraphDocument,
  registry: StageRegistry,
): readonly { readonly reference: string; readonly type: string; readonly summary: string }[] {
  return Object.keys(doc.nodes).flatMap((node) =>
    Object.entries(lookUp(doc, node, registry)?.stage.outputs ?? {}).map(([port, { type, summary }]) => ({
      reference: `${node}.${port}`,
      type: type.id,
      summary,
    })),
  );
}
