/** What a worker is given to start with. */
export type WorkerStart = {
  readonly module: WebAssembly.Module;
  readonly memory: WebAssembly.Memory;
  readonly thread: number;
};

/** A worker on the way: `ready` when it waits for jobs. */
export interface KernelThread {
  readonly ready: Promise<void>;
  terminate(): void;
  /** It no longer holds the process open. */
  unref(): void;
}
