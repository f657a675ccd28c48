import type { GraphDocument } from '../document.ts';
import { graphFault, InvalidGraph, type GraphError } from '../graph-error.ts';

/**
 * A change of a document. Nothing is changed in place: the document from before is what undo goes back to, to the byte.
 */
export interface Edit {
  readonly doc: GraphDocument;
  /** What was done, for the undo menu and to be read aloud, e.g. `connect voice.audio to clips.audio` */
  readonly says: string;
  /** What had to go with it, e.g. `params.jaw 0.4: puppet only` */
  readonly dropped: readonly string[];
}

export function edited(doc: GraphDocument, says: string, dropped: readonly string[] = []): Edit {
  return { doc, says, dropped };
}

/** @throws InvalidGraph, always */
export function refuse(parts: Omit<GraphError, 'message'>): never {
  throw new InvalidGraph([graphFault(parts)]);
}

/** `voice`, `voice-2`, `voice-3` …: the first that is not taken. */
export function freshName(wanted: string, taken: Iterable<string>): string {
  const names = new Set(taken);
  const base = wanted.replace(/-\d+$/, '');
  if (!names.has(wanted)) return wanted;
  for (let count = 2; ; count += 1) if (!names.has(`${base}-${count}`)) return `${base}-${count}`;
}

/** A map with its keys changed, in the same order; a key that becomes `undefined` goes. */
export function mapKeys<T>(
  map: Readonly<Record<string, T>>,
  change: (key: string) => string | undefined,
): Record<string, T> {
  return Object.fromEntries(
    Object.entries(map).flatMap(([key, value]) => {
      const changed = change(key);
      return changed === undefined ? [] : [[changed, value]];
    }),
  );
}
