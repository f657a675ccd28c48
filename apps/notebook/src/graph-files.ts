import { z } from 'zod';
import { savedSchema } from '@soliloquy/gateway/protocol';
import { formatGraph, parseGraph } from '@soliloquy/graph';
import { post, put } from './gateway/client.ts';
import type { OpenGraph } from './graph/open-graph.svelte.ts';
import type { Notebook } from './notebook.svelte.ts';

/* Files of graphs: made, copied, renamed, deleted. All of it throws Refused. */

export async function newGraph(notebook: Notebook): Promise<void> {
  const path = await notebook.openNew(parseGraph('{"format":1,"name":"untitled","nodes":{}}', { path: 'untitled' }));
  notebook.notices.say(`Made ${path}`);
}

export async function duplicateGraph(notebook: Notebook, { doc }: OpenGraph): Promise<void> {
  const path = await notebook.openNew({ ...doc, name: `${doc.name}-copy` });
  notebook.notices.say(`Made ${path}, a copy of ${doc.name}`);
}

/** The graph gets another name, and its file does. Its runs stay under the old one. */
export async function renameGraph(notebook: Notebook, { document }: OpenGraph, name: string): Promise<void> {
  await document.flush();
  const { path: old, digest, doc } = document;
  const path = old.replace(/[^/]*$/, `${name}.json`);
  await put('document', savedSchema, { path, text: formatGraph({ ...doc, name }), base: null });
  await notebook.openGraph(path);
  await post('removal', z.object({}), { path: old, base: digest });
  await notebook.refreshDocuments();
  notebook.notices.say(`${old} is ${path} now`);
}

export async function deleteGraph(notebook: Notebook, { document }: OpenGraph): Promise<void> {
  await document.flush();
  await post('removal', z.object({}), { path: document.path, base: document.digest });
  await notebook.leave();
  notebook.notices.say(`Deleted ${document.path}`);
}
