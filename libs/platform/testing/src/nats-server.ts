import { spawn, type ChildProcess } from 'node:child_process';
import { accessSync, constants, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect, createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { Fault } from '@soliloquy/fault';

/** Why a test that needs a server is skipped. */
export const NO_NATS_SERVER =
  'no nats-server: install it (apt-get install nats-server) or name it with NATS_SERVER_BIN';

/** The program: NATS_SERVER_BIN, else on PATH, else where Debian puts it; `undefined` when there is none. */
export function findNatsServer(): string | undefined {
  const told = process.env.NATS_SERVER_BIN;
  const places = told
    ? [told]
    : [...(process.env.PATH ?? '').split(delimiter), '/usr/sbin', '/usr/local/sbin'].map((folder) =>
        join(folder, 'nats-server'),
      );
  return places.find((path) => {
    try {
      accessSync(path, constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}

/** A server with JetStream on a port and in a folder of its own. */
export interface NatsServer {
  readonly url: string;
  readonly port: number;
  readonly folder: string;
  readonly pid: number;
  /** kill -9. What it has stored stays. */
  kill(): Promise<void>;
  /** Starts it again after `kill`, on the same port and folder. */
  start(): Promise<void>;
  /** Stops it without warning: connections hang. `resume` lets it go on. */
  pause(): void;
  resume(): void;
  /** Ends it and removes its folder. */
  stop(): Promise<void>;
}

/** Settings to merge, or the text of the file from port and folder. */
export type NatsServerConfig = Readonly<Record<string, unknown>> | ((port: number, folder: string) => string);

const PATIENCE_MS = 30_000;

/** A test that dies must leave none behind. */
const running = new Set<ChildProcess>();
process.once('exit', () => running.forEach((child) => child.kill('SIGKILL')));

/**
 * Starts a real nats-server.
 *
 * @param config merged over host, port and JetStream's folder, as `nats-server.conf` would have it (JSON is one of its
 *   forms); or a function that writes the whole text
 * @throws when there is none, or it does not come up; what it said is in the message
 */
export async function startNatsServer(config: NatsServerConfig = {}): Promise<NatsServer> {
  const program = findNatsServer();
  if (program === undefined)
    throw new Fault({
      code: 'testing.argument',
      where: 'testing.nats-server',
      expected: 'a server',
      got: 'none',
      remedy: NO_NATS_SERVER,
      audience: 'author',
    });
  const folder = mkdtempSync(join(tmpdir(), 'soliloquy-nats-'));
  const port = await freePort();
  const file = join(folder, 'nats-server.conf');
  if (typeof config === 'function') writeFileSync(file, config(port, folder));
  else {
    const { jetstream, ...rest } = config as { jetstream?: object };
    writeFileSync(
      file,
      JSON.stringify(
        { host: '127.0.0.1', port, jetstream: { store_dir: join(folder, 'jetstream'), ...jetstream }, ...rest },
        null,
        2,
      ),
    );
  }
  let child: ChildProcess | undefined;
  let said = '';

  async function start(): Promise<void> {
    const started = spawn(program as string, ['-c', file], { stdio: ['ignore', 'ignore', 'pipe'] });
    child = started;
    started.stderr.on('data', (data: Buffer) => void (said = (said + data.toString()).slice(-4000)));
    running.add(started);
    const end = performance.now() + PATIENCE_MS;
    while (!said.includes('Server is ready') || !(await answers(port))) {
      if (started.exitCode !== null || performance.now() > end)
        throw new Error(`testing.nats-server: expected a server on port ${port}, got: ${said}`);
      await setTimeout(20);
    }
  }

  async function kill(): Promise<void> {
    const killed = child;
    child = undefined;
    said = '';
    if (killed === undefined) return;
    running.delete(killed);
    if (killed.exitCode !== null || killed.signalCode !== null) return;
    const ended = new Promise((resolve) => killed.once('exit', resolve));
    killed.kill('SIGKILL');
    await ended;
  }

  await start();
  return {
    url: `nats://127.0.0.1:${port}`,
    port,
    folder,
    get pid() {
      return child?.pid as number;
    },
    kill,
    start,
    pause: () => void child?.kill('SIGSTOP'),
    resume: () => void child?.kill('SIGCONT'),
    async stop() {
      await kill();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** A port that nobody listens on now. */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => resolve(port));
    });
  });
}

function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    const end = (came: boolean): void => {
      socket.destroy();
      resolve(came);
    };
    socket.once('data', () => end(true));
    socket.once('error', () => end(false));
    socket.setTimeout(1000, () => end(false));
  });
}
