import { setTimeout } from 'node:timers/promises';
import { AckPolicy, RetentionPolicy } from '@nats-io/jetstream';
import { nanos } from '@nats-io/transport-node';
import { expect, test } from 'vitest';
import type { NatsServer } from '@soliloquy/testing';
import { takeOne } from '../src/cluster/delivery.ts';
import type { Cluster } from '../src/cluster/index.ts';
import { needsNatsServer, reach, serve } from './fixture/cluster-bench.ts';
import { cuttable } from './fixture/cuttable.ts';

needsNatsServer();

const STREAM = 'QUEUE';
const ACK_WAIT_MS = 90_000;

/** A work queue with one consumer. */
async function queue(): Promise<{ server: NatsServer; cluster: Cluster }> {
  const server = await serve();
  const cluster = await reach(server);
  await cluster.manager.streams.add({ name: STREAM, subjects: ['queue'], retention: RetentionPolicy.Workqueue });
  await cluster.manager.consumers.add(STREAM, {
    durable_name: 'all',
    ack_policy: AckPolicy.Explicit,
    ack_wait: nanos(ACK_WAIT_MS),
    max_deliver: 5,
  });
  return { server, cluster };
}

test('a message that comes after its request was given up is taken, and is not delivered again', async () => {
  const { server, cluster } = await queue();
  const line = await cuttable(server.port);
  const own = await reach(line);
  await cluster.js.publish('queue', 'late');
  line.slow();
  const taking = takeOne(own, STREAM, 'all');
  await setTimeout(700);
  line.hurry();
  expect(await taking).toMatchObject({ attempt: 1, sequence: 1 });
});

test('a queue that is empty says so without waiting to be asked again, and is served afterwards', async () => {
  const { cluster } = await queue();
  for (let at = 1; at <= 3; at++) {
    expect(await takeOne(cluster, STREAM, 'all')).toBeUndefined();
    await cluster.js.publish('queue', String(at));
    const taken = await takeOne(cluster, STREAM, 'all');
    expect(taken).toMatchObject({ attempt: 1, sequence: at });
    await taken?.ack();
  }
});

test('six that ask at once get every message once, and none waits for its ack wait to pass', async () => {
  const { server, cluster } = await queue();
  const count = 300;
  const taken: number[] = [];
  const end = performance.now() + ACK_WAIT_MS;
  const take = async (): Promise<void> => {
    const own = await reach(server);
    while (taken.length < count && performance.now() < end) {
      const delivery = await takeOne(own, STREAM, 'all');
      if (delivery === undefined) continue;
      taken.push(delivery.sequence);
      await delivery.ack();
    }
  };
  const publish = async (): Promise<void> => {
    for (let at = 0; at < count; at++) await cluster.js.publish('queue', 'x');
  };
  await Promise.all([publish(), ...Array.from({ length: 6 }, take)]);
  expect(taken.toSorted((a, b) => a - b)).toEqual(Array.from({ length: count }, (_, at) => at + 1));
});
