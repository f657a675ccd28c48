export { ARTIFACT_BUCKETS, openNatsStore } from './nats-store.ts';
export { makeArtifactBuckets } from './make-buckets.ts';
export { ANSWER_WITHIN_MS, isAway, isNoRoom, isOvertaken, messageBytesOf, persistently } from './broker-errors.ts';

export type { NatsStore } from './nats-store.ts';
