import { routePath, type Artifact, type WirePreview, type WireTaskResult } from '@soliloquy/gateway/protocol';
import { VIEWERS } from '@soliloquy/ports/viewers';
import type { RunStore } from '../run/run-store.svelte.ts';

/** One value that was made, as the page shows it. */
export interface ShownValue {
  readonly artifact: Artifact;
  readonly preview: WirePreview;
  /** which of its node's values it is, e.g. `clip 3`; empty where there is but one */
  readonly label: string;
}

/** Where a file of an artifact is. @param width a small picture of it instead, pixels */
export function fileUrl({ digest }: { readonly digest: string }, file: string, width?: number): string {
  return routePath('file', { digest, file }, { width: width === undefined ? undefined : String(width) });
}

/** What a port of a node gave, element by element; asks the gateway for what is not here yet. */
export function valuesOf(runs: RunStore, node: string, port: string, atMost = Infinity): ShownValue[] {
  const keys = runs.keysOf(node).slice(0, atMost);
  const results = keys.map((key) => runs.resultOf(key));
  const several = keys.length > 1;
  return results.flatMap((result, element) =>
    (result?.outputs[port] ?? []).map((value, step, all): ShownValue => ({
      ...value,
      label: [several ? String(element + 1) : '', all.length > 1 ? String(step + 1) : '']
        .filter((word) => word !== '')
        .join('.'),
    })),
  );
}

/** What a node gave first, by port. */
export function firstResult(runs: RunStore, node: string): WireTaskResult | undefined {
  const key = runs.keysOf(node)[0];
  return key === undefined ? undefined : runs.resultOf(key);
}

/** The value that says most about a node at a glance. */
export function telling(result: WireTaskResult): { readonly port: string; readonly value: ShownValue } | undefined {
  const values = Object.entries(result.outputs).flatMap(([port, made]) =>
    made?.[0] === undefined ? [] : [{ port, value: { ...made[0], label: '' } }],
  );
  const rank = ({ value }: (typeof values)[number]): number =>
    value.preview.as === undefined ? VIEWERS.length : VIEWERS.indexOf(value.preview.as);
  return values.sort((a, b) => rank(a) - rank(b))[0];
}
