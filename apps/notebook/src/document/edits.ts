import { freshName } from '@soliloquy/graph/edit';
import type { Comment, GraphDocument, GraphInput } from '@soliloquy/graph';

/** A place on the canvas, pixels. */
type Place = readonly [number, number];

/** Adds an input of the graph, named after its type where no name is wanted. */
export function addInput(doc: GraphDocument, type: string, at: Place, wanted: string = type.replace(/[^A-Za-z0-9]+/g, '-').replace(/-$/, '')): { doc: GraphDocument; name: string } {
  const name = freshName(wanted, Object.keys(doc.inputs));
  const input: GraphInput = type === 'text' ? { type, default: '' } : { type };
  return { doc: { ...doc, inputs: { ...doc.inputs, [name]: input }, layout: { ...doc.layout, [`inputs.${name}`]: [...at] } }, name };
}

export function setInput(doc: GraphDocument, name: string, change: Partial<GraphInput>): GraphDocument {
  const input = doc.inputs[name];
  return input === undefined ? doc : { ...doc, inputs: { ...doc.inputs, [name]: { ...input, ...change } } };
}

/** Puts nodes into a group of their own, out of the groups that they were in. */
export function groupNodes(doc: GraphDocument, names: readonly string[], title: string): GraphDocument {
  const members = new Set(names);
  const others = doc.groups.map((group) => ({ ...group, nodes: group.nodes.filter((name) => !members.has(name)) })).filter(({ nodes }) => nodes.length > 0);
  return { ...doc, groups: [...others, { title, nodes: Object.keys(doc.nodes).filter((name) => members.has(name)) }] };
}

/** Takes the frames away; what was in them stays. */
export function ungroup(doc: GraphDocument, indices: readonly number[]): GraphDocument {
  return { ...doc, groups: doc.groups.filter((_, index) => !indices.includes(index)) };
}

export function setGroupTitle(doc: GraphDocument, index: number, title: string): GraphDocument {
  return { ...doc, groups: doc.groups.map((group, at) => (at === index ? { ...group, title } : group)) };
}

export function setComment(doc: GraphDocument, index: number, change: Partial<Comment>): GraphDocument {
  return { ...doc, comments: doc.comments.map((comment, at) => (at === index ? { ...comment, ...change } : comment)) };
}

/** Why a name cannot be given; `undefined` where it can. */
export function nameProblem(taken: Readonly<Record<string, unknown>>, name: string): string | undefined {
  if (!/^[A-Za-z][A-Za-z0-9_-]*$/.test(name)) return 'Letters, digits, - and _, beginning with a letter';
  return Object.hasOwn(taken, name) ? `${name} is taken: choose another name` : undefined;
}
