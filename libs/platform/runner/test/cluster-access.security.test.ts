import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { jetstreamManager } from '@nats-io/jetstream';
import { createUser } from '@nats-io/nkeys';
import { describe, expect, test } from 'vitest';
import { connectTo, listWorkers, type ClusterAccess } from '../src/cluster/index.ts';
import { needsNatsServer, reach, runOver, serve, startWorker, sums } from './fixture/cluster-bench.ts';
import { operatorMode } from './fixture/jwt.ts';
import { freshFolder } from './fixture/workbench.ts';

needsNatsServer();

const EXAMPLE = readFileSync(new URL('../nats-server.conf', import.meta.url), 'utf8');

/** A certificate for localhost that signs itself, and its key. */
function certificate(folder: string): { cert: string; key: string } {
  const [cert, key] = [join(folder, 'cert.pem'), join(folder, 'key.pem')];
  execFileSync(
    'openssl',
    [
      'req',
      '-x509',
      '-newkey',
      'ec',
      '-pkeyopt',
      'ec_paramgen_curve:prime256v1',
      '-nodes',
      '-days',
      '2',
      '-subj',
      '/CN=localhost',
      '-addext',
      'subjectAltName=DNS:localhost',
      '-keyout',
      key,
      '-out',
      cert,
    ],
    { stdio: 'ignore' },
  );
  return { cert, key };
}

/** The example, as a person fills it in. */
async function exampleServer(): Promise<{
  runner: ClusterAccess;
  worker: ClusterAccess;
  nkey: ClusterAccess;
  url: string;
  ca: string;
}> {
  const folder = freshFolder();
  const { cert, key } = certificate(folder);
  const user = createUser();
  const nkeyFile = join(folder, 'worker.nk');
  writeFileSync(nkeyFile, new TextDecoder().decode(user.getSeed()));
  Object.assign(process.env, {
    RUNNER_PASSWORD: 'a-long-password',
    WORKER_PASSWORD: 'another-password',
    WORKER_NKEY: user.getPublicKey(),
  });
  const { port } = await serve((free, home) =>
    EXAMPLE.replace('port: 4222', `host: 127.0.0.1\nport: ${free}`)
      .replace('/var/lib/nats/jetstream', join(home, 'jetstream'))
      .replace('max_file_store: 400GB', 'max_file_store: 1GB')
      .replace('/etc/nats/server-cert.pem', cert)
      .replace('/etc/nats/server-key.pem', key),
  );
  const url = `tls://localhost:${port}`;
  return {
    url,
    ca: cert,
    runner: { url, user: 'runner', password: 'a-long-password', tlsCaFile: cert },
    worker: { url, user: 'worker', password: 'another-password', tlsCaFile: cert },
    nkey: { url, nkeyFile, tlsCaFile: cert },
  };
}

describe('the example nats-server.conf', () => {
  test('lets a run through over TLS, workers by password and by nkey, and lets these do nothing else', async () => {
    const { runner, worker, nkey, url, ca } = await exampleServer();
    await expect(startWorker(worker)).rejects.toThrow(
      /expected to make this stream|expected a NATS server with JetStream/,
    );
    const look = await reach(runner);
    const [byPassword, byNkey] = [await startWorker(worker), await startWorker(nkey)];
    expect((await listWorkers(look)).map(({ id }) => id).sort()).toEqual([byPassword.id, byNkey.id].sort());
    // Operations go from worker to worker, large values by the object store.
    const asking = await runOver(runner, freshFolder(), sums(3, 2, 0, { backbone: 'asking' }));
    expect({ status: asking.status, failures: asking.failures }).toEqual({ status: 'done', failures: [] });
    const refused = await runOver(runner, freshFolder(), sums(1, 3, 0, { backbone: 'refusing' }));
    expect(refused.failures).toMatchObject([{ code: 'stage.too-odd' }]);
    expect(byPassword.said() + byNkey.said()).not.toMatch(/permission/i);

    const connection = await connectTo(worker, 'test');
    try {
      const manager = await jetstreamManager(connection, { checkAPI: false, timeout: 1000 });
      for (const forbidden of [
        () => manager.streams.delete('SOLILOQUY_WORK'),
        () => manager.streams.purge('SOLILOQUY_EVENTS'),
        () => manager.streams.add({ name: 'MINE', subjects: ['mine'] }),
        () => connection.request('$KV.soliloquy-runs.any', '{}', { timeout: 1000 }),
        () => connection.request(`soliloquy.events.${asking.run}`, '{}', { timeout: 1000 }),
        () => connection.request('$KV.soliloquy-catalog.result.any', '{}', { timeout: 1000 }),
      ]) {
        await expect(forbidden()).rejects.toThrow();
      }
    } finally {
      await connection.close();
    }
    expect((await look.manager.streams.info('SOLILOQUY_EVENTS')).state.messages).toBeGreaterThan(0);

    await expect(connectTo({ url, user: 'worker', password: 'wrong', tlsCaFile: ca }, 'test')).rejects.toMatchObject({
      code: 'cluster.refused',
      message: expect.stringMatching(
        /: expected tls:.* to let us in, got .*; give user and password, --nkey or --creds/,
      ) as string,
    });
    await expect(connectTo({ url, user: 'worker', password: 'another-password' }, 'test')).rejects.toMatchObject({
      code: 'cluster.away',
    });
  });
});

describe('a credentials file', () => {
  test('gets a runner and a worker into an account of an operator', async () => {
    const { config, creds } = operatorMode({});
    const { url } = await serve(config);
    const credsFile = join(freshFolder(), 'lab.creds');
    writeFileSync(credsFile, creds);
    await expect(connectTo({ url }, 'test')).rejects.toMatchObject({ code: 'cluster.refused' });
    await startWorker({ url, credsFile });
    expect(await runOver({ url, credsFile }, freshFolder(), sums(2, 4))).toMatchObject({
      status: 'done',
      failures: [],
    });
  });
});

describe('what is no way to a cluster', () => {
  test.each([
    [
      'an address without sense',
      { url: 'nats://:::' },
      'cluster.address',
      /^cluster\.url: expected an address like nats:\/\/host:4222, got /,
    ],
    [
      'another protocol',
      { url: 'http://127.0.0.1' },
      'cluster.address',
      /^cluster\.url: expected nats:\/\/ or tls:\/\/, got "http:\/\/"; /,
    ],
    [
      'a port that nobody listens on',
      { url: 'nats://127.0.0.1:9' },
      'cluster.away',
      /^cluster\.url: expected a NATS server at nats:\/\/127\.0\.0\.1:9, got .*; start one/,
    ],
    [
      'a file that is not there',
      { url: 'nats://127.0.0.1:9', credsFile: '/none.creds' },
      'cluster.address',
      /^--creds: expected a file that can be read, got ENOENT at \/none\.creds; check the path$/,
    ],
  ] as const)('%s is named', async (_what, access, code, message) => {
    await expect(connectTo(access, 'test')).rejects.toMatchObject({
      code,
      message: expect.stringMatching(message) as string,
    });
  });
});
