import { inputItem, nodeItem, type Item } from '../document/items.ts';
import { lookUp } from '../document/look-up.ts';
import type { OpenGraph } from '../graph/open-graph.svelte.ts';
import type { Notebook } from '../notebook.svelte.ts';
import type { Choice } from './Finder.svelte';

/** How the page goes to what was found. */
interface Ways {
  /** Brings canvas and keyboard to an item. */
  goTo(item: Item): void;
  /** Brings the keyboard to a param in the form of a node. */
  edit(node: string, param: string): void;
}

/** What is in the open graph, to be found and gone to: nodes, inputs, params with their values. */
export function graphChoices({ registry }: Notebook, { doc }: OpenGraph, ways: Ways): readonly Choice[] {
  const inputs = Object.entries(doc.inputs).map(([name, { type, default: given }]): Choice => ({
    id: `go inputs.${name}`,
    label: name,
    detail: `input, ${type}${given === undefined ? '' : `: ${given}`}`,
    hint: 'go to',
    choose: () => ways.goTo(inputItem(name)),
  }));
  const nodes = Object.entries(doc.nodes).map(([name, { stage }]): Choice => {
    const found = lookUp(doc, name, registry);
    return {
      id: `go nodes.${name}`,
      label: name,
      detail: found === undefined ? stage : `${found.stage.title}, ${found.backbone.title} (${found.backboneName})`,
      hint: 'go to',
      choose: () => ways.goTo(nodeItem(name)),
    };
  });
  const params = Object.keys(doc.nodes).flatMap((name) => {
    const found = lookUp(doc, name, registry);
    const given = doc.nodes[name]?.params ?? {};
    return Object.keys({ ...found?.stage.params.shape, ...found?.backbone.params.shape }).map((param): Choice => ({
      id: `edit ${name}.${param}`,
      label: `${name}.${param}`,
      detail: given[param] === undefined ? 'param, as its stage has it' : `param: ${JSON.stringify(given[param])}`,
      hint: 'edit',
      choose: () => ways.edit(name, param),
    }));
  });
  return [...nodes, ...inputs, ...params];
}
