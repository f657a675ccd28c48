import { describe, expect, test } from 'vitest';
import { ARTIFACT_POLICY, cookieName, guard, SECURITY_HEADERS, type AccessRequest } from '../src/guard.ts';
import { Refused } from '../src/refusal.ts';
import { SessionFile } from '../src/session-file.ts';
import { Sessions } from '../src/sessions.ts';

const PORT = 8123;
const HOST = `127.0.0.1:${PORT}`;
const ORIGIN = `http://${HOST}`;
const sessions = new Sessions(new SessionFile(undefined, '.'));
const cookie = `soliloquy-${PORT}=${sessions.enter(sessions.newLink())}`;

type Headers = Readonly<Record<string, string | undefined>>;

const read = (headers: Headers = {}): AccessRequest => ({
  method: 'GET',
  path: '/api/runs',
  headers: { host: HOST, cookie, ...headers },
});
const change = (headers: Headers = {}): AccessRequest => ({
  method: 'POST',
  path: '/api/runs',
  headers: { host: HOST, cookie, origin: ORIGIN, 'content-type': 'application/json', ...headers },
});
const upgrade = (headers: Headers = {}): AccessRequest => ({ ...read({ origin: ORIGIN, ...headers }), upgrade: true });

/** What the guard says to who knocks: `let in`, or the status and the code. */
function answered(knock: AccessRequest): string {
  try {
    guard(knock, PORT, sessions);
    return 'let in';
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    return `${error.status} ${error.code}`;
  }
}

function said(knock: AccessRequest): string {
  try {
    guard(knock, PORT, sessions);
    return '';
  } catch (error) {
    return (error as Error).message;
  }
}

test('the page is let in: what it reads, what it changes, and its socket', () => {
  const heads = { ...read(), method: 'HEAD' };
  const puts = { ...change(), method: 'PUT' };
  for (const knock of [read(), read({ origin: ORIGIN }), heads, change(), puts, upgrade()])
    expect(answered(knock)).toBe('let in');
});

test('both names of this machine are its Host, each with the Origin of that name', () => {
  const host = `localhost:${PORT}`;
  expect(answered(change({ host, origin: `http://${host}` }))).toBe('let in');
  expect(answered(change({ host, origin: ORIGIN }))).toBe('403 gateway.wrong-origin');
  expect(answered(change({ origin: `http://${host}` }))).toBe('403 gateway.wrong-origin');
});

test.each([
  undefined,
  '',
  'evil.example',
  '127.0.0.1',
  'localhost',
  `127.0.0.1:${PORT + 1}`,
  `x127.0.0.1:${PORT}`,
  `127.0.0.1:${PORT}0`,
])('the Host %j is refused, even where the Origin agrees', (host) => {
  expect(answered(read({ host }))).toBe('421 gateway.wrong-host');
  expect(answered(change({ host, origin: `http://${host}` }))).toBe('421 gateway.wrong-host');
});

test.each(['DELETE', 'PATCH', 'OPTIONS', 'TRACE', 'get', ''])('the method %j is refused', (method) => {
  expect(answered({ ...change(), method })).toBe('405 gateway.wrong-method');
});

test.each(['http://evil.example', 'null', '', `https://${HOST}`, `http://127.0.0.1:${PORT + 1}`, `${ORIGIN}/`])(
  'the Origin %j is refused to read, to change and to listen',
  (origin) => {
    for (const knock of [read({ origin }), change({ origin }), upgrade({ origin })])
      expect(answered(knock)).toBe('403 gateway.wrong-origin');
  },
);

test('without an Origin one may read, and neither change nor listen', () => {
  expect(answered(read({ origin: undefined }))).toBe('let in');
  expect(answered(change({ origin: undefined }))).toBe('403 gateway.wrong-origin');
  expect(answered(upgrade({ origin: undefined }))).toBe('403 gateway.wrong-origin');
  expect(answered({ ...read(), upgrade: false })).toBe('let in');
});

describe('sec-fetch-site', () => {
  const site = (value: string): Headers => ({ 'sec-fetch-site': value });
  const door = (knock: AccessRequest): AccessRequest => ({ ...knock, path: '/' });

  test('same-origin does all', () => {
    for (const knock of [read, change, upgrade]) expect(answered(knock(site('same-origin')))).toBe('let in');
  });

  test('none, as of a link in a terminal, may read and not change', () => {
    expect(answered(read(site('none')))).toBe('let in');
    expect(answered(change(site('none')))).toBe('403 gateway.wrong-origin');
  });

  test.each(['cross-site', 'same-site'])('%s may come to the front door, and does nothing there', (value) => {
    expect(answered(door(read(site(value))))).toBe('let in');
    expect(answered({ ...door(read(site(value))), upgrade: false })).toBe('let in');
    expect(answered(door(change(site(value))))).toBe('403 gateway.wrong-origin');
    expect(answered(door(upgrade(site(value))))).toBe('403 gateway.wrong-origin');
    for (const knock of [read, change, upgrade]) expect(answered(knock(site(value)))).toBe('403 gateway.wrong-origin');
  });
});

describe('the cookie', () => {
  const value = cookie.split('=')[1];

  test.each([
    ['alone', cookie],
    ['after another', `other=1; ${cookie}`],
    ['before another, without a space', `${cookie};other=1`],
    ['beside the one of another gateway', `soliloquy-1=x; ${cookie}`],
  ])('%s is found', (_where, header) => {
    expect(answered(read({ cookie: header }))).toBe('let in');
  });

  test.each([
    ['none', undefined],
    ['an empty one', ''],
    ['a name without a value', cookieName(PORT)],
    ['a wrong value', `${cookieName(PORT)}=${value.slice(0, -1)}_`],
    ['the name of another port', `soliloquy-1=${value}`],
    ['a longer name', `x${cookie}`],
    ['the value as the name', `${value}=${value}`],
  ])('%s is refused', (_what, header) => {
    for (const knock of [read, change, upgrade])
      expect(answered(knock({ cookie: header }))).toBe('401 gateway.no-session');
  });

  test('is that of its port', () => {
    expect(cookieName(PORT)).toBe('soliloquy-8123');
    expect(() => guard({ ...read(), headers: { host: 'localhost:1', cookie } }, 1, sessions)).toThrow(/session/);
  });
});

describe('the content type of a change', () => {
  test.each([
    'application/json',
    'APPLICATION/JSON',
    'application/json; charset=utf-8',
    'application/json;charset=UTF-8',
  ])('%s is taken', (type) => expect(answered(change({ 'content-type': type }))).toBe('let in'));

  test.each([
    undefined,
    '',
    'text/plain',
    'text/plain; application/json',
    'application/json-patch',
    'application/json; charset=utf-16',
    'application/json; charset=utf-8; x=y',
    'application/json;  boundary=x',
  ])('%s is refused', (type) => {
    expect(answered(change({ 'content-type': type }))).toBe('415 gateway.wrong-content-type');
  });

  test('is not asked of who reads', () => {
    expect(answered(read({ 'content-type': 'text/plain' }))).toBe('let in');
    expect(answered({ ...read(), method: 'HEAD' })).toBe('let in');
  });
});

test('a refusal repeats at most 80 characters of what was sent, and says none where nothing was', () => {
  expect(said(read({ host: 'x'.repeat(1000) }))).toContain(`got "${'x'.repeat(80)}"`);
  expect(said(read({ host: undefined }))).toContain('got none');
});

test('every answer forbids scripts, frames and sources that are not the own ones', () => {
  const policy = Object.fromEntries(
    SECURITY_HEADERS['content-security-policy'].split('; ').map((rule) => rule.split(/ (.*)/).slice(0, 2)),
  );
  expect(policy).toEqual({
    'default-src': "'none'",
    'script-src': "'self' 'wasm-unsafe-eval'",
    'style-src': "'self'",
    'style-src-attr': "'unsafe-inline'",
    'img-src': "'self' blob: data:",
    'media-src': "'self' blob:",
    'font-src': "'self'",
    'connect-src': "'self'",
    'worker-src': "'self' blob:",
    'frame-src': "'self'",
    'manifest-src': "'self'",
    'base-uri': "'none'",
    'form-action': "'none'",
    'frame-ancestors': "'none'",
  });
  expect(SECURITY_HEADERS).toMatchObject({
    'cross-origin-opener-policy': 'same-origin',
    'cross-origin-embedder-policy': 'require-corp',
    'cross-origin-resource-policy': 'same-origin',
    'x-content-type-options': 'nosniff',
    'referrer-policy': 'no-referrer',
  });
  for (const sense of ['camera', 'geolocation', 'payment', 'usb'])
    expect(SECURITY_HEADERS['permissions-policy']).toContain(`${sense}=()`);
  // An avatar hears whoever sits before the page, and nobody in a frame of it.
  expect(SECURITY_HEADERS['permissions-policy']).toContain('microphone=(self)');
});

test('a file that somebody made is shown without scripts, in a sandbox, in the own page only', () => {
  expect(ARTIFACT_POLICY.split('; ')).toEqual(
    expect.arrayContaining(["default-src 'none'", 'sandbox', "frame-ancestors 'self'"]),
  );
  expect(ARTIFACT_POLICY).not.toMatch(/script/);
});
