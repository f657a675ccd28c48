import { parsePortReference } from '@soliloquy/graph';
import type { GraphDocument, StageRegistry } from '@soliloquy/graph';
import { swapBackbone } from '@soliloquy/graph/edit';

/**
 * The document with the backbones that `node.backbone` asks for, and what else is set. Params that the new backbone takes too are kept.
 *
 * @param set as `--set`: values by `node.param` or `node.backbone`
 * @throws InvalidGraph when a node or backbone is not there
 */
export function chooseBackbones(document: GraphDocument, registry: StageRegistry, set: Readonly<Record<string, string>>): { chosen: GraphDocument; params: Record<string, string> } {
  let chosen = document;
  const params: Record<string, string> = {};
  for (const [key, value] of Object.entries(set)) {
    const { node, port } = parsePortReference(key);
    if (port === 'backbone') chosen = swapBackbone(chosen, registry, node, value).doc;
    else params[key] = value;
  }
  return { chosen, params };
}
