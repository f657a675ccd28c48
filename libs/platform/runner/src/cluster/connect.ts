import { readFileSync } from 'node:fs';
import {
  connect,
  credsAuthenticator,
  nkeyAuthenticator,
  type NatsConnection,
  type NodeConnectionOptions,
} from '@nats-io/transport-node';
import { ClusterError } from './cluster-error.ts';

/** How to reach a cluster's broker. Files are paths. */
export interface ClusterAccess {
  /** One or several, separated by commas: `nats://host:4222`, `tls://host:4222`. User and password may stand in it. */
  readonly url: string;
  readonly user?: string;
  readonly password?: string;
  /** File with an nkey seed (`SU…`). */
  readonly nkeyFile?: string;
  /** File with a JWT and its seed, as `nsc` writes it. */
  readonly credsFile?: string;
  /** The authority that the server's certificate is checked against; else those of the system. */
  readonly tlsCaFile?: string;
  /** Certificate and key of this client, where the server asks for one. */
  readonly tlsCertFile?: string;
  readonly tlsKeyFile?: string;
}

/** A server that comes back is found again within this. */
const RECONNECT_MS = 250;

/**
 * Connects to a cluster's broker, and again for ever whenever the connection is lost.
 *
 * @param name that the server shows for the connection
 * @throws ClusterError when it cannot be reached at all, or refuses
 */
export async function connectTo(access: ClusterAccess, name: string): Promise<NatsConnection> {
  const servers: string[] = [];
  let { user, password } = access;
  for (const text of access.url.split(',').map((part) => part.trim())) {
    const url = parseAddress(text);
    if (url.username !== '') [user, password] = [decodeURIComponent(url.username), decodeURIComponent(url.password)];
    servers.push(`${url.protocol}//${url.host}`);
  }
  const tls =
    servers.some((server) => server.startsWith('tls:')) ||
    access.tlsCaFile !== undefined ||
    access.tlsCertFile !== undefined;
  const options: NodeConnectionOptions = {
    servers,
    name,
    maxReconnectAttempts: -1,
    reconnectTimeWait: RECONNECT_MS,
    reconnectJitter: RECONNECT_MS,
    reconnectJitterTLS: RECONNECT_MS,
    pingInterval: 10_000,
    maxPingOut: 2,
    noAsyncTraces: true,
    ...(user !== undefined ? { user, pass: password } : {}),
    ...(tls ? { tls: { caFile: access.tlsCaFile, certFile: access.tlsCertFile, keyFile: access.tlsKeyFile } } : {}),
  };
  if (access.nkeyFile !== undefined)
    options.authenticator = nkeyAuthenticator(
      new TextEncoder().encode(new TextDecoder().decode(read('nkey', access.nkeyFile)).trim()),
    );
  if (access.credsFile !== undefined) options.authenticator = credsAuthenticator(read('creds', access.credsFile));
  for (const [what, path] of [
    ['tls-ca', access.tlsCaFile],
    ['tls-cert', access.tlsCertFile],
    ['tls-key', access.tlsKeyFile],
  ] as const)
    if (path !== undefined) read(what, path);
  try {
    return await connect(options);
  } catch (cause) {
    throw unreached(servers, cause as Error);
  }
}

function parseAddress(text: string): URL {
  let url: URL;
  try {
    url = new URL(text.includes('://') ? text : `nats://${text}`);
  } catch (cause) {
    throw new ClusterError(
      {
        code: 'cluster.address',
        where: 'cluster.url',
        expected: 'an address like nats://host:4222',
        got: `"${text}"`,
        remedy: 'correct it',
      },
      { cause },
    );
  }
  if (!['nats:', 'tls:'].includes(url.protocol))
    throw new ClusterError({
      code: 'cluster.address',
      where: 'cluster.url',
      expected: 'nats:// or tls://',
      got: `"${url.protocol}//"`,
      remedy: 'the broker is reached by its own protocol only',
    });
  return url;
}

/** Why no broker was reached. */
function unreached(servers: readonly string[], cause: Error): ClusterError {
  const { name: kind, message } = cause;
  if (/auth/i.test(kind) || /authorization/i.test(message))
    return new ClusterError(
      {
        code: 'cluster.refused',
        where: 'cluster.url',
        expected: `${servers.join(', ')} to let us in`,
        got: `"${message}"`,
        remedy: 'give user and password, --nkey or --creds',
      },
      { cause },
    );
  return new ClusterError(
    {
      code: 'cluster.away',
      where: 'cluster.url',
      expected: `a NATS server at ${servers.join(', ')}`,
      got: `"${message}"`,
      remedy: 'start one (nats-server -js) or correct the address',
    },
    { cause },
  );
}

function read(what: string, path: string): Uint8Array {
  try {
    return readFileSync(path);
  } catch (cause) {
    throw new ClusterError(
      {
        code: 'cluster.address',
        where: `--${what}`,
        expected: 'a file that can be read',
        got: `${(cause as NodeJS.ErrnoException).code} at ${path}`,
        remedy: 'check the path',
      },
      { cause },
    );
  }
}
