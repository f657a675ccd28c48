export { openCluster } from './cluster.ts';
export { connectTo } from './connect.ts';
export { ClusterError } from './cluster-error.ts';
export { openPlace } from './cluster-place.ts';
export { ClusterWorker } from './cluster-worker.ts';
export { cancelRun, followRun, listRuns, readRun } from './run-log.ts';
export { dropDeadLetter, listDead, retryDead } from './dead-letters.ts';
export { ForgettingCluster } from './forget-in-cluster.ts';
export { listWorkers } from './worker-board.ts';
export { capabilityWords, PROTOCOL } from './names.ts';

export type { Cluster } from './cluster.ts';
export type { ClusterPlace } from './cluster-place.ts';
export type { ClusterAccess } from './connect.ts';
export type { ClusterErrorCode } from './cluster-error.ts';
export type { ClusterWorkerOptions } from './cluster-worker.ts';
export type { ClusterRunRecord, DeadLetter, WorkerRecord } from './messages.ts';
