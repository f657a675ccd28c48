import type { ClusterAccess } from '@soliloquy/runner/cluster';
import type { ParsedOptions } from './parse-options.ts';
import { UsageError } from './usage-error.ts';

/**
 * How the command line and the environment say to reach a cluster; `undefined` when they name none. Secrets come from
 * the environment and files only.
 */
export function clusterAccess(options: ParsedOptions): ClusterAccess | undefined {
  const { SOLILOQUY_NATS, SOLILOQUY_NATS_USER, SOLILOQUY_NATS_PASSWORD, SOLILOQUY_NATS_CREDS, SOLILOQUY_NATS_NKEY } =
    process.env;
  const url = options.text('nats') ?? SOLILOQUY_NATS;
  if (url === undefined || url === '') return undefined;
  return {
    url,
    user: SOLILOQUY_NATS_USER,
    password: SOLILOQUY_NATS_PASSWORD,
    credsFile: options.text('creds') ?? SOLILOQUY_NATS_CREDS,
    nkeyFile: options.text('nkey') ?? SOLILOQUY_NATS_NKEY,
    tlsCaFile: options.text('tls-ca'),
    tlsCertFile: options.text('tls-cert'),
    tlsKeyFile: options.text('tls-key'),
  };
}

/** @throws UsageError when no cluster is named */
export function neededAccess(command: string, options: ParsedOptions): ClusterAccess {
  const access = clusterAccess(options);
  if (access === undefined)
    throw new UsageError({
      code: 'usage.call',
      where: `soliloquy ${command}`,
      expected: '--nats or SOLILOQUY_NATS',
      got: 'neither',
      remedy: 'name the broker, e.g. --nats nats://host:4222',
    });
  return access;
}
