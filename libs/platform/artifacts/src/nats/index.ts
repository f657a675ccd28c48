export { ARTIFACT_BUCKETS, openNatsStore } from './nats-store.ts';
export { makeArtifactBuckets } from './make-buckets.ts';
export { isAway, isNoRoom, persistently } from './broker-errors.ts';

export type { NatsStore } from './nats-store.ts';
