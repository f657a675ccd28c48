import type { HttpBindings } from '@hono/node-server';
import { Hono, type Context } from 'hono';
import { isArtifactLost } from '@soliloquy/artifacts';
import { partsOf, unexpected } from '@soliloquy/fault';
import { escapeHtml, htmlPage } from '@soliloquy/page';
import { cookieName, guard, SECURITY_HEADERS } from './guard.ts';
import { Refused } from './refusal.ts';
import type { Sessions } from './sessions.ts';

type App = Hono<{ Bindings: HttpBindings }>;
type Ctx = Context<{ Bindings: HttpBindings }>;

/** Who is let in, and how. */
export interface Door {
  readonly sessions: Sessions;
  /** known once the server listens */
  readonly port: () => number;
}

/** An app whose routes are reached with a session only, whose refusals are JSON, and whose answers are isolated. */
export function behindDoor(door: Door): App {
  const app: App = new Hono();
  app.onError((error, c) => {
    if (error instanceof Refused)
      return c.json(error.body, error.status, {
        ...(error.status === 405 && { allow: 'GET, HEAD, POST, PUT' }),
        ...(error.status === 413 && { connection: 'close' }),
      });
    if (isArtifactLost(error)) return c.json({ ...partsOf(error), message: error.message }, 404);
    const fault = unexpected(error, 'gateway', 'to answer');
    return c.json({ ...partsOf(fault), message: fault.message }, 500);
  });
  app.notFound((c) => {
    const refusal = new Refused(404, {
      code: 'gateway.not-found',
      where: c.req.path.slice(0, 200),
      expected: 'a route of the gateway',
      got: 'none',
      remedy: 'see the protocol',
    });
    return c.json(refusal.body, refusal.status);
  });
  app.use(async (c, next) => {
    await next();
    // Of whatever is answered, refusals and faults included.
    for (const [header, value] of Object.entries({ ...SECURITY_HEADERS, 'cache-control': 'no-store' }))
      if (!c.res.headers.has(header)) c.res.headers.set(header, value);
  });
  app.use(async (c, next) => {
    const token = c.req.query('token');
    const { method, path } = c.req;
    if (method === 'GET' && path === '/' && token !== undefined) return enter(c, door, token);
    try {
      guard({ method, path, headers: c.env.incoming.headers }, door.port(), door.sessions);
    } catch (refused) {
      if (refused instanceof Refused && refused.status === 401 && method === 'GET' && path === '/')
        return c.html(doorPage(refused.message), 401);
      throw refused;
    }
    await next();
  });
  return app;
}

/** The front door: a one-time token becomes a cookie, which no script and no other site gets. */
function enter(c: Ctx, { sessions, port }: Door, token: string): Response {
  const { host } = c.env.incoming.headers;
  if (host !== `127.0.0.1:${port()}` && host !== `localhost:${port()}`)
    throw new Refused(421, {
      code: 'gateway.wrong-host',
      where: 'host',
      expected: `127.0.0.1:${port()}`,
      got: 'another',
      remedy: 'open the link as it was printed',
    });
  const cookie = sessions.enter(token);
  if (cookie === undefined)
    return c.html(
      doorPage('link: expected one that was not used yet, got another; press Enter where Soliloquy runs for a new one'),
      401,
    );
  c.header('set-cookie', `${cookieName(port())}=${cookie}; HttpOnly; SameSite=Strict; Path=/`);
  return c.redirect('/', 303);
}

/** A page of one sentence. */
export function doorPage(message: string): string {
  const body = `<h1>Soliloquy</h1><p>${escapeHtml(message)}</p><p><a href="/">Try again</a></p>`;
  return htmlPage({ title: 'Soliloquy', body });
}
