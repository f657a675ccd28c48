import { licenceOfBackbone, unitedLicences, type LicenceBehind } from '@soliloquy/graph';
import type { PreparedGraph, PreparedNode } from '../plan/prepare.ts';
import type { ImportedInput } from './import-inputs.ts';

/**
 * Licences of others that stand behind what each node makes: of its own backbone and models, and of all that it reads,
 * over any number of nodes and over files that were given. What is installed with Soliloquy is not among them.
 *
 * @param graph with settled models
 * @returns by node
 */
export function licencesBehind(
  graph: PreparedGraph,
  inputs: ReadonlyMap<string, Pick<ImportedInput, 'licences'>>,
): Map<string, readonly LicenceBehind[]> {
  const behind = new Map<string, readonly LicenceBehind[]>();
  for (const node of graph.nodes) {
    const read = [...node.sources.values()]
      .flat()
      .map((from) => (from.kind === 'node' ? behind.get(from.node) : inputs.get(from.input)?.licences) ?? []);
    behind.set(node.name, unitedLicences([ownLicences(graph.document.name, node), ...read]));
  }
  return behind;
}

function ownLicences(
  graph: string,
  { name: node, backboneName, backbone, licensed = [] }: PreparedNode,
): LicenceBehind[] {
  const { terms } = backbone;
  return [
    ...(terms === undefined ? [] : [licenceOfBackbone(graph, node, backboneName, terms)]),
    ...licensed.map(({ name, licence }): LicenceBehind => ({
      kind: 'model',
      name,
      node,
      graph,
      ...(licence !== undefined && { licence: { ...licence } }),
    })),
  ];
}
