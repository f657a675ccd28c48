/** What can go wrong with a store. */
export type StoreErrorCode =
  'store-full' | 'store-unwritable' | 'store-failed' | 'artifact-missing' | 'artifact-corrupted';

/** `where.what: expected …, got …; remedy`, with a stable code. */
export class StoreError extends Error {
  override readonly name: string = 'StoreError';
  readonly code: StoreErrorCode;

  constructor(code: StoreErrorCode, message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.code = code;
  }
}

/** An artifact, or a file of it, that the store has not. */
export class ArtifactMissingError extends StoreError {
  override readonly name = 'ArtifactMissingError';
  readonly digest: string;

  constructor(digest: string, what: string) {
    super(
      'artifact-missing',
      `artifacts.${digest.slice(0, 12)}: expected ${what}, got nothing; run the task that makes it again`,
    );
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
    super(
      'artifact-corrupted',
      `artifacts.${digest.slice(0, 12)}: expected ${what}, got ${got}; it was moved to ${movedTo} and will be made again`,
    );
    this.digest = digest;
    this.movedTo = movedTo;
  }
}

/** Says in words what the operating system refused. */
export function storeErrorFrom(cause: unknown, doing: string, path: string): StoreError {
  const code = (cause as NodeJS.ErrnoException).code ?? 'unknown';
  if (code === 'ENOSPC' || code === 'EDQUOT')
    return new StoreError(
      'store-full',
      `${path}: expected room for ${doing}, got a full disk (${code}); free some space or put the store elsewhere (SOLILOQUY_HOME or --store)`,
      { cause },
    );
  if (['EACCES', 'EPERM', 'EROFS', 'ENOTDIR', 'EEXIST', 'ENOENT', 'EISDIR'].includes(code))
    return new StoreError(
      'store-unwritable',
      `${path}: expected a folder that can be written for ${doing}, got ${code}; allow it or choose another folder`,
      { cause },
    );
  return new StoreError(
    'store-failed',
    `${path}: expected ${doing}, got ${(cause as Error).message}; look at the disk`,
    { cause },
  );
}
