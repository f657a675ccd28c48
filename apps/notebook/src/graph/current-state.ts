import { clock } from '../clock.svelte.ts';
import { stateOf, type NodeState } from './node-state.ts';
import type { OpenGraph } from './open-graph.svelte.ts';

/** The state of a node of the open graph at this moment. */
export function currentState({ doc, document, runs }: OpenGraph, name: string): NodeState {
  const progress = runs.progress.get(name);
  const inRun =
    !runs.lost &&
    runs.active !== undefined &&
    runs.active.run === runs.shown &&
    (progress !== undefined || runs.takesPart(name));
  return stateOf({
    node: doc.nodes[name] ?? { stage: 'unknown@1' },
    errors: document.errorsOf(name),
    plan: runs.plan.get(name),
    progress,
    inRun,
    now: inRun ? clock.now : 0,
  });
}
