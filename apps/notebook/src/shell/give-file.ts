import { setInput } from '../document/edits.ts';
import { partsOf, type Item } from '../document/items.ts';
import { upload } from '../gateway/upload.ts';
import type { OpenGraph } from '../graph/open-graph.svelte.ts';
import type { Notebook } from '../notebook.svelte.ts';

/** Port types of files that a person has, by the ending of the name. */
const TYPES: Readonly<Record<string, string>> = {
  png: 'image',
  jpg: 'image',
  jpeg: 'image',
  webp: 'image',
  wav: 'audio',
  mp3: 'audio',
  m4a: 'audio',
  mp4: 'video',
  avatar: 'avatar',
};
const LEFT_OF_ALL = 320;

/**
 * Gives a file to an input of the graph: the one that it falls on, else the only one of its type that has no value,
 * else a new one.
 *
 * @param over what it fell on
 * @returns whether it is a file of a kind that an input takes
 * @throws Refused
 */
export async function give(notebook: Notebook, open: OpenGraph, file: File, over: Element | null): Promise<boolean> {
  const type = TYPES[/\.([^.]+)$/.exec(file.name)?.[1]?.toLowerCase() ?? ''];
  const known = notebook.catalogue.types.some(({ id, asInput }) => asInput && id === type);
  if (type === undefined || !known) return false;
  const { given } = await upload(file, notebook.session.limits, open.document.path);
  const name = under(open, over, type) ?? lackingInput(open, type) ?? added(open, type);
  open.document.edit(`input ${name}`, (doc) => setInput(doc, name, { default: given }));
  notebook.notices.say(`${file.name} is the value of ${name}`);
  return true;
}

function under({ doc }: OpenGraph, over: Element | null, type: string): string | undefined {
  const item = over?.closest<HTMLElement>('[data-item]')?.dataset['item'] as Item | undefined;
  const { kind, name } = item === undefined ? { kind: undefined, name: '' } : partsOf(item);
  return kind === 'inputs' && doc.inputs[name]?.type === type ? name : undefined;
}

function lackingInput({ doc }: OpenGraph, type: string): string | undefined {
  const lacking = Object.entries(doc.inputs).filter(([, input]) => input.type === type && input.default === undefined);
  return lacking.length === 1 ? lacking[0]?.[0] : undefined;
}

function added({ actions, layout }: OpenGraph, type: string): string {
  const boxes = layout.items.map((item) => layout.box(item));
  const x = boxes.length === 0 ? 0 : Math.min(...boxes.map((box) => box.x)) - LEFT_OF_ALL;
  const y = boxes.length === 0 ? 0 : Math.min(...boxes.map((box) => box.y));
  return partsOf(actions.addGraphInput(type, { x, y })).name;
}
