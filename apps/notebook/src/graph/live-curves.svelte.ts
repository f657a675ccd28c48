import { SvelteMap } from 'svelte/reactivity';
import type { RunEvent } from '@soliloquy/gateway/protocol';

type Point = Extract<RunEvent, { type: 'task-scalar' }>;

/** A curve that a task logs, e.g. its loss: what was measured at which step, in order. */
export interface LoggedCurve {
  /** which element of the node logs it, e.g. `fit[3]` */
  readonly element: string;
  readonly name: string;
  readonly steps: readonly number[];
  readonly values: readonly number[];
}

interface Growing extends LoggedCurve {
  readonly steps: number[];
  readonly values: number[];
}

/** Curves of the run that is shown, as they grow. */
export class LiveCurves {
  readonly #nodes = new Map<string, Map<string, Growing>>();
  /** counts points, by node: curves grow in place, since copying a long one for each point would cost its square */
  readonly #points = new SvelteMap<string, number>();

  add({ node, element, name, step, value }: Point): void {
    const curves = this.#nodes.get(node) ?? new Map<string, Growing>();
    this.#nodes.set(node, curves);
    const key = `${element} ${name}`;
    const curve = curves.get(key) ?? { element, name, steps: [], values: [] };
    curves.set(key, curve);
    // A task that is tried again begins again, and so does its curve.
    const from = curve.steps.findIndex((before) => before >= step);
    if (from >= 0) {
      curve.steps.length = from;
      curve.values.length = from;
    }
    curve.steps.push(step);
    curve.values.push(value);
    this.#points.set(node, (this.#points.get(node) ?? 0) + 1);
  }

  /** What a node logged so far, as it is now. */
  of(node: string): readonly LoggedCurve[] {
    void this.#points.get(node);
    return [...(this.#nodes.get(node)?.values() ?? [])].map((curve) => ({
      ...curve,
      steps: [...curve.steps],
      values: [...curve.values],
    }));
  }

  clear(): void {
    this.#nodes.clear();
    this.#points.clear();
  }
}
