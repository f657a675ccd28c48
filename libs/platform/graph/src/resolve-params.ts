import type { AnyStage, Backbone } from '@soliloquy/stage';
import { closestName, meant, oneOf } from './closest-name.ts';
import type { GraphDocument, GraphNode, Json } from './document.ts';
import { parsePortReference } from './edges.ts';
import { graphFault, InvalidGraph, type GraphError } from './graph-error.ts';
import { expectedBy, shown, valueAt } from './issue-words.ts';
import { lookUpNode } from './look-up.ts';
import type { StageRegistry } from './registry.ts';
import type { Target } from './select-nodes.ts';

/** What a run is told beside the document. */
export interface Settings {
  /** one of `sizesOf(doc)`; the document's own when left out */
  readonly size?: string;
  /** `node.param` -> the text after `=`: JSON where it is JSON, else the text itself */
  readonly set?: Readonly<Record<string, string>>;
  /** Which part of the graph; all of it when left out. */
  readonly target?: Target;
}

/** The sizes that a document can run at: its default and those it has overrides for. */
export function sizesOf(doc: GraphDocument): string[] {
  return [...new Set([doc.size, ...Object.keys(doc.sizes)])];
}

/**
 * `['fit.steps=400']` -> `{ 'fit.steps': '400' }`; of two for one param the last holds.
 *
 * @throws InvalidGraph where one has no node, param or `=`
 */
export function parseSet(assignments: readonly string[]): Record<string, string> {
  const set: Record<string, string> = {};
  const errors: GraphError[] = [];
  for (const text of assignments) {
    const found = /^([A-Za-z][\w-]*\.[A-Za-z][\w-]*)=([\s\S]*)$/.exec(text);
    if (found) set[found[1] as string] = found[2] as string;
    else
      errors.push(
        graphFault({
          code: 'graph.bad-value',
          where: '--set',
          expected: 'node.param=value',
          got: `"${text}"`,
          remedy: 'e.g. --set fit.steps=200',
        }),
      );
  }
  if (errors.length > 0) throw new InvalidGraph(errors);
  return set;
}

/**
 * The params that a node runs with: defaults <- the node's own <- those of the size <- `--set`; checked by the schemas
 * of stage and backbone.
 *
 * @returns every param of stage and backbone by name
 * @throws InvalidGraph, naming where each bad value was given
 */
export function resolveParams(
  doc: GraphDocument,
  node: string,
  registry: StageRegistry,
  settings: Settings = {},
): Record<string, unknown> {
  const found = lookUpNode(doc, node, registry);
  if (found.kind === 'missing') throw new InvalidGraph([found.error]);
  const result = tryParams(doc, node, found, settings);
  if (result.errors.length > 0) throw new InvalidGraph(result.errors);
  return result.params;
}

/** All that is wrong with `--size` and `--set` for this document, before anything runs. */
export function checkSet(doc: GraphDocument, registry: StageRegistry, settings: Settings): GraphError[] {
  const errors: GraphError[] = [];
  const sizes = sizesOf(doc);
  if (settings.size !== undefined && !sizes.includes(settings.size)) {
    errors.push(
      graphFault({
        code: 'graph.unknown-size',
        where: '--size',
        expected: oneOf(sizes),
        got: `"${settings.size}"`,
        remedy: meant(settings.size, sizes, 'choose one of them or add it to "sizes"'),
      }),
    );
  }
  const nodes = Object.keys(doc.nodes);
  for (const [key, raw] of Object.entries(settings.set ?? {})) {
    const { node } = parsePortReference(key);
    if (!Object.hasOwn(doc.nodes, node))
      errors.push(
        graphFault({
          code: 'graph.unknown-node',
          node,
          where: `--set ${key}=${raw}`,
          expected: `a node (${oneOf(nodes)})`,
          got: `"${node}"`,
          remedy: meant(node, nodes, 'choose one of them'),
        }),
      );
  }
  if (errors.length > 0) return errors;
  for (const node of nodes) {
    const found = lookUpNode(doc, node, registry);
    if (found.kind === 'found') errors.push(...tryParams(doc, node, found, settings).errors);
  }
  return errors;
}

interface Given {
  readonly value: unknown;
  /** where it was given, as an error names it */
  readonly where: string;
}

/** Every way of giving a param, the last one winning; values are checked only after that. */
export function tryParams(
  doc: GraphDocument,
  node: string,
  found: { stage: AnyStage; backbone: Backbone; node: GraphNode },
  settings: Settings,
): { params: Record<string, unknown>; errors: GraphError[] } {
  const size = settings.size ?? doc.size;
  const given = new Map<string, Given>();
  for (const [param, value] of Object.entries(found.node.params ?? {}))
    given.set(param, { value, where: `${node}.params.${param}` });
  const overrides = Object.hasOwn(doc.sizes, size) ? (doc.sizes[size] as Record<string, Json>) : {};
  for (const [key, value] of Object.entries(overrides)) {
    const reference = parsePortReference(key);
    if (reference.node === node) given.set(reference.port, { value, where: `sizes.${size}.${key}` });
  }
  for (const [key, raw] of Object.entries(settings.set ?? {})) {
    const reference = parsePortReference(key);
    if (reference.node === node)
      given.set(reference.port, { value: fromText(raw, fieldOf(found, reference.port)), where: `--set ${key}` });
  }
  return checkGiven(node, found, given);
}

/** What `--set node.param=text` sets: JSON where it is JSON that the param takes, else the text itself. */
export function valueOfText(
  doc: GraphDocument,
  node: string,
  param: string,
  registry: StageRegistry,
  text: string,
): Json {
  const found = lookUpNode(doc, node, registry);
  return fromText(text, found.kind === 'missing' ? undefined : fieldOf(found, param)) as Json;
}

type Field = { safeParse(value: unknown): { success: boolean } };

function fieldOf(found: { stage: AnyStage; backbone: Backbone }, param: string): Field | undefined {
  const shape = { ...found.stage.params.shape, ...found.backbone.params.shape } as Record<string, Field>;
  return Object.hasOwn(shape, param) ? shape[param] : undefined;
}

/** JSON where it is JSON that the param takes, else the text itself: `--set voice.name=7` gives a text param "7". */
function fromText(raw: string, field: Field | undefined): unknown {
  let value: unknown;
  try {
    value = JSON.parse(raw);
  } catch {
    return raw;
  }
  return field !== undefined && !field.safeParse(value).success && field.safeParse(raw).success ? raw : value;
}

function checkGiven(
  node: string,
  found: { stage: AnyStage; backbone: Backbone; node: GraphNode },
  given: ReadonlyMap<string, Given>,
): { params: Record<string, unknown>; errors: GraphError[] } {
  const schemas = [found.stage.params, found.backbone.params];
  const known = schemas.flatMap((schema) => Object.keys(schema.shape));
  const errors: GraphError[] = [];
  for (const [param, { where }] of given) {
    if (!known.includes(param)) errors.push(unknownParam(found, node, param, where, known));
  }
  const params: Record<string, unknown> = {};
  for (const schema of schemas) {
    const input = Object.fromEntries(
      [...given].filter(([param]) => Object.hasOwn(schema.shape, param)).map(([param, { value }]) => [param, value]),
    );
    const parsed = schema.safeParse(input);
    if (parsed.success) Object.assign(params, parsed.data);
    else {
      for (const issue of parsed.error.issues) {
        const param = String(issue.path[0] ?? [...given.keys()][0] ?? '');
        const where = [given.get(param)?.where ?? `${node}.params.${param}`, ...issue.path.slice(1)].join('.');
        const about = aboutParam(schema.shape[param]);
        errors.push(
          graphFault({
            code: 'graph.bad-param',
            node,
            port: param,
            where,
            expected: `${expectedBy(issue)}${about.unit}`,
            got: shown(valueAt(input, issue.path)),
            remedy: about.remedy,
          }),
        );
      }
    }
  }
  return { params, errors };
}

function unknownParam(
  found: { stage: AnyStage; backbone: Backbone; node: GraphNode },
  node: string,
  param: string,
  where: string,
  known: readonly string[],
): GraphError {
  const otherBackbones = Object.entries(found.stage.backbones).filter(([, other]) =>
    Object.hasOwn(other.params.shape, param),
  );
  const remedy =
    closestName(param, known) === undefined && otherBackbones.length > 0
      ? `it belongs to backbone ${oneOf(otherBackbones.map(([name]) => name))}: delete it or change the backbone`
      : // A backbone is set as a param is, and is none.
        meant(param, where.startsWith('--set ') ? [...known, 'backbone'] : known, 'delete it');
  return graphFault({
    code: 'graph.unknown-param',
    node,
    port: param,
    where,
    expected: `a param of ${found.node.stage} (${oneOf(known)})`,
    got: `"${param}"`,
    remedy,
  });
}

interface Described {
  readonly description?: string;
  meta?(): Record<string, unknown> | undefined;
}

function aboutParam(field: unknown): { unit: string; remedy: string } {
  const { description, meta } = (field ?? {}) as Described;
  const unit = meta?.call(field)?.['unit'];
  return {
    unit: typeof unit === 'string' ? ` (${unit})` : '',
    remedy: description === undefined ? 'correct it' : `it is: ${description.replace(/\.$/, '')}`,
  };
}
