import { z } from 'zod';
import { graphSchema, type GraphDocument } from '../document.ts';
import { edgesOf, parsePortReference } from '../edges.ts';
import { expectedBy } from '../issue-words.ts';
import type { StageRegistry } from '../registry.ts';
import { checkConnection } from './connections.ts';
import { edited, freshName, refuse, type Edit } from './edit.ts';
import { listed, type Point, type Selection } from './nodes.ts';

const { inputs, nodes, edges, sizes, groups, comments, layout } = graphSchema.shape;

/** What a clipboard holds: a part of a graph, with the edges that lead into it from outside. */
const clipSchema = z.object({ soliloquy: z.literal('clip'), inputs, nodes, edges, sizes, groups, comments, layout });

/** Copies what is selected as JSON text, which pastes into any graph. */
export function copyItems(
  doc: GraphDocument,
  { nodes: names = [], inputs: given = [], comments: notes = [] }: Selection,
): string {
  const chosen = new Set(names);
  const keys = [...names, ...given.map((name) => `inputs.${name}`)];
  const clip: z.infer<typeof clipSchema> = {
    soliloquy: 'clip',
    inputs: pick(doc.inputs, given),
    nodes: pick(
      doc.nodes,
      Object.keys(doc.nodes).filter((name) => chosen.has(name)),
    ),
    edges: edgesOf(doc)
      .filter(({ to }) => chosen.has(to.node))
      .map(({ text }) => text),
    sizes: Object.fromEntries(
      Object.entries(doc.sizes).flatMap(([size, overrides]) => {
        const own = Object.entries(overrides).filter(([key]) => chosen.has(parsePortReference(key).node));
        return own.length > 0 ? [[size, Object.fromEntries(own)]] : [];
      }),
    ),
    groups: doc.groups.filter((group) => group.nodes.length > 0 && group.nodes.every((name) => chosen.has(name))),
    comments: notes.flatMap((index) => doc.comments[index] ?? []),
    layout: pick(doc.layout, keys),
  };
  return `${JSON.stringify(clip, null, 2)}\n`;
}

/**
 * Pastes what `copyItems` gave, or a whole graph's text: names that are taken get a number. Edges inside go along;
 * those from outside are made where this graph has such a source and it fits.
 *
 * @param at where the upper left corner of what is pasted goes
 * @returns `selection`: what was pasted, to be selected
 * @throws InvalidGraph when the text is no such thing
 */
export function pasteItems(
  doc: GraphDocument,
  registry: StageRegistry,
  text: string,
  at: Point,
): Edit & { readonly selection: Required<Selection> } {
  const clip = parseClip(text);
  const names = new Map<string, string>();
  for (const name of Object.keys(clip.nodes))
    names.set(name, freshName(name, [...Object.keys(doc.nodes), ...names.values()]));
  const inputNames = new Map<string, string>();
  for (const name of Object.keys(clip.inputs))
    inputNames.set(name, freshName(name, [...Object.keys(doc.inputs), ...inputNames.values()]));
  const key = (place: string): string =>
    place.startsWith('inputs.')
      ? `inputs.${inputNames.get(place.slice(7)) ?? place.slice(7)}`
      : (names.get(place) ?? place);

  const places = [...Object.values(clip.layout), ...clip.comments.map((comment) => comment.at)];
  const corner = [0, 1].map((axis) => Math.min(...places.map((place) => place[axis] as number)));
  const moved = ([x, y]: readonly [number, number]): [number, number] => [
    Math.round(x - (corner[0] as number) + at[0]),
    Math.round(y - (corner[1] as number) + at[1]),
  ];
  let after: GraphDocument = {
    ...doc,
    inputs: { ...doc.inputs, ...renamed(clip.inputs, inputNames) },
    nodes: { ...doc.nodes, ...renamed(clip.nodes, names) },
    sizes: Object.entries(clip.sizes).reduce<GraphDocument['sizes']>((all, [size, overrides]) => {
      const own = Object.entries(overrides).map(([reference, value]) => {
        const { node, port } = parsePortReference(reference);
        return [`${names.get(node)}.${port}`, value] as const;
      });
      return { ...all, [size]: { ...all[size], ...Object.fromEntries(own) } };
    }, doc.sizes),
    groups: [
      ...doc.groups,
      ...clip.groups.map(({ title, nodes: members }) => ({
        title,
        nodes: members.map((name) => names.get(name) ?? name),
      })),
    ],
    comments: [...doc.comments, ...clip.comments.map((comment) => ({ ...comment, at: moved(comment.at) }))],
    layout: {
      ...doc.layout,
      ...Object.fromEntries(Object.entries(clip.layout).map(([place, position]) => [key(place), moved(position)])),
    },
  };

  const dropped: string[] = [];
  for (const { from, to, text: edge } of edgesOf({ ...doc, edges: clip.edges })) {
    const inside = from.kind === 'input' ? inputNames.has(from.input) : names.has(from.node);
    const source =
      from.kind === 'input'
        ? (inputNames.get(from.input) ?? from.input)
        : `${names.get(from.node) ?? from.node}.${from.port}`;
    const target = `${names.get(to.node)}.${to.port}`;
    const there =
      inside || (from.kind === 'input' ? Object.hasOwn(doc.inputs, from.input) : Object.hasOwn(doc.nodes, from.node));
    const wired = { ...after, edges: [...after.edges, `${source} -> ${target}`] };
    if (inside || (there && checkConnection(after, registry, source, target).fits)) after = wired;
    else dropped.push(`edge ${edge}`);
  }
  const count = Object.keys(clip.nodes).length;
  const pasted = [...names.values(), ...inputNames.values()];
  return {
    ...edited(after, `paste ${listed(pasted.length > 0 ? pasted : clip.comments.map(() => 'a comment'))}`, dropped),
    selection: {
      nodes: [...names.values()].slice(0, count),
      inputs: [...inputNames.values()],
      comments: clip.comments.map((_, index) => doc.comments.length + index),
    },
  };
}

function parseClip(text: string): z.infer<typeof clipSchema> {
  let value: unknown;
  try {
    // Some editors put a byte order mark before what they copy.
    value = JSON.parse(text.replace(/^\uFEFF/, ''));
  } catch {
    return refuse({
      code: 'graph.not-json',
      where: 'clipboard',
      expected: 'nodes that were copied, or a graph',
      got: 'other text',
      remedy: 'copy nodes first',
    });
  }
  const whole = graphSchema.safeParse(value);
  const clip = clipSchema.safeParse(whole.success ? { ...whole.data, soliloquy: 'clip' } : value);
  if (!clip.success) {
    const issue = clip.error.issues[0];
    return refuse({
      code: 'graph.bad-value',
      where: `clipboard.${issue?.path.join('.') ?? ''}`,
      expected: issue === undefined ? 'nodes' : expectedBy(issue),
      got: 'something else',
      remedy: 'copy nodes first',
    });
  }
  const { nodes: there, edges: wires } = clip.data;
  const stray = edgesOf({ edges: wires } as GraphDocument).find(({ to }) => !Object.hasOwn(there, to.node));
  if (stray !== undefined)
    return refuse({
      code: 'graph.unknown-node',
      where: 'clipboard.edges',
      expected: 'edges into the nodes that were copied',
      got: `"${stray.text}"`,
      remedy: 'copy nodes again',
    });
  return clip.data;
}

function pick<T>(map: Readonly<Record<string, T>>, keys: readonly string[]): Record<string, T> {
  return Object.fromEntries(keys.flatMap((key) => (Object.hasOwn(map, key) ? [[key, map[key] as T]] : [])));
}

function renamed<T>(map: Readonly<Record<string, T>>, names: ReadonlyMap<string, string>): Record<string, T> {
  return Object.fromEntries(Object.entries(map).map(([name, value]) => [names.get(name) ?? name, value]));
}
