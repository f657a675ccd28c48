import { Fault } from '@soliloquy/fault';
export type ClusterErrorCode =
  | 'cluster.address'
  | 'cluster.away'
  | 'cluster.refused'
  | 'cluster.not-set-up'
  | 'cluster.version'
  | 'cluster.strange-queue';

/** A cluster that cannot be joined or used. */
export class ClusterError extends Fault<ClusterErrorCode> {
  static override readonly phase = 'before-run';
  override readonly name = 'ClusterError';
}
