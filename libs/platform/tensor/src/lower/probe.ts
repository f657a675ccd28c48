import { ONNX_DTYPES, type OnnxValueInfo } from '../onnx-proto.ts';
import type { GraphBuilder } from './graph-builder.ts';
import type { LazyView } from './lazy-view.ts';

/**
 * Collects, for each equation that makes a float value of its own, one number: 1 where the value holds what is looked
 * for.
 */
export class Probes {
  private readonly graph: GraphBuilder;
  private readonly kind: 'nan' | 'infinite' | undefined;
  private readonly seen = new Set<string>();
  private readonly found: { index: number; name: string }[] = [];

  constructor(graph: GraphBuilder, kind: 'nan' | 'infinite' | undefined) {
    this.graph = graph;
    this.kind = kind;
  }

  add(index: number, view: LazyView): void {
    if (this.kind === undefined || view.dtype !== 'float32' || view.sourceShape.includes(0) || this.seen.has(view.name))
      return;
    this.seen.add(view.name);
    const { graph } = this;
    // Constants and inputs are nobody's fault here.
    if (graph.producer(view.name) === undefined) return;
    const flags = graph.emit('Cast', [graph.emit(this.kind === 'nan' ? 'IsNaN' : 'IsInf', [view.name])], {
      to: ONNX_DTYPES.int32,
    });
    const any = view.sourceShape.length === 0 ? flags : graph.emit('ReduceMax', [flags], { keepdims: 0 });
    this.found.push({ index, name: graph.emit('Unsqueeze', [any, graph.ints([0])]) });
  }

  /** `probe` i32 [values], and `probe.equations` i32 [values]: the equation of each. */
  outputs(): OnnxValueInfo[] {
    if (this.kind === undefined || this.found.length === 0) return [];
    const { graph, found } = this;
    graph.output(
      graph.emit(
        'Concat',
        found.map(({ name }) => name),
        { axis: 0 },
      ),
      'probe',
    );
    graph.output(
      graph.constant(
        'int32',
        [found.length],
        Int32Array.from(found, ({ index }) => index),
      ),
      'probe.equations',
    );
    return ['probe', 'probe.equations'].map((name) => ({ name, dtype: 'int32', shape: [found.length] }));
  }
}
