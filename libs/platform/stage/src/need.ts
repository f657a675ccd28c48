/** Something that a backbone cannot run without. `doctor` says whether it is here and, if not, `remedy`. */
export type Need =
  | { readonly kind: 'file'; readonly what: string; readonly param: string; readonly remedy: string }
  | { readonly kind: 'command'; readonly what: string; readonly command: string; readonly remedy: string }
  | { readonly kind: 'gpu'; readonly what: string; readonly remedy: string }
  | ModelNeed;

/**
 * A model of this machine. `param` of the backbone names it: a graph holds no path. Its digest is part of the key of
 * every task that has it.
 */
export interface ModelNeed {
  readonly kind: 'model';
  readonly what: string;
  readonly param: string;
  readonly remedy: string;
  /**
   * Looks a model up by name. Set by who assembles an installation; without it no machine has any.
   *
   * @throws Fault where it is not here, with the sentence that gets it
   */
  readonly find?: (name: string) => Promise<FoundModel>;
  /** Names of models that are known here, for a person to choose from. Set with `find`. */
  readonly names?: () => readonly string[];
}

/** A model that is on this machine. */
export interface FoundModel {
  readonly name: string;
  readonly folder: string;
  /** Digest of all files in the folder, wherever that is: hex. Takes as long as reading them, the first time. */
  digest(): Promise<string>;
}
