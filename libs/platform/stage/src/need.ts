/** Something that a backbone cannot run without. `doctor` says whether it is here and, if not, `remedy`. */
export type Need =
  | { readonly kind: 'file'; readonly what: string; readonly param: string; readonly remedy: string }
  | { readonly kind: 'command'; readonly what: string; readonly command: string; readonly remedy: string }
  | { readonly kind: 'gpu'; readonly what: string; readonly remedy: string }
  | CheckoutNeed
  | ModelNeed;

/**
 * A model of this machine. `param` of the backbone names it: a graph holds no path. Its digest is part of the key of
 * every task that has it. A param that is a list of names asks for each of them: an empty one for none.
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
  /** Missing where nobody said under which it is. */
  readonly licence?: Terms['licence'];
  /** Digest of all files in the folder, wherever that is: hex. Takes as long as reading them, the first time. */
  digest(): Promise<string>;
}

/** What the results of a backbone may be refused for. `training`: whatever makes a model, or scores for one. */
export type Use = 'training';

/** Under which conditions somebody else's program may be used. */
export interface Terms {
  readonly licence: {
    readonly name: string;
    /** Where its terms can be read. */
    readonly url: string;
  };
  /** What its results must not reach, however many nodes lie between: checked when a graph is read. */
  readonly forbids?: readonly Use[];
  /** A person has to accept it first, once: the conditions in one sentence. */
  readonly accept?: string;
}

/** A checkout of somebody else's repository. Where it is stands in a machine's configuration, never in a graph. */
export interface CheckoutNeed {
  readonly kind: 'checkout';
  readonly what: string;
  /** kebab-case; `checkouts` of a configuration names its folder by it. */
  readonly system: string;
  /** What must be in it. */
  readonly files: readonly string[];
  /** Its folder of weights, where a command names that: a machine may have it elsewhere. */
  readonly weights?: string;
  /** What its command begins with, and what else it calls. */
  readonly programs: readonly string[];
  /** The commit that was tested. */
  readonly commit: string;
  readonly terms: Terms;
  readonly remedy: string;
  /**
   * Finds it here. Set by who assembles an installation; without it no machine has any.
   *
   * @throws Fault `checkout.missing`, `checkout.incomplete` with what gets it; `licence.not-accepted`
   */
  readonly find?: () => Promise<FoundCheckout>;
  /** @throws Fault `licence.not-accepted` unless the person of this machine accepted its terms. Set with `find`. */
  readonly proveAccepted?: () => void;
}

/** A checkout that is on this machine, with how its programs are run. */
export interface FoundCheckout {
  readonly name: string;
  readonly folder: string;
  /** Folder of its programs; else PATH is searched. */
  readonly bin?: string;
  /** Folder of its weights, where a command names that. */
  readonly weights?: string;
  /** After which a command of it is ended, seconds. */
  readonly seconds: number;
  /** Seconds without a word after which a command of it is ended. */
  readonly silence: number;
  /** Names of variables of this machine that it gets. */
  readonly environment: readonly string[];
  /** Where its repository stands, where that can be told. */
  readonly commit?: string;
}

/** A graphics card, by its number as `nvidia-smi` counts. */
export interface GpuCard {
  readonly index: number;
  readonly memoryMiB: number;
}
