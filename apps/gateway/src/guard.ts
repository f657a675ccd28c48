import type { IncomingHttpHeaders } from 'node:http';
import { Refused } from './refusal.ts';
import type { Sessions } from './sessions.ts';

/** The parts of a request that access control looks at. */
export interface AccessRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  /** an upgrade to a WebSocket */
  readonly upgrade?: boolean;
}

const READS = new Set(['GET', 'HEAD']);

/**
 * Everything is refused but what has the exact Host, an Origin that is the page's own where there is one (and there
 * must be one on every change and every WebSocket), the session's cookie, and on changes a JSON content type, which no
 * form and no foreign page can send unasked.
 *
 * The Host is compared with a fixed list, never with the Origin: a page whose name is made to point here (DNS
 * rebinding) has both alike.
 *
 * @throws Refused 401, 403, 405, 415, 421
 */
export function guard({ method, path, headers, upgrade }: AccessRequest, port: number, sessions: Sessions): void {
  const hosts = [`127.0.0.1:${port}`, `localhost:${port}`];
  const { host, origin } = headers;
  if (host === undefined || !hosts.includes(host))
    throw new Refused(421, {
      code: 'gateway.wrong-host',
      where: 'host',
      expected: hosts.join(' or '),
      got: quoted(host),
      remedy: 'open the link that Soliloquy printed',
    });
  const change = !READS.has(method);
  if (change && !['POST', 'PUT'].includes(method))
    throw new Refused(405, {
      code: 'gateway.wrong-method',
      where: 'method',
      expected: 'GET, HEAD, POST or PUT',
      got: method,
      remedy: 'see the protocol',
    });
  if (origin !== undefined ? origin !== `http://${host}` : change || upgrade === true)
    throw new Refused(403, {
      code: 'gateway.wrong-origin',
      where: 'origin',
      expected: `http://${host}`,
      got: quoted(origin),
      remedy: 'use the page that the gateway serves',
    });
  const site = headers['sec-fetch-site'];
  // The link in a terminal comes from nowhere; one in a chat from another site: the front door alone is open to both.
  if (
    site !== undefined &&
    site !== 'same-origin' &&
    !(path === '/' && !change && upgrade !== true) &&
    !(site === 'none' && !change)
  )
    throw new Refused(403, {
      code: 'gateway.wrong-origin',
      where: 'sec-fetch-site',
      expected: 'same-origin',
      got: quoted(String(site)),
      remedy: 'use the page that the gateway serves',
    });
  if (!sessions.holds(cookieOf(headers.cookie, cookieName(port))))
    throw new Refused(401, {
      code: 'gateway.no-session',
      where: 'session',
      expected: 'the cookie of this gateway',
      got: 'none that it gave',
      remedy: 'open the link that Soliloquy printed (each works once: press Enter there for another)',
    });
  if (change && !/^application\/json(;\s*charset=utf-8)?$/i.test(headers['content-type'] ?? ''))
    throw new Refused(415, {
      code: 'gateway.wrong-content-type',
      where: 'content-type',
      expected: 'application/json',
      got: quoted(headers['content-type']),
      remedy: 'send JSON',
    });
}

/** Cookies do not know ports: two gateways on one machine need two names. */
export function cookieName(port: number): string {
  return `soliloquy-${port}`;
}

function cookieOf(header: string | undefined, name: string): string | undefined {
  return header
    ?.split(';')
    .map((pair) => pair.trim().split('='))
    .find(([key]) => key === name)?.[1];
}

function quoted(value: string | undefined): string {
  return value === undefined ? 'none' : `"${value.slice(0, 80)}"`;
}

/**
 * On every answer: the page is cross-origin isolated (threads in wasm), runs its own scripts only, talks to nobody else
 * and is shown in nobody's frame.
 */
export const SECURITY_HEADERS: Readonly<Record<string, string>> = {
  'content-security-policy': [
    "default-src 'none'",
    "script-src 'self' 'wasm-unsafe-eval'",
    "style-src 'self'",
    "style-src-attr 'unsafe-inline'",
    "img-src 'self' blob: data:",
    "media-src 'self' blob:",
    "font-src 'self'",
    "connect-src 'self'",
    "worker-src 'self' blob:",
    "frame-src 'self'",
    "manifest-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; '),
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-embedder-policy': 'require-corp',
  'cross-origin-resource-policy': 'same-origin',
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'permissions-policy': 'camera=(), microphone=(self), geolocation=(), payment=(), usb=()',
};

/** Of a file that a task or a person made: whatever is in it runs nothing and loads nothing. */
export const ARTIFACT_POLICY =
  "default-src 'none'; style-src 'unsafe-inline'; img-src data:; media-src data: 'self'; sandbox; " +
  "frame-ancestors 'self'";
