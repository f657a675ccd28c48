import type { AnyStage, Backbone } from '@soliloquy/stage';
import { closestName, meant, oneOf } from './closest-name.ts';
import type { GraphDocument, GraphNode } from './document.ts';
import { graphFault, InvalidGraph, type GraphError } from './graph-error.ts';
import { parseStageReference, type StageRegistry } from './registry.ts';

/** A node with the stage and the backbone that it names. */
export interface ResolvedNode {
  readonly node: GraphNode;
  readonly stage: AnyStage;
  readonly backboneName: string;
  readonly backbone: Backbone;
}

/** @throws InvalidGraph when the document has no such node, or names a stage, version or backbone that is not there */
export function nodeOf(doc: GraphDocument, node: string, registry: StageRegistry): ResolvedNode {
  const found = lookUpNode(doc, node, registry);
  if (found.kind === 'missing') throw new InvalidGraph([found.error]);
  return found;
}

export function lookUpNode(
  doc: GraphDocument,
  name: string,
  registry: StageRegistry,
): ({ kind: 'found' } & ResolvedNode) | { kind: 'missing'; error: GraphError } {
  const missing = (parts: Omit<GraphError, 'message' | 'node'>): { kind: 'missing'; error: GraphError } => ({
    kind: 'missing',
    error: graphFault({ ...parts, node: name }),
  });
  if (!Object.hasOwn(doc.nodes, name)) {
    const names = Object.keys(doc.nodes);
    return missing({
      code: 'graph.unknown-node',
      where: 'nodes',
      expected: oneOf(names),
      got: `"${name}"`,
      remedy: meant(name, names, 'choose one of them'),
    });
  }
  const node = doc.nodes[name] as GraphNode;
  const { id, version } = parseStageReference(node.stage);
  const stage = registry.get(id);
  if (stage === undefined) {
    const close = closestName(id, registry.keys());
    const remedy =
      close === undefined
        ? `install it or choose ${oneOf(registry.keys())}`
        : `did you mean "${close}@${registry.get(close)?.version}"?`;
    return missing({
      code: 'graph.unknown-stage',
      where: `${name}.stage`,
      expected: 'a stage that is installed',
      got: `"${node.stage}"`,
      remedy,
    });
  }
  if (version !== stage.version) {
    const remedy =
      version < stage.version
        ? 'bring the file up to date with `soliloquy migrate`'
        : 'the file is from a newer version: update soliloquy';
    return missing({
      code: 'graph.stage-version',
      where: `${name}.stage`,
      expected: `${id}@${stage.version}`,
      got: node.stage,
      remedy,
    });
  }
  const backboneName = node.backbone ?? stage.defaultBackbone;
  if (!Object.hasOwn(stage.backbones, backboneName)) {
    const known = Object.keys(stage.backbones);
    return missing({
      code: 'graph.unknown-backbone',
      where: `${name}.backbone`,
      expected: `a backbone of ${node.stage} (${oneOf(known)})`,
      got: `"${backboneName}"`,
      remedy: meant(backboneName, known, 'choose one of them'),
    });
  }
  return { kind: 'found', node, stage, backboneName, backbone: stage.backbones[backboneName] as Backbone };
}
