import type { WireNodePlan } from '@soliloquy/gateway/protocol';
import { downstreamOf, edgesOf, type GraphDocument, type StageRegistry } from '@soliloquy/graph';
import { lookUp } from '../document/look-up.ts';
import { SEED } from './sweep-table.ts';

const INPUT = 'inputs.';

/** One axis of a sweep as it is written: what is varied, and its values as text. */
export interface Axis {
  reference: string;
  values: string;
}

/** Everything that can be varied. */
export function variableOf(doc: GraphDocument, registry: StageRegistry): readonly string[] {
  return [
    SEED,
    ...Object.keys(doc.inputs).map((name) => `${INPUT}${name}`),
    ...Object.keys(doc.nodes).flatMap((node) => {
      const found = lookUp(doc, node, registry);
      if (found === undefined) return [];
      return [
        ...(Object.keys(found.stage.backbones).length > 1 ? [`${node}.backbone`] : []),
        ...Object.keys({ ...found.stage.params.shape, ...found.backbone.params.shape }).map(
          (param) => `${node}.${param}`,
        ),
      ];
    }),
  ];
}

/** Whether values stand a line each: a sentence has commas. */
export function isByLine(reference: string): boolean {
  return reference.startsWith(INPUT);
}

export function valuesIn({ reference, values }: Axis): readonly string[] {
  return values
    .split(isByLine(reference) ? '\n' : ',')
    .map((value) => value.trim())
    .filter((value) => value !== '');
}

/** The node whose backbone is varied, if that is what is. */
export function backboneNode(reference: string): string | undefined {
  return /^(.+)\.backbone$/.exec(reference)?.[1];
}

/**
 * Seconds that the variants take one after another, as their nodes took when they last ran.
 *
 * @returns undefined where one of them never ran
 */
export function costOf(
  doc: GraphDocument,
  references: readonly string[],
  count: number,
  plan: ReadonlyMap<string, WireNodePlan>,
): number | undefined {
  const inputs = references.filter(isByLine).map((reference) => reference.slice(INPUT.length));
  const read = edgesOf(doc).flatMap(({ from, to }) =>
    from.kind === 'input' && inputs.includes(from.input) ? [to.node] : [],
  );
  const varied = references
    .filter((reference) => !isByLine(reference))
    .map((reference) => reference.split('.')[0] ?? '');
  const nodes = references.includes(SEED) ? Object.keys(doc.nodes) : [...downstreamOf(doc, [...varied, ...read])];
  let seconds = 0;
  for (const node of nodes) {
    if (doc.nodes[node]?.skip !== undefined) continue;
    const before = plan.get(node)?.secondsBefore;
    if (before === null || before === undefined) return undefined;
    seconds += before;
  }
  return seconds * count;
}
