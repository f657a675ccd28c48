import { checkEdges } from './check-edges.ts';
import { checkParts } from './check-parts.ts';
import { checkReferences } from './check-references.ts';
import { checkTerms } from './check-terms.ts';
import type { GraphDocument } from './document.ts';
import { topologicalOrder } from './edges.ts';
import { graphFault, toldOf, type GraphError } from './graph-error.ts';
import { MOST_FAULTS } from './limits.ts';
import { lookUpNode } from './look-up.ts';
import { planAxes } from './plan-axes.ts';
import type { StageRegistry } from './registry.ts';
import { sizesOf, tryParams } from './resolve-params.ts';

/**
 * All that can be known to be wrong with a graph before anything runs.
 *
 * @returns an empty list for a graph that can run; else each fault once, with node, port and remedy
 */
export function validateGraph(doc: GraphDocument, registry: StageRegistry): GraphError[] {
  return unique([
    ...checkNodes(doc, registry),
    ...checkEdges(doc, registry),
    ...checkParts(doc, registry),
    ...checkTerms(doc, registry),
    ...checkCycle(doc),
    ...sizesOf(doc).flatMap((size) => planAxes(doc, registry, { size }).errors),
    ...checkReferences(doc, registry),
  ]);
}

function checkNodes(doc: GraphDocument, registry: StageRegistry): GraphError[] {
  if (Object.keys(doc.nodes).length === 0)
    return [
      graphFault({
        code: 'graph.bad-value',
        where: 'nodes',
        expected: 'at least one node',
        got: 'none',
        remedy: 'add one',
      }),
    ];
  const errors: GraphError[] = [];
  const sizes = sizesOf(doc);
  for (const name of Object.keys(doc.nodes)) {
    if (errors.length >= MOST_FAULTS) break;
    const found = lookUpNode(doc, name, registry);
    if (found.kind === 'missing') errors.push(found.error);
    else for (const size of sizes) errors.push(...tryParams(doc, name, found, { size }).errors);
  }
  return errors;
}

function checkCycle(doc: GraphDocument): GraphError[] {
  const { loop } = topologicalOrder(doc);
  if (loop === undefined) return [];
  const way = [...loop, loop[0]].join(' -> ');
  return [
    graphFault({
      code: 'graph.cycle',
      node: loop[0],
      where: loop[0],
      expected: 'edges without a loop',
      got: way,
      remedy: 'remove one of these edges',
    }),
  ];
}

/** A param that is wrong in the node is wrong at every size: said once. */
function unique(errors: readonly GraphError[]): GraphError[] {
  return [...toldOf([...new Map(errors.map((error) => [error.message, error])).values()])];
}
