import { oneOf } from '../closest-name.ts';
import type { GraphDocument, GraphNode, Json } from '../document.ts';
import { edgesOf, parsePortReference, sourceText } from '../edges.ts';
import { shown } from '../issue-words.ts';
import { parseStageReference, type StageRegistry } from '../registry.ts';
import { restrictGraph } from '../restrict-graph.ts';
import { edited, freshName, mapKeys, refuse, type Edit } from './edit.ts';

const NAME = /^[A-Za-z][A-Za-z0-9_-]*$/;

/** Position on the canvas, pixels. */
export type Point = readonly [number, number];

/** What is selected on the canvas: nodes and inputs of the graph by name, comments by index. */
export interface Selection {
  readonly nodes?: readonly string[];
  readonly inputs?: readonly string[];
  readonly comments?: readonly number[];
}

/**
 * A new node of an installed stage, named after it where no name is wanted.
 *
 * @throws InvalidGraph when there is no such stage or backbone
 */
export function addNode(
  doc: GraphDocument,
  registry: StageRegistry,
  node: { stage: string; backbone?: string; name?: string; params?: Readonly<Record<string, Json>> },
  at: Point,
): Edit & { readonly name: string } {
  const { id } = node.stage.includes('@') ? parseStageReference(node.stage) : { id: node.stage };
  const stage = registry.get(id);
  if (stage === undefined)
    return refuse({
      code: 'graph.unknown-stage',
      where: 'stage',
      expected: `one that is installed (${oneOf(registry.keys())})`,
      got: `"${node.stage}"`,
      remedy: 'choose one of them',
    });
  const backbone = node.backbone ?? stage.defaultBackbone;
  if (!Object.hasOwn(stage.backbones, backbone))
    return refuse({
      code: 'graph.unknown-backbone',
      where: `${id}.backbone`,
      expected: oneOf(Object.keys(stage.backbones)),
      got: `"${backbone}"`,
      remedy: 'choose one of them',
    });
  const name = freshName(node.name ?? id, Object.keys(doc.nodes));
  const made: GraphNode = {
    stage: `${id}@${stage.version}`,
    backbone,
    ...(node.params && Object.keys(node.params).length > 0 && { params: { ...node.params } }),
  };
  return {
    ...edited(
      { ...doc, nodes: { ...doc.nodes, [name]: made }, layout: { ...doc.layout, [name]: [...at] } },
      `add ${name}`,
    ),
    name,
  };
}

/**
 * Takes nodes, inputs and comments out, with every edge, output, cell, expectation and override that speaks of them.
 */
export function removeItems(doc: GraphDocument, { nodes = [], inputs = [], comments = [] }: Selection): Edit {
  const gone = new Set(nodes);
  const noInput = new Set(inputs);
  const kept = restrictGraph(
    {
      ...doc,
      edges: edgesOf(doc)
        .filter(({ from }) => from.kind !== 'input' || !noInput.has(from.input))
        .map(({ text }) => text),
    },
    new Set(Object.keys(doc.nodes).filter((name) => !gone.has(name))),
  );
  const after: GraphDocument = {
    ...kept,
    // An input that fed nothing but a removed node stays: a person wrote it.
    inputs: Object.fromEntries(Object.entries(doc.inputs).filter(([name]) => !noInput.has(name))),
    comments: doc.comments.filter((_, index) => !comments.includes(index)),
    layout: Object.fromEntries(
      Object.entries(kept.layout).filter(
        ([name]) => !(name.startsWith('inputs.') && noInput.has(name.slice('inputs.'.length))),
      ),
    ),
  };
  const edges = edgesOf(doc).filter(
    ({ from, to }) =>
      !gone.has(to.node) &&
      ((from.kind === 'node' && gone.has(from.node)) || (from.kind === 'input' && noInput.has(from.input))),
  );
  const dropped = [
    ...edges.map(({ text }) => `edge ${text}`),
    ...Object.keys(doc.outputs)
      .filter((file) => !Object.hasOwn(after.outputs, file))
      .map((file) => `output ${file}`),
    ...doc.expect.filter((each) => !after.expect.includes(each)).map(({ metric }) => `expectation of ${metric}`),
    ...doc.cells.flatMap((cell) =>
      'show' in cell && !after.cells.includes(cell) ? [`cell showing ${cell.show}`] : [],
    ),
  ];
  return edited(after, `delete ${listed([...nodes, ...inputs, ...comments.map(() => 'a comment')])}`, dropped);
}

/**
 * Gives a node another name, wherever it is named. Nothing runs again for it.
 *
 * @throws InvalidGraph when the name is taken or no name
 */
export function renameNode(doc: GraphDocument, from: string, to: string): Edit {
  checkName('nodes', from, to, Object.keys(doc.nodes));
  const name = (node: string): string => (node === from ? to : node);
  const reference = (text: string): string => {
    const { node, port } = parsePortReference(text);
    return `${name(node)}.${port}`;
  };
  const bound = <T>(value: T): T | string => (typeof value === 'string' ? reference(value) : value);
  return edited(
    {
      ...doc,
      nodes: mapKeys(doc.nodes, name),
      edges: edgesOf(doc).map(
        ({ from: source, to: target }) =>
          `${source.kind === 'input' ? source.input : `${name(source.node)}.${source.port}`} -> ` +
          `${name(target.node)}.${target.port}`,
      ),
      outputs: Object.fromEntries(Object.entries(doc.outputs).map(([file, port]) => [file, reference(port)])),
      sizes: Object.fromEntries(
        Object.entries(doc.sizes).map(([size, overrides]) => [size, mapKeys(overrides, reference)]),
      ),
      expect: doc.expect.map((each) => ({
        ...each,
        metric: reference(each.metric),
        ...(each.atLeast !== undefined && { atLeast: bound(each.atLeast) }),
        ...(each.atMost !== undefined && { atMost: bound(each.atMost) }),
      })),
      cells: doc.cells.map((cell) => ('show' in cell ? { show: reference(cell.show) } : cell)),
      groups: doc.groups.map(({ title, nodes }) => ({ title, nodes: nodes.map(name) })),
      layout: mapKeys(doc.layout, name),
    },
    `rename ${from} to ${to}`,
  );
}

/** Gives an input of the graph another name. @throws InvalidGraph when the name is taken or no name */
export function renameInput(doc: GraphDocument, from: string, to: string): Edit {
  checkName('inputs', from, to, Object.keys(doc.inputs));
  return edited(
    {
      ...doc,
      inputs: mapKeys(doc.inputs, (name) => (name === from ? to : name)),
      edges: edgesOf(doc).map(
        ({ from: source, to: target }) =>
          `${source.kind === 'input' && source.input === from ? to : sourceText(source)} -> ` +
          `${target.node}.${target.port}`,
      ),
      layout: mapKeys(doc.layout, (name) => (name === `inputs.${from}` ? `inputs.${to}` : name)),
    },
    `rename input ${from} to ${to}`,
  );
}

/**
 * Sets a param of a node, for all sizes or for one; `undefined` takes it back to what it would be without.
 * What is set is not checked here: `validateGraph` says what does not fit.
 */
export function setParam(
  doc: GraphDocument,
  node: string,
  param: string,
  value: Json | undefined,
  size?: string,
): Edit {
  const here = doc.nodes[node];
  if (here === undefined)
    return refuse({
      code: 'graph.unknown-node',
      node,
      where: 'nodes',
      expected: oneOf(Object.keys(doc.nodes)),
      got: `"${node}"`,
      remedy: 'choose one of them',
    });
  const says =
    (value === undefined ? `reset ${node}.${param}` : `set ${node}.${param} to ${shown(value)}`) +
    (size === undefined ? '' : ` at size ${size}`);
  if (size !== undefined) {
    const overrides = withEntry(doc.sizes[size] ?? {}, `${node}.${param}`, value);
    return edited({ ...doc, sizes: { ...doc.sizes, [size]: overrides } }, says);
  }
  const params = withEntry(here.params ?? {}, param, value);
  const { params: _before, ...rest } = here;
  return edited(
    { ...doc, nodes: { ...doc.nodes, [node]: Object.keys(params).length > 0 ? { ...rest, params } : rest } },
    says,
  );
}

/** Bypasses or mutes nodes, or has them run again (`undefined`). */
export function setSkip(doc: GraphDocument, nodes: readonly string[], skip: GraphNode['skip']): Edit {
  const set = new Set(nodes);
  const changed = Object.fromEntries(
    Object.entries(doc.nodes).map(([name, { skip: _before, ...node }]) => [
      name,
      !set.has(name) ? (doc.nodes[name] as GraphNode) : skip === undefined ? node : { ...node, skip },
    ]),
  );
  return edited({ ...doc, nodes: changed }, `${skip ?? 'run'} ${listed(nodes)}`);
}

/** Moves nodes (by name) and inputs (as `inputs.name`) to positions. */
export function moveItems(doc: GraphDocument, positions: Readonly<Record<string, Point>>): Edit {
  const moved = Object.fromEntries(
    Object.entries(positions).map(([name, [x, y]]) => [name, [Math.round(x), Math.round(y)] as [number, number]]),
  );
  return edited(
    { ...doc, layout: { ...doc.layout, ...moved } },
    `move ${listed(Object.keys(positions).map((name) => name.replace(/^inputs\./, '')))}`,
  );
}

function withEntry(map: Readonly<Record<string, Json>>, key: string, value: Json | undefined): Record<string, Json> {
  const { [key]: _before, ...rest } = map;
  return value === undefined ? rest : { ...map, [key]: value };
}

function checkName(where: string, from: string, to: string, known: readonly string[]): void {
  if (!known.includes(from))
    refuse({
      code: 'graph.unknown-node',
      where,
      expected: oneOf(known),
      got: `"${from}"`,
      remedy: 'choose one of them',
    });
  if (!NAME.test(to))
    refuse({
      code: 'graph.bad-value',
      where: `${where}.${from}`,
      expected: 'a name of letters, digits, - and _ that begins with a letter',
      got: shown(to),
      remedy: 'choose another',
    });
  if (to !== from && known.includes(to))
    refuse({
      code: 'graph.duplicate-key',
      where: `${where}.${from}`,
      expected: 'a name that is free',
      got: `"${to}", which is taken`,
      remedy: 'choose another',
    });
}

/** `voice, clips and 3 more` */
export function listed(names: readonly string[]): string {
  if (names.length === 0) return 'nothing';
  if (names.length > 3) return `${names.slice(0, 2).join(', ')} and ${names.length - 2} more`;
  return names.length === 1 ? (names[0] as string) : `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`;
}
