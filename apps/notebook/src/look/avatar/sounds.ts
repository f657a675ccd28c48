import type { GraphDocument, StageRegistry } from '@soliloquy/graph';
import { outputsOf } from '../../document/look-up.ts';
import type { RunStore } from '../../graph/run-store.svelte.ts';
import { fileUrl, valuesOf } from '../shown-value.ts';

/** Something that was made and can be heard. */
export interface Sound {
  /** what gave it, e.g. `speech.audio 3` */
  readonly name: string;
  readonly address: string;
}

/** Everything that nodes of a graph gave as audio. */
export function soundsOf(doc: GraphDocument, runs: RunStore, registry: StageRegistry): Sound[] {
  return outputsOf(doc, registry)
    .filter(({ type }) => type === 'audio')
    .flatMap(({ reference }) => {
      const [node, port] = reference.split('.') as [string, string];
      return valuesOf(runs, node, port).flatMap(({ artifact, preview: { file }, label }) =>
        file === undefined ? [] : [{ name: `${reference} ${label}`.trim(), address: fileUrl(artifact, file) }],
      );
    });
}
