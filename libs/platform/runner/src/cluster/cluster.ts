import { hostname } from 'node:os';
import {
  AckPolicy,
  DiscardPolicy,
  jetstream,
  JetStreamApiError,
  jetstreamManager,
  RetentionPolicy,
  StorageType,
  type JetStreamClient,
  type JetStreamManager,
  type StreamConfig,
} from '@nats-io/jetstream';
import { Kvm, type KV, type KvOptions } from '@nats-io/kv';
import { nanos, type NatsConnection } from '@nats-io/transport-node';
import type { DiskStore } from '@soliloquy/artifacts';
import {
  ANSWER_WITHIN_MS,
  makeArtifactBuckets,
  openNatsStore,
  persistently,
  type NatsStore,
} from '@soliloquy/artifacts/nats';
import { ClusterError } from './cluster-error.ts';
import { connectTo, type ClusterAccess } from './connect.ts';
import { ADVISORY_CONSUMER, BUCKETS, EXHAUSTED_ADVISORIES, STREAMS } from './names.ts';

/** A cluster's broker as this process reaches it. */
export interface Cluster {
  readonly access: ClusterAccess;
  readonly connection: NatsConnection;
  readonly js: JetStreamClient;
  readonly manager: JetStreamManager;
  readonly tasks: KV;
  readonly runs: KV;
  readonly workers: KV;
  /** Ends waiting for a broker that is away. */
  readonly closing: AbortSignal;
  /** Artifacts over a connection of their own. */
  openStore(local: DiskStore): Promise<NatsStore>;
  close(): Promise<void>;
}

const DAY_MS = 24 * 3600 * 1000;
/** A worker that said nothing for so long is gone. */
export const WORKER_GONE_MS = 15_000;
/** Publishing the same again within this is noticed by the server. */
const DEDUPE_MS = 120_000;

/** What is larger goes in pieces; what a worker tells of itself does not, and has some kilobytes. Bytes. */
const LEAST_PAYLOAD = 32 * 1024;

type Wanted = Partial<StreamConfig> & { readonly name: string };
const streams: readonly Wanted[] = [
  {
    name: STREAMS.work,
    subjects: ['soliloquy.work.>'],
    retention: RetentionPolicy.Workqueue,
    discard: DiscardPolicy.New,
    duplicate_window: nanos(DEDUPE_MS),
  },
  {
    name: STREAMS.events,
    subjects: ['soliloquy.events.*'],
    retention: RetentionPolicy.Limits,
    allow_direct: true,
    max_age: nanos(7 * DAY_MS),
    duplicate_window: nanos(DEDUPE_MS),
  },
  {
    name: STREAMS.dead,
    subjects: ['soliloquy.dead.*'],
    retention: RetentionPolicy.Limits,
    max_msgs_per_subject: 1,
    max_age: nanos(30 * DAY_MS),
  },
  {
    name: STREAMS.lost,
    subjects: [EXHAUSTED_ADVISORIES],
    retention: RetentionPolicy.Workqueue,
    max_age: nanos(7 * DAY_MS),
  },
];
const buckets: readonly (Partial<KvOptions> & { readonly name: string })[] = [
  { name: BUCKETS.tasks, history: 1, ttl: 7 * DAY_MS, storage: StorageType.File },
  { name: BUCKETS.runs, history: 1, ttl: 30 * DAY_MS, storage: StorageType.File },
  { name: BUCKETS.workers, history: 1, ttl: WORKER_GONE_MS, storage: StorageType.Memory },
];

/**
 * Connects and opens streams and buckets; what is not there yet is made, where the account may.
 *
 * @param role `run`, `worker` …, for the server's list of connections
 * @param replicas of each stream, for a broker of several servers
 * @throws ClusterError
 */
export async function openCluster(access: ClusterAccess, role: string, replicas = 1): Promise<Cluster> {
  const name = `soliloquy ${role} ${hostname()} ${process.pid}`;
  const connection = await connectTo(access, name);
  const closing = new AbortController();
  const others: NatsConnection[] = [];
  try {
    refuseSmall(connection);
    const manager = await jetstreamManager(connection, { checkAPI: false, timeout: ANSWER_WITHIN_MS });
    const js = jetstream(connection, { timeout: ANSWER_WITHIN_MS });
    await makeMissing(connection, manager, replicas);
    const kvm = new Kvm(js);
    const open = (bucket: string): Promise<KV> => persistently(() => kvm.open(bucket), AbortSignal.timeout(10_000));
    return {
      access,
      connection,
      manager,
      js,
      tasks: await open(BUCKETS.tasks),
      runs: await open(BUCKETS.runs),
      workers: await open(BUCKETS.workers),
      closing: closing.signal,
      async openStore(local) {
        const own = await connectTo(access, `${name} artifacts`);
        others.push(own);
        return openNatsStore(own, local, closing.signal);
      },
      async close() {
        closing.abort();
        await Promise.all([connection, ...others].map((each) => each.close().catch(() => undefined)));
      },
    };
  } catch (thrown) {
    await connection.close().catch(() => undefined);
    if (thrown instanceof ClusterError) throw thrown;
    const { message } = thrown as Error;
    throw new ClusterError(
      {
        code: 'cluster.not-set-up',
        where: 'cluster.streams',
        expected: 'a NATS server with JetStream that this account may use',
        got: `"${message}"`,
        remedy: 'start it with -js, or see the permissions in libs/platform/runner/README.md',
      },
      { cause: thrown },
    );
  }
}

/** @throws ClusterError where the server takes less than a worker's own record or a manifest may need */
function refuseSmall({ info }: NatsConnection): void {
  const takes = info?.max_payload ?? Infinity;
  if (takes >= LEAST_PAYLOAD) return;
  throw new ClusterError({
    code: 'cluster.not-set-up',
    where: 'cluster.max_payload',
    expected: `messages of at least ${LEAST_PAYLOAD / 1024} KiB`,
    got: `a server that takes ${Number((takes / 1024).toFixed(1))} KiB`,
    remedy: "raise max_payload in the server's configuration (1 MB is its default)",
  });
}

async function makeMissing(connection: NatsConnection, manager: JetStreamManager, replicas: number): Promise<void> {
  const patience = AbortSignal.timeout(10_000);
  let missing = false;
  for (const stream of streams) {
    if (await exists(manager, stream.name, patience)) continue;
    missing = true;
    const config = { storage: StorageType.File, num_replicas: replicas, ...stream };
    await made(stream.name, () => manager.streams.add(config), patience);
  }
  if (missing)
    await made(
      ADVISORY_CONSUMER,
      () => manager.consumers.add(STREAMS.lost, { durable_name: ADVISORY_CONSUMER, ack_policy: AckPolicy.Explicit }),
      patience,
    );
  const kvm = new Kvm(connection);
  for (const { name, ...options } of buckets) {
    if (await exists(manager, `KV_${name}`, patience)) continue;
    missing = true;
    await made(name, () => kvm.create(name, { replicas, ...options }), patience);
  }
  if (
    missing ||
    !(await exists(manager, 'OBJ_soliloquy-contents', patience)) ||
    !(await exists(manager, 'KV_soliloquy-catalog', patience))
  )
    await made('artifacts', () => makeArtifactBuckets(connection, { replicas }), patience);
}

async function exists(manager: JetStreamManager, stream: string, patience: AbortSignal): Promise<boolean> {
  try {
    await persistently(() => manager.streams.info(stream), patience);
    return true;
  } catch (thrown) {
    if (thrown instanceof JetStreamApiError && thrown.status === 404) return false;
    throw thrown;
  }
}

/**
 * Two processes may make one stream at once: the second finds it there. Made again as it is, it stays as it is, so a
 * broker that dies meanwhile is waited for.
 */
async function made(name: string, make: () => Promise<unknown>, patience: AbortSignal): Promise<void> {
  try {
    await persistently(make, patience);
  } catch (cause) {
    if (cause instanceof JetStreamApiError && /already in use/.test(cause.message)) return;
    throw new ClusterError(
      {
        code: 'cluster.not-set-up',
        where: `cluster.${name}`,
        expected: 'to make this stream',
        got: `"${(cause as Error).message}"`,
        remedy: 'run soliloquy workers --nats once with an account that may, see libs/platform/runner/README.md',
      },
      { cause },
    );
  }
}
