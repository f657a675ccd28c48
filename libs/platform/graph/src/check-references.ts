import { metrics as metricsPort } from '@soliloquy/ports/metrics';
import { omittedOutput, unknownPort } from './check-edges.ts';
import { meant, oneOf } from './closest-name.ts';
import type { GraphDocument } from './document.ts';
import { parsePortReference } from './edges.ts';
import { graphFault, type GraphError } from './graph-error.ts';
import { measures, metricFault } from './known-metrics.ts';
import { RECORD_FILE } from './limits.ts';
import { lookUpNode, type ResolvedNode } from './look-up.ts';
import type { StageRegistry } from './registry.ts';
import { sizesOf } from './resolve-params.ts';

/** What is wrong with the names that outputs, cells, sizes and expectations point at. */
export function checkReferences(doc: GraphDocument, registry: StageRegistry): GraphError[] {
  return [
    ...checkOutputs(doc, registry),
    ...checkCells(doc, registry),
    ...checkSizes(doc),
    ...checkExpected(doc, registry),
  ];
}

function checkOutputs(doc: GraphDocument, registry: StageRegistry): GraphError[] {
  return Object.entries(doc.outputs).flatMap(([file, reference]) => {
    if (file === RECORD_FILE)
      return [
        graphFault({
          code: 'graph.bad-value',
          where: `outputs.${file}`,
          expected: 'another name',
          got: `"${file}", which every run writes itself`,
          remedy: 'rename it',
        }),
      ];
    return outputError(doc, registry, reference, `outputs.${file}`);
  });
}

function checkCells(doc: GraphDocument, registry: StageRegistry): GraphError[] {
  return doc.cells.flatMap((cell, index) =>
    'show' in cell ? outputError(doc, registry, cell.show, `cells.${index}.show`) : [],
  );
}

function outputError(doc: GraphDocument, registry: StageRegistry, reference: string, where: string): GraphError[] {
  const { node, port } = parsePortReference(reference);
  const found = lookUpNode(doc, node, registry);
  if (found.kind === 'missing') return unknownNode(found.error, where);
  if (!Object.hasOwn(found.stage.outputs, port))
    return [unknownPort('output', node, port, found, `${where}: ${reference}`)];
  const omitted = omittedOutput(found, node, port, where);
  return omitted ? [omitted] : [];
}

function checkSizes(doc: GraphDocument): GraphError[] {
  const nodes = Object.keys(doc.nodes);
  return Object.entries(doc.sizes).flatMap(([size, overrides]) =>
    Object.keys(overrides).flatMap((key): GraphError[] => {
      const { node } = parsePortReference(key);
      if (Object.hasOwn(doc.nodes, node)) return [];
      return [
        graphFault({
          code: 'graph.unknown-node',
          node,
          where: `sizes.${size}.${key}`,
          expected: `a node (${oneOf(nodes)})`,
          got: `"${node}"`,
          remedy: meant(node, nodes, 'delete it'),
        }),
      ];
    }),
  );
}

function checkExpected(doc: GraphDocument, registry: StageRegistry): GraphError[] {
  const sizes = sizesOf(doc);
  return doc.expect.flatMap((expectation, index): GraphError[] => {
    const references = [expectation.metric, expectation.atLeast, expectation.atMost].filter(
      (each) => typeof each === 'string',
    );
    const unknownSizes = (expectation.sizes ?? []).filter((size) => !sizes.includes(size));
    return [
      ...references.flatMap((reference) => metricError(doc, registry, reference, `expect.${index} "${reference}"`)),
      ...unknownSizes.map((size): GraphError =>
        graphFault({
          code: 'graph.unknown-size',
          where: `expect.${index}.sizes`,
          expected: oneOf(sizes),
          got: `"${size}"`,
          remedy: meant(size, sizes, 'choose one of them or add it to "sizes"'),
        }),
      ),
    ];
  });
}

/** An expectation can only hold of a node that gives metrics, and of a figure that is declared for it. */
function metricError(doc: GraphDocument, registry: StageRegistry, reference: string, where: string): GraphError[] {
  const { node, port: metric } = parsePortReference(reference);
  const found = lookUpNode(doc, node, registry);
  if (found.kind === 'missing') return unknownNode(found.error, where);
  if (!measures(found)) {
    const measured = Object.keys(doc.nodes).filter((name) => {
      const other = lookUpNode(doc, name, registry);
      return other.kind === 'found' && measures(other);
    });
    return [
      graphFault({
        code: 'graph.unknown-metric',
        node,
        port: metricsPort.id,
        where,
        expected: `a node with an output of type metrics (${oneOf(measured)})`,
        got: `"${node}" (${found.node.stage})`,
        remedy: 'choose one of them',
      }),
    ];
  }
  const omitted = omittedMetrics(found, node, where);
  const fault = omitted ?? metricFault(doc, registry, { node, metric, where });
  return fault ? [fault] : [];
}

/** The error of a backbone that gives no metrics at all. */
function omittedMetrics(found: ResolvedNode, node: string, where: string): GraphError | undefined {
  const outputs = Object.entries(found.stage.outputs).filter(([, { type }]) => type.id === metricsPort.id);
  const errors = outputs.map(([output]) => omittedOutput(found, node, output, where));
  return errors.every((error) => error !== undefined) ? errors[0] : undefined;
}

/** A node whose stage is unknown is reported with the nodes, not again here. */
function unknownNode(error: GraphError, where: string): GraphError[] {
  return error.code === 'graph.unknown-node'
    ? [graphFault({ ...error, where, expected: `a node, ${error.expected}` })]
    : [];
}
