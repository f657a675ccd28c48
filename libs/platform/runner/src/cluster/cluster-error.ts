export type ClusterErrorCode =
  'cluster-address' | 'cluster-away' | 'cluster-refused' | 'cluster-not-set-up' | 'cluster-version';

/** A cluster that cannot be joined or used. */
export class ClusterError extends Error {
  override readonly name = 'ClusterError';
  readonly code: ClusterErrorCode;

  constructor(code: ClusterErrorCode, message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.code = code;
  }
}
