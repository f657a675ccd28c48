import { Fault } from '@soliloquy/fault';
/** What can go wrong with a store. */
export type StoreErrorCode =
  'store.full' | 'store.unwritable' | 'store.failed' | 'store.artifact-missing' | 'store.artifact-corrupted';

/** What a store refuses or has lost. */
export class StoreError extends Fault<StoreErrorCode> {
  override readonly name: string = 'StoreError';
}

/** An artifact, or a file of it, that the store has not. */
export class ArtifactMissingError extends StoreError {
  override readonly name = 'ArtifactMissingError';
  readonly digest: string;

  constructor(digest: string, what: string) {
    super({
      code: 'store.artifact-missing',
      where: `artifacts.${digest.slice(0, 12)}`,
      expected: what,
      got: 'nothing',
      remedy: 'run the task that makes it again',
    });
    this.digest = digest;
  }
}

/**
 * Bytes that are not what their digest says. They were moved aside, so that the artifact counts as missing from now on.
 */
export class ArtifactCorruptedError extends StoreError {
  override readonly name = 'ArtifactCorruptedError';
  readonly digest: string;
  /** where the bad bytes are kept */
  readonly movedTo: string;

  constructor(digest: string, what: string, got: string, movedTo: string) {
    super({
      code: 'store.artifact-corrupted',
      where: `artifacts.${digest.slice(0, 12)}`,
      expected: what,
      got,
      remedy: `it was moved to ${movedTo} and will be made again`,
    });
    this.digest = digest;
    this.movedTo = movedTo;
  }
}

/** An artifact is missing or damaged: the task that makes it can be run again. */
export function isArtifactLost(thrown: unknown): thrown is Fault {
  return thrown instanceof Fault && LOST.has(thrown.code);
}

/** Also of an error that came from a worker, which knows the code alone. */
const LOST: ReadonlySet<string> = new Set<StoreErrorCode>(['store.artifact-missing', 'store.artifact-corrupted']);

/** Says in words what the operating system refused. */
export function storeErrorFrom(cause: unknown, doing: string, path: string): StoreError {
  const code = (cause as NodeJS.ErrnoException).code ?? 'unknown';
  if (code === 'ENOSPC' || code === 'EDQUOT')
    return new StoreError(
      {
        code: 'store.full',
        where: path,
        expected: `room for ${doing}`,
        got: `a full disk (${code})`,
        remedy: 'free some space or put the store elsewhere (SOLILOQUY_HOME or --store)',
      },
      { cause },
    );
  if (['EACCES', 'EPERM', 'EROFS', 'ENOTDIR', 'EEXIST', 'ENOENT', 'EISDIR'].includes(code))
    return new StoreError(
      {
        code: 'store.unwritable',
        phase: 'before-run',
        where: path,
        expected: `a folder that can be written for ${doing}`,
        got: code === 'EROFS' ? 'a read-only disk (EROFS)' : code,
        remedy: 'allow it or choose another folder',
      },
      { cause },
    );
  return new StoreError(
    { code: 'store.failed', where: path, expected: doing, got: (cause as Error).message, remedy: 'look at the disk' },
    { cause },
  );
}
