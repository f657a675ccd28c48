import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Fault } from '@soliloquy/fault';

/** A port that cannot be listened on. */
export class PortTaken extends Fault<'gateway.port-taken'> {
  static override readonly phase = 'before-run';
  override readonly name = 'PortTaken';
}

/** Slow or silent clients are let go after this. */
export const PATIENCE_MS = 30_000;

/** @param wanted 0: any free one @returns the port @throws PortTaken */
export function listen(server: Server, wanted: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', (cause: NodeJS.ErrnoException) =>
      reject(
        new PortTaken(
          {
            code: 'gateway.port-taken',
            where: '--port',
            expected: 'a free port',
            got: `${wanted}, which is ${cause.code === 'EADDRINUSE' ? 'taken' : `refused (${cause.code})`}`,
            remedy: 'choose another',
          },
          { cause },
        ),
      ),
    );
    server.listen(wanted, '127.0.0.1', () => resolve((server.address() as AddressInfo).port));
  });
}
