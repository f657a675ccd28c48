import type { ArtifactFiles } from '@soliloquy/ports';

/** One file of an artifact. */
export interface ArtifactFile {
  /** without folders, e.g. `image.png` */
  readonly name: string;
  /** sha256 of the bytes, hex */
  readonly digest: string;
  readonly bytes: number;
}

/**
 * A stored value. `digest` is the sha256 of the canonical manifest (type, and name, digest and bytes of each file, by
 * name).
 */
export interface ArtifactRef {
  /** port type id, e.g. `image` */
  readonly type: string;
  readonly digest: string;
  /** of all files */
  readonly bytes: number;
  /** by name, ascending */
  readonly files: readonly ArtifactFile[];
}

/**
 * What a task made, by output: one artifact, several along an axis that the output makes, or nothing (`null`) where the
 * backbone gave none.
 */
export type StoredOutputs = Readonly<Record<string, ArtifactRef | readonly ArtifactRef[] | null>>;

/** A finished task, as the cache remembers it. */
export interface TaskResult {
  readonly outputs: StoredOutputs;
  /** JSON that the runner keeps beside it, e.g. what the key was made of */
  readonly about?: Readonly<Record<string, unknown>>;
}

/**
 * Content-addressed artifacts and the results of tasks. Disk and NATS implement the same.
 * Every method may throw StoreError; nothing half-written is ever visible.
 */
export interface ArtifactStore {
  /** Stores files under the digest of what is in them. Storing again what is there costs a comparison. */
  put(type: string, files: ArtifactFiles): Promise<ArtifactRef>;
  /** Whether the artifact is there, whole by the sizes of its files. Cheap: reads no content. */
  has(digest: string): Promise<boolean>;
  /**
   * Makes as sure as is cheap that the artifact is whole: on a disk by the digest of what is small, in a cluster as
   * `has` does. @throws ArtifactMissingError, ArtifactCorruptedError
   */
  check(digest: string): Promise<void>;
  /** The manifest. @throws ArtifactMissingError, ArtifactCorruptedError */
  describe(digest: string): Promise<ArtifactRef>;
  /**
   * All files, each verified by its digest. @throws ArtifactMissingError, ArtifactCorruptedError (what was bad is moved
   * aside: `has` is false then)
   */
  get(digest: string): Promise<ArtifactFiles>;
  /** One file, verified by its digest. @throws as `get`, and ArtifactMissingError when there is no such file in it */
  readFile(digest: string, name: string): Promise<Uint8Array>;
  /** What the task of this key made, when all of it is still there; else `undefined`. */
  getResult(taskKey: string): Promise<TaskResult | undefined>;
  putResult(taskKey: string, result: TaskResult): Promise<void>;
  /** Forgets the result of a task, so that it runs again. */
  dropResult(taskKey: string): Promise<void>;
  /** bytes, of the folder on this machine */
  sizeOnDisk(): Promise<number>;
}
