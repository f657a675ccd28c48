import { getContext } from 'svelte';
import type { WireGraphError } from '@soliloquy/gateway/protocol';
import { sizesOf, type GraphDocument } from '@soliloquy/graph';
import type { DocumentStore } from '../document/document-store.svelte.ts';
import { Actions } from './actions.ts';
import { cardParams, rowsOf } from './card-params.ts';
import { keptSize } from './kept-size.ts';
import { Layout } from './layout.svelte.ts';
import { RunStore } from './run-store.svelte.ts';
import { Selection } from './selection.svelte.ts';
import type { Surroundings } from './surroundings.ts';

/** One open graph, with all that the page shows of it. */
export class OpenGraph {
  readonly document: DocumentStore;
  readonly runs: RunStore;
  readonly selection: Selection;
  readonly layout: Layout;
  readonly actions: Actions;
  /** which of the graph's sizes is planned and run */
  size = $state('small');

  constructor(document: DocumentStore, surroundings: Surroundings) {
    const { registry, catalogue } = surroundings;
    this.document = document;
    this.size = keptSize(document.path, sizesOf(document.doc)) ?? document.doc.size;
    this.runs = new RunStore(document.path, () => document.doc.name);
    this.layout = new Layout(document, registry, this.runs, (node) =>
      rowsOf(cardParams(catalogue, document.doc.nodes[node])),
    );
    this.selection = new Selection(
      () => document.doc,
      () => this.layout.items[0],
    );
    this.actions = new Actions(this, surroundings);
  }

  get doc(): GraphDocument {
    return this.document.doc;
  }

  /** all that keeps the whole graph from running: known here at once, or found when it was planned */
  readonly faults: readonly WireGraphError[] = $derived.by(() => [
    ...new Map([...this.document.errors, ...this.runs.planErrors].map((fault) => [fault.message, fault])).values(),
  ]);

  faultsOfInput(name: string): readonly WireGraphError[] {
    return this.faults.filter(({ node, port }) => node === undefined && port === name);
  }

  readonly sizes: readonly string[] = $derived.by(() => sizesOf(this.document.doc));
}

/** Under which components find the open graph. */
export const OPEN_GRAPH_KEY = Symbol('open graph');

export function useOpenGraph(): OpenGraph {
  return getContext<OpenGraph>(OPEN_GRAPH_KEY);
}
