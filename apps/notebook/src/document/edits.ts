import {
  formatGraph,
  InvalidGraph,
  parseGraph,
  parsePortReference,
  type Comment,
  type Expectation,
  type GraphDocument,
  type GraphInput,
} from '@soliloquy/graph';
import { freshName } from '@soliloquy/graph/edit';

/** A place on the canvas, pixels. */
type Place = readonly [number, number];

/** Adds an input of the graph, named after its type where no name is wanted. */
export function addInput(
  doc: GraphDocument,
  type: string,
  at: Place,
  wanted: string = type.replace(/[^A-Za-z0-9]+/g, '-').replace(/-$/, ''),
): { doc: GraphDocument; name: string } {
  const name = freshName(wanted, Object.keys(doc.inputs));
  const input: GraphInput = type === 'text' ? { type, default: '' } : { type };
  return {
    doc: { ...doc, inputs: { ...doc.inputs, [name]: input }, layout: { ...doc.layout, [`inputs.${name}`]: [...at] } },
    name,
  };
}

export function setInput(doc: GraphDocument, name: string, change: Partial<GraphInput>): GraphDocument {
  const input = doc.inputs[name];
  return input === undefined ? doc : { ...doc, inputs: { ...doc.inputs, [name]: { ...input, ...change } } };
}

/** Puts nodes into a group of their own, out of the groups that they were in. */
export function groupNodes(doc: GraphDocument, names: readonly string[], title: string): GraphDocument {
  const members = new Set(names);
  const others = doc.groups
    .map((group) => ({ ...group, nodes: group.nodes.filter((name) => !members.has(name)) }))
    .filter(({ nodes }) => nodes.length > 0);
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

/** Renames the graph: its results go to the folder of that name. */
export function renameGraph(doc: GraphDocument, name: string): GraphDocument {
  return { ...doc, name };
}

/** Endings of the files that hold values of a type; a value of another type is kept as JSON. */
const ENDINGS: Readonly<Record<string, string>> = {
  video: 'mp4',
  image: 'png',
  audio: 'wav',
  report: 'html',
  text: 'txt',
  gaussians: 'safetensors',
  deformation: 'safetensors',
  tracks: 'safetensors',
  motion: 'safetensors',
  file: 'bin',
};

/** Keeps what a port gives as a file of the output folder, named after the port's node. */
export function addOutput(doc: GraphDocument, reference: string, type: string): GraphDocument {
  const { node, port } = parsePortReference(reference);
  const ending = type.startsWith('model') ? 'onnx' : (ENDINGS[type] ?? 'json');
  const stem = Object.values(doc.outputs).some((kept) => parsePortReference(kept).node === node)
    ? `${node}-${port}`
    : node;
  const taken = Object.keys(doc.outputs).map((file) => file.replace(/\.[^.]*$/, ''));
  return { ...doc, outputs: { ...doc.outputs, [`${freshName(stem, taken)}.${ending}`]: reference } };
}

/** An output under another name or of another port, in its place; without either it is taken out. */
export function setOutput(
  doc: GraphDocument,
  file: string,
  to?: { readonly file?: string; readonly reference?: string },
): GraphDocument {
  const outputs = Object.entries(doc.outputs).flatMap(([name, reference]) =>
    name !== file ? [[name, reference]] : to === undefined ? [] : [[to.file ?? name, to.reference ?? reference]],
  );
  return { ...doc, outputs: Object.fromEntries(outputs) as GraphDocument['outputs'] };
}

/** One expectation changed; `undefined` takes it out. A field that is set to `undefined` is left out. */
export function setExpectation(
  doc: GraphDocument,
  index: number,
  change: Partial<Expectation> | undefined,
): GraphDocument {
  return {
    ...doc,
    expect: doc.expect.flatMap((each, at) =>
      at !== index ? [each] : change === undefined ? [] : [{ ...each, ...change }],
    ),
  };
}

/** A size of its own, in which nothing differs yet. */
export function addSize(doc: GraphDocument, name: string): GraphDocument {
  return { ...doc, sizes: { ...doc.sizes, [name]: {} } };
}

/** A size under another name, wherever it is spoken of. */
export function renameSize(doc: GraphDocument, from: string, to: string): GraphDocument {
  const name = (size: string): string => (size === from ? to : size);
  return {
    ...doc,
    size: name(doc.size),
    sizes: Object.fromEntries(Object.entries(doc.sizes).map(([size, overrides]) => [name(size), overrides])),
    expect: doc.expect.map((each) => (each.sizes === undefined ? each : { ...each, sizes: each.sizes.map(name) })),
  };
}

/** Takes a size away with what differed in it; an expectation of this size alone goes with it. */
export function removeSize(doc: GraphDocument, size: string): GraphDocument {
  return {
    ...doc,
    sizes: Object.fromEntries(Object.entries(doc.sizes).filter(([name]) => name !== size)),
    expect: doc.expect.flatMap((each) => {
      const sizes = each.sizes?.filter((name) => name !== size);
      return sizes?.length === 0 ? [] : [sizes === undefined ? each : { ...each, sizes }];
    }),
  };
}

/** What keeps a changed document from being one, in words; `undefined` where nothing does. */
export function documentProblem(doc: GraphDocument): string | undefined {
  try {
    parseGraph(formatGraph(doc), { path: 'graph' });
    return undefined;
  } catch (thrown) {
    if (thrown instanceof InvalidGraph) return thrown.errors[0]?.message.replace(/^graph:\d+:\d+: /, '');
    throw thrown;
  }
}
