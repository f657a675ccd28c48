import type { ArtifactRef, TaskResult } from './artifact-store.ts';

/** What a store has for a task's key, whether or not what it names is still there. */
export interface HeldResult {
  readonly key: string;
  readonly result: TaskResult;
  /** digest of the artifact that it lies in, where it is too large for an entry of a cluster */
  readonly holder?: string;
  readonly changed: Date;
}

/** An artifact that a store has, whether or not all of its contents are still there. */
export interface HeldArtifact {
  readonly ref: ArtifactRef;
  readonly changed: Date;
}

/** What came of a removal. */
export interface Removed {
  readonly results: number;
  readonly artifacts: number;
  /** of contents */
  readonly bytes: number;
}

/** All that a store holds, to be looked through and removed. Disk and NATS implement the same. */
export interface Inventory {
  /** Every result; damaged ones are passed over. */
  results(): AsyncIterable<HeldResult>;
  /** Every artifact that has a manifest; damaged ones are passed over. */
  artifacts(): AsyncIterable<HeldArtifact>;
  /**
   * Removes manifests, then those of their contents that no other artifact has, then results: a result whose artifacts
   * are gone is none, and while it is there it tells what was made of what, should this be cut short. What is not there
   * is passed over. A task that made one of them meanwhile finds it missing and makes it again. @throws StoreError
   */
  remove(what: { readonly results: Iterable<string>; readonly artifacts: Iterable<string> }): Promise<Removed>;
  /**
   * Removes what nothing names: contents of no artifact that came before a moment, results that cannot be read, and
   * what was moved aside or left half-written by then. @returns bytes
   */
  removeStray(before: Date): Promise<number>;
}
