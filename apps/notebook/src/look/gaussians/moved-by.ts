import { edgesOf, type EdgeSource, type GraphDocument } from '@soliloquy/graph';
import type { RunStore } from '../../graph/run-store.svelte.ts';
import { fileUrl, valuesOf } from '../shown-value.ts';

/** Where the Gaussians are that a deformation moves, and the voice that belongs to it, as far as the graph tells. */
export interface Moved {
  readonly gaussians?: string;
  readonly sound?: string;
}

/** The voice of a film lies beside its picture. */
const FILM_SOUND = 'sound.wav';

/**
 * Looks along the links: the Gaussians are what feeds the node that gave the deformation; the voice is what feeds a
 * node that takes both (a renderer), or the film that the node was fitted to.
 *
 * @param element which of the deformations, where there are several; e.g. `3`
 */
export function movedBy(
  doc: GraphDocument,
  runs: RunStore,
  { node, port }: { readonly node: string; readonly port: string },
  element: string,
): Moved {
  const edges = edgesOf(doc);
  const feeding = (to: string, input: string): EdgeSource | undefined =>
    edges.find((edge) => edge.to.node === to && edge.to.port === input)?.from;
  const address = (from: EdgeSource | undefined, as: string): string | undefined => {
    if (from?.kind !== 'node') return undefined;
    const values = valuesOf(runs, from.node, from.port);
    const value = values.find(({ label }) => label === element) ?? values[0];
    const file =
      (as === 'sound' ? value?.artifact.files.find(({ name }) => name === FILM_SOUND)?.name : undefined) ??
      value?.preview.file;
    return value === undefined || file === undefined ? undefined : fileUrl(value.artifact, file);
  };
  const takers = edges
    .filter(({ from }) => from.kind === 'node' && from.node === node && from.port === port)
    .map(({ to }) => to.node);
  const voice = takers
    .map((taker) => (feeding(taker, 'gaussians') === undefined ? undefined : feeding(taker, 'audio')))
    .find((from) => from !== undefined);
  return {
    gaussians: address(feeding(node, 'gaussians'), 'gaussians'),
    sound: address(feeding(node, 'video') ?? voice, 'sound'),
  };
}
