import { Kvm } from '@nats-io/kv';
import type { NatsConnection } from '@nats-io/nats-core';
import { Objm, StorageType } from '@nats-io/obj';
import { ARTIFACT_BUCKETS } from './nats-store.ts';

/**
 * Makes the buckets of `openNatsStore` where they are not there yet; those that are stay as they are.
 *
 * @param limits bytes that artifacts may take; unlimited unless told
 */
export async function makeArtifactBuckets(
  connection: NatsConnection,
  { maxBytes = -1, replicas = 1 }: { maxBytes?: number; replicas?: number } = {},
): Promise<void> {
  await new Objm(connection).create(ARTIFACT_BUCKETS.contents, {
    storage: StorageType.File,
    replicas,
    max_bytes: maxBytes,
    description: 'file contents by sha256',
  });
  await new Kvm(connection).create(ARTIFACT_BUCKETS.catalog, {
    storage: StorageType.File,
    replicas,
    history: 1,
    description: 'manifests of artifacts, results of tasks',
  });
}
