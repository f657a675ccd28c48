import { createServer } from 'node:http';
import { getRequestListener } from '@hono/node-server';
import { behindDoor } from './front-door.ts';
import { listen, PATIENCE_MS } from './listen.ts';
import { PageFiles } from './page-files.ts';
import { addPlayer } from './player-route.ts';
import { contentType } from './serve-bytes.ts';
import { SessionFile } from './session-file.ts';
import { Sessions } from './sessions.ts';

export interface LiveOptions {
  /** HTML of the page; it finds the avatar at `person.avatar`, the voice at `voice`, the player below `player/` */
  readonly page: string;
  /** bytes of a `.avatar` */
  readonly avatar: Uint8Array;
  /** a recording that the page may play */
  readonly voice?: Uint8Array;
  /** the player as its build leaves it */
  readonly playerFolder: string;
  /** 0: any free one */
  readonly port: number;
}

/** An avatar that is served. */
export interface Live {
  readonly port: number;
  /** Another one-time link to the page. */
  link(): string;
  close(): void;
}

/**
 * Serves one avatar and its player on 127.0.0.1, behind the gateway's door: one-time links, its own Host and Origin,
 * cross-origin isolation.
 *
 * @throws PortTaken
 */
export async function openLive({ page, avatar, voice, playerFolder, port: wanted }: LiveOptions): Promise<Live> {
  const sessions = new Sessions(new SessionFile(undefined, ''));
  let port = 0;
  const app = behindDoor({ sessions, port: () => port });
  const player = await PageFiles.open(playerFolder);
  const bytes = (body: Uint8Array): Response =>
    new Response(body as Uint8Array<ArrayBuffer>, {
      headers: { 'content-type': contentType(''), 'content-length': String(body.length) },
    });
  app.get('/', (c) => c.html(page));
  app.get('/person.avatar', () => bytes(avatar));
  app.get('/voice', (c) => (voice === undefined ? c.notFound() : bytes(voice)));
  addPlayer(app, player);
  const server = createServer(
    { requestTimeout: 10 * PATIENCE_MS, headersTimeout: PATIENCE_MS },
    getRequestListener(app.fetch, { overrideGlobalObjects: false }),
  );
  port = await listen(server, wanted);
  return {
    port,
    link: () => `http://127.0.0.1:${port}/?token=${sessions.newLink(Number.POSITIVE_INFINITY)}`,
    close() {
      server.close();
      server.closeAllConnections();
    },
  };
}
