import type { Backbone, InputSpec, OutputSpec } from '@soliloquy/stage';
import { meant, oneOf } from './closest-name.ts';
import type { GraphDocument, GraphInput } from './document.ts';
import { edgesOf, sourceText, type Edge, type PortReference } from './edges.ts';
import { graphFault, type GraphError } from './graph-error.ts';
import { MOST_FAULTS } from './limits.ts';
import { lookUpNode, type ResolvedNode } from './look-up.ts';
import { portTypes, type StageRegistry } from './registry.ts';

/** What is wrong with inputs of the graph, connections, and sockets that nothing feeds. */
export function checkEdges(doc: GraphDocument, registry: StageRegistry): GraphError[] {
  const edges = edgesOf(doc);
  const errors: GraphError[] = checkInputs(doc, registry, edges);
  const sound: SoundEdge[] = [];
  for (const edge of edges) {
    if (errors.length >= MOST_FAULTS) break;
    const from = resolveSource(doc, registry, edge);
    const to = resolveTarget(doc, registry, edge);
    for (const side of [from, to]) if (side.kind === 'wrong') errors.push(...side.errors);
    if (from.kind !== 'right' || to.kind !== 'right') continue;
    if (from.type === to.spec.type.id) sound.push({ edge, mayBeAbsent: from.mayBeAbsent });
    else errors.push(clash(edge, from.type, to.spec.type.id));
  }
  return [...errors, ...checkDuplicates(doc, registry, edges), ...checkUnfed(doc, registry, edges, sound)];
}

interface SoundEdge {
  readonly edge: Edge;
  readonly mayBeAbsent: boolean;
}

type Wrong = { readonly kind: 'wrong'; readonly errors: readonly GraphError[] };
const wrong = (...errors: GraphError[]): Wrong => ({ kind: 'wrong', errors });

function checkInputs(doc: GraphDocument, registry: StageRegistry, edges: readonly Edge[]): GraphError[] {
  const types = portTypes(registry);
  return Object.entries(doc.inputs).flatMap(([name, { type }]): GraphError[] => {
    if (!types.has(type))
      return [
        graphFault({
          code: 'graph.unknown-type',
          port: name,
          where: `inputs.${name}.type`,
          expected: `a port type (${oneOf([...types.keys()].sort())})`,
          got: `"${type}"`,
          remedy: meant(type, types.keys(), 'choose one of them'),
        }),
      ];
    if (types.get(type)?.fromUser === undefined)
      return [
        graphFault({
          code: 'graph.unknown-type',
          port: name,
          where: `inputs.${name}.type`,
          expected: 'a type that a person can give',
          got: `"${type}"`,
          remedy: 'let a node make it',
        }),
      ];
    if (!edges.some(({ from }) => from.kind === 'input' && from.input === name))
      return [
        graphFault({
          code: 'graph.unknown-input',
          port: name,
          where: `inputs.${name}`,
          expected: `an edge "${name} -> node.input"`,
          got: 'none',
          remedy: 'connect the input or delete it',
        }),
      ];
    return [];
  });
}

function resolveSource(
  doc: GraphDocument,
  registry: StageRegistry,
  { from, text }: Edge,
): Wrong | { kind: 'right'; type: string; mayBeAbsent: boolean } {
  if (from.kind === 'input') {
    if (Object.hasOwn(doc.inputs, from.input)) {
      const input = doc.inputs[from.input] as GraphInput;
      if (!portTypes(registry).has(input.type)) return wrong();
      return { kind: 'right', type: input.type, mayBeAbsent: input.optional === true && input.default === undefined };
    }
    const known = Object.keys(doc.inputs);
    const remedy = Object.hasOwn(doc.nodes, from.input)
      ? `name its output: "${from.input}.output"`
      : meant(from.input, known, 'add it to "inputs"');
    return wrong(
      graphFault({
        code: 'graph.unknown-input',
        port: from.input,
        where: `edges "${text}"`,
        expected: `an input of the graph (${oneOf(known)})`,
        got: `"${from.input}"`,
        remedy,
      }),
    );
  }
  const found = edgeEnd(doc, registry, from.node, text);
  if (found.kind === 'wrong') return found;
  const { stage } = found;
  if (!Object.hasOwn(stage.outputs, from.port)) return wrong(unknownPort('output', from.node, from.port, found, text));
  const omitted = omittedOutput(found, from.node, from.port, `edge "${text}"`);
  if (omitted) return wrong(omitted);
  return { kind: 'right', type: (stage.outputs[from.port] as OutputSpec).type.id, mayBeAbsent: false };
}

function resolveTarget(
  doc: GraphDocument,
  registry: StageRegistry,
  { to, text }: Edge,
): Wrong | { kind: 'right'; spec: InputSpec } {
  const found = edgeEnd(doc, registry, to.node, text);
  if (found.kind === 'wrong') return found;
  if (!Object.hasOwn(found.stage.inputs, to.port)) return wrong(unknownPort('input', to.node, to.port, found, text));
  return { kind: 'right', spec: found.stage.inputs[to.port] as InputSpec };
}

/** A node that an edge names; one whose stage is unknown is reported with the nodes, not again here. */
function edgeEnd(
  doc: GraphDocument,
  registry: StageRegistry,
  node: string,
  text: string,
): Wrong | ({ kind: 'found' } & ResolvedNode) {
  const found = lookUpNode(doc, node, registry);
  if (found.kind === 'found') return found;
  if (found.error.code !== 'graph.unknown-node') return wrong();
  return wrong(graphFault({ ...found.error, where: `edges "${text}"`, expected: `a node, ${found.error.expected}` }));
}

/** The error of taking from an output that the node's backbone does not give. */
export function omittedOutput(found: ResolvedNode, node: string, port: string, by: string): GraphError | undefined {
  if (found.backbone.omits?.includes(port) !== true) return undefined;
  const giving = Object.entries(found.stage.backbones)
    .filter(([, other]) => other.omits?.includes(port) !== true)
    .map(([name]) => name);
  const remedy = giving.length === 0 ? 'remove it' : `choose backbone ${oneOf(giving)}, or remove it`;
  return graphFault({
    code: 'graph.omitted-output',
    node,
    port,
    where: `${node}.${port}`,
    expected: 'a backbone that gives this output',
    got: `"${found.backboneName}", which omits it, in ${by}`,
    remedy,
  });
}

/** The error of naming a port that the stage has not. */
export function unknownPort(
  side: 'input' | 'output',
  node: string,
  port: string,
  { stage, node: { stage: reference } }: ResolvedNode,
  text: string,
): GraphError {
  const known = Object.keys(side === 'input' ? stage.inputs : stage.outputs);
  const others = side === 'input' ? stage.outputs : stage.inputs;
  const remedy = Object.hasOwn(others, port)
    ? `"${port}" is an ${side === 'input' ? 'output' : 'input'} of it: turn the edge round or choose another port`
    : meant(port, known, known.length === 0 ? `it has no ${side}s: remove the edge` : 'choose one of them');
  return graphFault({
    code: 'graph.unknown-port',
    node,
    port,
    where: `${node}.${port}`,
    expected: `an ${side} of ${reference} (${oneOf(known)})`,
    got: `"${port}" in "${text}"`,
    remedy,
  });
}

function clash({ from, to, text }: Edge, gives: string, takes: string): GraphError {
  const [givesKind, takesKind] = [gives, takes].map((type) => /^model<(.+)>$/.exec(type)?.[1]);
  const remedy =
    givesKind !== undefined && takesKind !== undefined
      ? `connect the model that was trained as "${takesKind}"`
      : `connect an output of type ${takes}`;
  return graphFault({
    code: 'graph.type-clash',
    node: to.node,
    port: to.port,
    where: `${to.node}.${to.port}`,
    expected: takes,
    got: `${gives} from ${sourceText(from)} in "${text}"`,
    remedy,
  });
}

/** The sources of edges, in their order. */
export function sourcesText(edges: readonly Edge[]): string {
  return edges.map(({ from }) => sourceText(from)).join(', ');
}

/** Only an input that gathers takes several edges. */
function checkDuplicates(doc: GraphDocument, registry: StageRegistry, edges: readonly Edge[]): GraphError[] {
  const byTarget = Map.groupBy(edges, ({ to }) => `${to.node}.${to.port}`);
  return [...byTarget]
    .filter(([, group]) => group.length > 1 && !takesSeveral(doc, registry, group[0]!.to))
    .map(([target, group]) =>
      graphFault({
        code: 'graph.duplicate-connection',
        node: group[0]!.to.node,
        port: group[0]!.to.port,
        where: target,
        expected: 'one edge, since it gathers nothing',
        got: `${group.length} (from ${sourcesText(group)})`,
        remedy: 'keep one',
      }),
    );
}

/** Whether several edges may lead into an input. */
export function takesSeveral(doc: GraphDocument, registry: StageRegistry, { node, port }: PortReference): boolean {
  const found = lookUpNode(doc, node, registry);
  return (
    found.kind === 'found' && Object.hasOwn(found.stage.inputs, port) && found.stage.inputs[port]!.gathers !== undefined
  );
}

function checkUnfed(
  doc: GraphDocument,
  registry: StageRegistry,
  edges: readonly Edge[],
  sound: readonly SoundEdge[],
): GraphError[] {
  const into = Map.groupBy(edges, ({ to }) => to.node);
  const soundInto = Map.groupBy(sound, ({ edge }) => edge.to.node);
  return Object.keys(doc.nodes).flatMap((name): GraphError[] => {
    const found = lookUpNode(doc, name, registry);
    if (found.kind === 'missing') return [];
    const connected = new Set(into.get(name)?.map(({ to }) => to.port));
    const soundHere = soundInto.get(name) ?? [];
    const sure = new Set(soundHere.filter(({ mayBeAbsent }) => !mayBeAbsent).map(({ edge }) => edge.to.port));
    const unsure = new Map(
      soundHere.filter(({ edge }) => !sure.has(edge.to.port)).map(({ edge }) => [edge.to.port, sourceText(edge.from)]),
    );
    return requiredInputs(found.stage.inputs, found.backbone).flatMap((ports): GraphError[] => {
      const fed = ports.filter((port) => connected.has(port));
      const port = ports[0] as string;
      const types = ports.map((each) => found.stage.inputs[each]?.type.id).join(' or ');
      const where = `${name}.${ports.join('|')}`;
      const who = found.stage.inputs[port]?.optional === true ? ` by backbone "${found.backboneName}"` : '';
      if (fed.length === 0)
        return [
          graphFault({
            code: 'graph.missing-input',
            node: name,
            port,
            where,
            expected: `a connection of type ${types}, required${who}`,
            got: 'none',
            remedy: `add an edge "… -> ${name}.${port}"`,
          }),
        ];
      if (fed.every((each) => unsure.has(each)))
        return [
          graphFault({
            code: 'graph.missing-input',
            node: name,
            port,
            where,
            expected: `a value always, required${who}`,
            got: `input "${unsure.get(fed[0] as string)}", which is optional`,
            remedy: 'give it a default or make it required',
          }),
        ];
      return [];
    });
  });
}

/** Groups of inputs of each of which at least one must be connected. */
export function requiredInputs(inputs: Readonly<Record<string, InputSpec>>, backbone: Backbone): string[][] {
  const always = Object.entries(inputs)
    .filter(([, spec]) => spec.optional !== true)
    .map(([port]) => [port]);
  return [...always, ...(backbone.requires ?? []).map((each) => (typeof each === 'string' ? [each] : [...each]))];
}
