import { once } from 'node:events';
import { mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { ROUTES } from '../src/protocol/index.ts';
import { createRoutes, type RouteParts } from '../src/routes.ts';
import { ANSWER_MS, openBench, snapshot, type Answer, type Asked, type Bench } from './fixture/open-gateway.ts';

let bench: Bench;
let digest = '';
const SECRET = 'only for me';

beforeAll(async () => {
  bench = await openBench();
  const outside = join(bench.project, '..');
  writeFileSync(join(outside, 'secret.txt'), SECRET);
  writeFileSync(
    join(outside, 'secret.json'),
    JSON.stringify({ format: 1, name: 'secret', description: SECRET, nodes: {} }),
  );
  mkdirSync(join(outside, 'elsewhere'));
  symlinkSync(join(outside, 'secret.json'), join(bench.project, 'graphs/link.json'));
  symlinkSync(join(outside, 'secret.txt'), join(bench.project, 'graphs/link.txt'));
  symlinkSync(join(outside, 'elsewhere'), join(bench.project, 'away'));
  symlinkSync(join(outside, 'nowhere.json'), join(bench.project, 'graphs/dangling.json'));
  writeFileSync(
    join(bench.project, '.soliloquy/hidden.json'),
    JSON.stringify({ format: 1, name: 'hidden', nodes: {} }),
  );
  ({ digest } = await bench.open());
});
afterAll(() => bench.close());

/** Every route with every method that it has, and a body that it would take: complete, or the test below fails. */
const EVERY: [method: string, route: keyof typeof ROUTES, body?: () => unknown][] = [
  ['GET', 'enter'],
  ['GET', 'session'],
  ['POST', 'links', () => ({})],
  ['GET', 'catalogue'],
  ['GET', 'documents'],
  ['GET', 'document'],
  [
    'PUT',
    'document',
    () => ({ path: 'graphs/small.json', text: '{"format":1,"name":"broken-in","nodes":{}}', base: digest }),
  ],
  ['POST', 'removal', () => ({ path: 'graphs/small.json', base: digest })],
  ['POST', 'plan', () => ({ path: 'graphs/small.json' })],
  ['GET', 'runs'],
  ['POST', 'runs', () => ({ path: 'graphs/small.json', digest })],
  ['GET', 'queue'],
  ['GET', 'run'],
  ['PUT', 'label', () => ({ name: 'mine', baseline: true })],
  ['POST', 'forget', () => ({})],
  ['POST', 'cancel', () => ({})],
  ['POST', 'proceed', () => ({})],
  ['GET', 'history'],
  ['GET', 'output'],
  ['GET', 'download'],
  ['GET', 'compare'],
  ['GET', 'sweeps'],
  ['POST', 'sweeps', () => ({ path: 'graphs/small.json', digest, vary: { 'last.ms': ['1', '2'] } })],
  ['GET', 'sweep'],
  ['GET', 'result'],
  ['GET', 'artifact'],
  ['GET', 'file'],
  ['POST', 'uploads', () => ({ name: 'x.txt', bytes: 3 })],
  ['POST', 'upload', () => ({ at: 0, base64: 'eHh4' })],
  ['GET', 'export'],
  ['GET', 'events'],
];
const changes = EVERY.filter(([method]) => method !== 'GET');
const pathOf = (route: keyof typeof ROUTES): string =>
  ROUTES[route].replace(/:\w+/g, 'x') + (route === 'document' || route === 'export' ? '?path=graphs/small.json' : '');

test('every route of the router is tried here with every method that it has', () => {
  const routed = createRoutes({} as RouteParts)
    .routes.filter(({ method }) => method !== 'ALL')
    .map(({ method, path }) => `${method} ${path}`);
  // the door is opened before the routes, the socket beside them; the files of page and player are all that is left
  const tried = EVERY.filter(([, route]) => route !== 'enter' && route !== 'events').map(
    ([method, route]) => `${method} ${ROUTES[route]}`,
  );
  expect([...routed].sort()).toEqual([...tried, 'GET /player/*', 'GET /*'].sort());
  expect([...new Set(EVERY.map(([, route]) => route))].sort()).toEqual(Object.keys(ROUTES).sort());
});

test('files of the player are for whoever was let in, and nothing beside them is served', async () => {
  await refused(401, '/player/player.js', { headers: { cookie: undefined } });
  expect((await bench.ask('/player/player.js')).status).toBe(200);
  for (const path of [
    '/player/',
    '/player/none.js',
    '/player/..%2fpage%2findex.html',
    '/player/%2e%2e/page/index.html',
  ])
    expect([path, (await bench.ask(path)).status]).toEqual([path, 404]);
});

/**
 * Asks, and sees that it was refused, that nothing was told, and that nothing changed on disk, in the queue, or among
 * the links.
 */
async function refused(status: number, path: string, asked: Asked): Promise<Answer> {
  const before = [snapshot(join(bench.project, '..')), (await bench.ask(ROUTES.queue)).json];
  const answer = await bench.ask(path, asked);
  expect(answer.status, answer.bytes.toString('utf8').slice(0, 300)).toBe(status);
  expect(answer.bytes.toString('utf8')).not.toContain(SECRET);
  expect([snapshot(join(bench.project, '..')), (await bench.ask(ROUTES.queue)).json]).toEqual(before);
  return answer;
}

describe.each(EVERY)('%s %s', (method, route, body) => {
  const asked = (headers: Asked['headers']): Asked => ({ method, headers, body: body?.() });
  test('without the cookie, or with a wrong one, is refused', async () => {
    await refused(401, pathOf(route), asked({ cookie: undefined }));
    await refused(401, pathOf(route), asked({ cookie: `${bench.cookie.slice(0, -1)}_` }));
    await refused(401, pathOf(route), asked({ cookie: bench.cookie.replace(/^soliloquy-\d+/, 'soliloquy-1') }));
  });
  test('under another Host is refused, even where the Origin agrees with it', async () => {
    for (const host of [
      'evil.example',
      `evil.example:${bench.gateway.port}`,
      '127.0.0.1',
      `127.0.0.1:${bench.gateway.port + 1}`,
      `0.0.0.0:${bench.gateway.port}`,
      `[::1]:${bench.gateway.port}`,
    ])
      await refused(421, pathOf(route), asked({ host, origin: `http://${host}` }));
    await refused(400, pathOf(route), asked({ host: '' }));
  });
  test('from another Origin, or from null, is refused', async () => {
    const near = [
      `http://localhost:${bench.gateway.port}`,
      `https://127.0.0.1:${bench.gateway.port}`,
      `http://127.0.0.1:${bench.gateway.port}.evil.example`,
      `http://127.0.0.1:${bench.gateway.port + 1}`,
    ];
    for (const origin of ['http://evil.example', 'null', ...near]) await refused(403, pathOf(route), asked({ origin }));
  });
});

test.each(EVERY.filter(([, route]) => route !== 'enter'))(
  '%s %s from another site is refused, whatever else it brings',
  async (method, route, body) => {
    for (const site of ['cross-site', 'same-site'])
      await refused(403, pathOf(route), { method, headers: { 'sec-fetch-site': site }, body: body?.() });
  },
);

/** A gateway that has heard enough may hang up before all was said. */
const hungUp = (error: Error): void => expect(error.message).toMatch(/ECONNRESET|EPIPE|socket hang up/);

describe.each(changes)('%s %s', (method, route, body) => {
  test('as a form, as plain text or without a type is refused', async () => {
    for (const type of [
      'application/x-www-form-urlencoded',
      'multipart/form-data; boundary=x',
      'text/plain',
      'text/plain; application/json',
      'application/json; charset=utf-16',
      undefined,
    ])
      await refused(415, pathOf(route), { method, headers: { 'content-type': type }, body: body?.() });
  });
  test('without an Origin is refused', async () => {
    await refused(403, pathOf(route), { method, headers: { origin: undefined }, body: body?.() });
  });
  test('of another form is refused', async () => {
    for (const raw of ['{', 'null', '[]', '{"no":"such"}', '{"__proto__":{"path":"graphs/small.json"}}']) {
      const { status } = await bench.ask(pathOf(route), { method, raw: [raw] });
      expect([400, 404]).toContain(status);
    }
  });
  test('that is too large is refused, told or untold', async () => {
    const large = route === 'document' || route === 'plan' ? 26 : route === 'upload' ? 7 : 2;
    await refused(413, pathOf(route), {
      method,
      headers: { 'content-length': String(large * 2 ** 20) },
      raw: [`{"path":"${'x'.repeat(1000)}`],
    }).catch(hungUp);
    if (large <= 7)
      await refused(413, pathOf(route), {
        method,
        raw: Array.from({ length: large * 4 + 1 }, () => 'x'.repeat(2 ** 18)),
      }).catch(hungUp);
  });
});

test('a method that the protocol has not is refused, also as a preflight', async () => {
  for (const method of ['DELETE', 'PATCH', 'OPTIONS', 'TRACE']) await refused(405, ROUTES.runs, { method });
  const preflight = await bench.ask(ROUTES.runs, {
    method: 'OPTIONS',
    headers: { origin: 'http://evil.example', 'access-control-request-method': 'POST' },
  });
  expect(Object.keys(preflight.headers).filter((name) => name.startsWith('access-control'))).toEqual([]);
});

test('a page file without the cookie, and a path that is none, are refused', async () => {
  await refused(401, '/assets/page-1.js', { headers: { cookie: undefined } });
  for (const path of [
    '/assets/../../secret.txt',
    '/assets/%2e%2e/%2e%2e/secret.txt',
    '/..%2fsecret.txt',
    '//etc/passwd',
    '/assets/page-1.js%00',
  ])
    await refused(404, path, {});
  expect((await bench.ask('/assets/page-1.js')).status).toBe(200);
});

describe('the link', () => {
  test('works once, gives a cookie that no script sees and no other site sends, and leads to the page', async () => {
    const { pathname, search } = new URL(bench.gateway.link());
    const first = await bench.ask(`${pathname}${search}`, { headers: { cookie: undefined } });
    expect([
      first.status,
      first.headers['location'],
      first.headers['cache-control'],
      first.headers['referrer-policy'],
    ]).toEqual([303, '/', 'no-store', 'no-referrer']);
    expect(String(first.headers['set-cookie'])).toMatch(
      /^soliloquy-\d+=[\w-]{43}; HttpOnly; SameSite=Strict; Path=\/$/,
    );
    const second = await bench.ask(`${pathname}${search}`, { headers: { cookie: undefined } });
    expect([second.status, second.headers['set-cookie']]).toEqual([401, undefined]);
  });
  test('with a wrong token, or under another Host, gives nothing and is not used up', async () => {
    const { pathname, search } = new URL(bench.gateway.link());
    expect(
      (await bench.ask('/?token=wrong', { headers: { cookie: undefined } })).headers['set-cookie'],
    ).toBeUndefined();
    expect(
      (await bench.ask(`${pathname}${search}`, { headers: { cookie: undefined, host: 'evil.example' } })).status,
    ).toBe(421);
    expect((await bench.ask(`${pathname}${search}`, { headers: { cookie: undefined } })).status).toBe(303);
  });
});

const OUTSIDE = [
  '../secret.json',
  'graphs/../../secret.json',
  '/etc/passwd.json',
  '..\\secret.json',
  'graphs/link.json',
  'away/x.json',
  '.soliloquy/hidden.json',
  'graphs/dangling.json',
  'graphs/a\0.json',
];

describe.each(OUTSIDE)('the path %j', (path) => {
  test('is not opened, planned, run, swept or exported', async () => {
    const plan = { path, digest };
    for (const [route, body] of [
      ['document'],
      ['export'],
      ['plan', { path }],
      ['runs', plan],
      ['sweeps', { ...plan, vary: { 'a.b': ['1'] } }],
    ] as const) {
      const asked: Asked = body === undefined ? {} : { method: 'POST', body };
      const answer = await refused(
        path === 'graphs/dangling.json' || path === 'away/x.json' ? 404 : 403,
        body === undefined ? `${ROUTES[route]}?path=${encodeURIComponent(path)}` : ROUTES[route],
        asked,
      );
      expect(answer.json).toMatchObject({ message: expect.stringContaining(': expected ') as string });
    }
  });
  test('is not written', async () => {
    const text = '{"format":1,"name":"mine","nodes":{}}';
    for (const base of [null, digest]) {
      const answer = await bench.ask(ROUTES.document, { method: 'PUT', body: { path, text, base } });
      expect([403, 404, 409]).toContain(answer.status);
    }
    expect(readdirSync(join(bench.project, '../elsewhere'))).toEqual([]);
    expect(readdirSync(join(bench.project, '..')).sort()).toEqual([
      'elsewhere',
      'page',
      'player',
      'project',
      'secret.json',
      'secret.txt',
    ]);
    expect(readFileSync(join(bench.project, '../secret.json'), 'utf8')).toContain(SECRET);
  });
});

test.each([
  'package.json',
  'graphs/x.js',
  'graphs/.npmrc',
  'graphs/run.sh',
  '.soliloquy/x.json',
  'node_modules/../.git/x.json',
])('no file but a graph is written: %s', async (path) => {
  await refused(403, ROUTES.document, {
    method: 'PUT',
    body: { path, text: '{"format":1,"name":"mine","nodes":{}}', base: null },
  });
});

test.each([['../../secret.txt'], ['/etc/passwd'], ['link.txt'], ['../.soliloquy/hidden.json']])(
  'a graph that names %s as its input neither plans nor runs it',
  async (secret) => {
    for (const way of ['default', 'given']) {
      const graph = {
        format: 1,
        name: 'sly',
        inputs: { thing: { type: 'file', ...(way === 'default' && { default: secret }) } },
        nodes: { read: { stage: 'read@1' } },
        edges: ['thing -> read.file'],
      };
      const text = JSON.stringify(graph);
      const inputs = way === 'given' ? { thing: secret } : undefined;
      const planned = await bench.ask(ROUTES.plan, { method: 'POST', body: { path: 'graphs/sly.json', text, inputs } });
      expect(planned.json).toMatchObject({
        nodes: [],
        errors: [
          {
            code: 'gateway.outside-project',
            message: expect.stringMatching(/expected a (path below|file of) the project/) as string,
          },
        ],
      });
      writeFileSync(join(bench.project, 'graphs/sly.json'), text);
      const opened = await bench.open('graphs/sly.json');
      await refused(403, ROUTES.runs, {
        method: 'POST',
        body: { path: 'graphs/sly.json', digest: opened.digest, inputs },
      });
    }
    const words = {
      format: 1,
      name: 'sly',
      inputs: { line: { type: 'text', default: `@${secret}` } },
      nodes: { say: { stage: 'wait@1' } },
      edges: ['line -> say.text'],
    };
    expect(
      (await bench.ask(ROUTES.plan, { method: 'POST', body: { path: 'graphs/sly.json', text: JSON.stringify(words) } }))
        .json,
    ).toMatchObject({ errors: [{ code: 'gateway.outside-project' }] });
  },
);

test.each([
  ['artifact', '/api/artifacts/..%2f..%2fsecret'],
  ['file', `/api/artifacts/${'a'.repeat(64)}/..%2f..%2fsecret.txt`],
  ['run', '/api/runs/..%2f..%2f..%2fsecret.json'],
  ['history', '/api/runs/..%2f../events'],
  ['result', '/api/results/..%2fhidden'],
  ['sweep', '/api/sweeps/..%2fhidden'],
  ['compare', '/api/compare?a=../../x&b=../../x'],
  ['export', '/api/export?path=graphs/small.json&run=../../x'],
])('%s takes nothing for a path', async (_route, path) => {
  await refused(404, path, {});
});

describe('an upload', () => {
  const announce = (body: object): Promise<Answer> => bench.ask(ROUTES.uploads, { method: 'POST', body });
  const chunk = (upload: string, body: object): Promise<Answer> =>
    bench.ask(ROUTES.upload.replace(':upload', upload), { method: 'POST', body });

  test('beyond what is allowed is refused before a byte is taken', async () => {
    await refused(413, ROUTES.uploads, { method: 'POST', body: { name: 'huge.mp4', bytes: 2 ** 40 } });
  });
  test('beyond what was announced is refused, and leaves nothing', async () => {
    const { upload } = (await announce({ name: 'small.txt', bytes: 2 })).json as { upload: string };
    expect((await chunk(upload, { at: 0, base64: Buffer.from('three').toString('base64') })).status).toBe(413);
    expect((await chunk(upload, { at: 0, base64: 'eHg=' })).status).toBe(404);
    expect(readdirSync(join(bench.project, 'uploads'))).toEqual([]);
  });
  test('out of order or to another is refused', async () => {
    const { upload } = (await announce({ name: 'small.txt', bytes: 4 })).json as { upload: string };
    expect((await chunk(upload, { at: 2, base64: 'eHg=' })).status).toBe(409);
    expect((await chunk('0'.repeat(24), { at: 0, base64: 'eHg=' })).status).toBe(404);
  });
  test.each(['../../evil.txt', '..\\..\\evil.txt', '/etc/evil.txt', '.npmrc', 'evil\0.txt', '....//evil.txt'])(
    'named %j lands in the folder of uploads under a plain name',
    async (name) => {
      const { upload } = (await announce({ name, bytes: 3 })).json as { upload: string };
      const { json } = await chunk(upload, { at: 0, base64: 'eHh4' });
      const { file } = json as { file: { path: string } };
      expect(file.path).toMatch(/^uploads\/[A-Za-z0-9][A-Za-z0-9._-]*$/);
      expect(readFileSync(join(bench.project, file.path), 'utf8')).toBe('xxx');
      expect(readdirSync(join(bench.project, '..')).sort()).toEqual([
        'elsewhere',
        'page',
        'player',
        'project',
        'secret.json',
        'secret.txt',
      ]);
    },
  );
  test.each([
    ['写真.jpg', '写真.jpg'],
    ['模型.ply', '模型.ply'],
    ['SCENE.PLY', 'SCENE.PLY'],
    ['talk (1) [b].WAV', 'talk (1) [b].WAV'],
    ['pra\u0308sentation.json', 'präsentation.json'],
    ['صورة.png', 'صورة.png'],
    ['a\u202egpj.exe', 'a-gpj.exe'],
    [`${'長'.repeat(150)}.jpeg`, `${'長'.repeat(65)}.jpeg`],
  ])('named %j keeps its name and its ending', async (name, kept) => {
    const { upload } = (await announce({ name, bytes: 3 })).json as { upload: string };
    const { json } = await chunk(upload, { at: 0, base64: 'eHh4' });
    expect((json as { file: { path: string } }).file.path).toBe(`uploads/${kept}`);
    expect(readdirSync(join(bench.project, 'uploads'))).toContain(kept);
  });
  test('for a graph outside is refused', async () => {
    expect((await announce({ name: 'x.txt', bytes: 3, graph: '../secret.json' })).status).toBe(403);
  });
});

describe('the socket', () => {
  const openSocket = (headers: Record<string, string>, path: string = ROUTES.events): Promise<number | 'open'> =>
    new Promise((resolve, reject) => {
      const socket = new WebSocket(`ws://127.0.0.1:${bench.gateway.port}${path}`, {
        headers,
        handshakeTimeout: ANSWER_MS,
      });
      socket.on('open', () => {
        resolve('open');
        socket.terminate();
      });
      socket.on('unexpected-response', (_request, answer) => {
        resolve(answer.statusCode ?? 0);
        socket.terminate();
      });
      socket.on('error', reject);
    });

  test('opens for the page, and for nobody else', async () => {
    const { cookie, origin } = bench;
    expect(await openSocket({ cookie, origin })).toBe('open');
    expect(await openSocket({ origin })).toBe(401);
    expect(await openSocket({ cookie: 'soliloquy=x', origin })).toBe(401);
    expect(await openSocket({ cookie })).toBe(403);
    for (const foreign of ['http://evil.example', 'null', 'https://127.0.0.1'])
      expect(await openSocket({ cookie, origin: foreign })).toBe(403);
    expect(await openSocket({ cookie, origin: 'http://evil.example', host: 'evil.example' })).toBe(421);
    expect(await openSocket({ cookie, origin, 'sec-fetch-site': 'cross-site' })).toBe(403);
    for (const path of ['/', '/api/session', '/api/events/x', '/api/../api/events/..'])
      expect(await openSocket({ cookie, origin }, path)).toBe(404);
    expect(
      await openSocket({ origin }, `${ROUTES.events}?token=${new URL(bench.gateway.link()).searchParams.get('token')}`),
    ).toBe(401);
  });

  test.each([
    ['too much', 'x'.repeat(10_000)],
    ['no JSON', '{'],
    ['another message', '{"type":"run","path":"graphs/small.json"}'],
    ['bytes', Buffer.from([1, 2])],
  ])('ends with %s', async (_what, said) => {
    const socket = new WebSocket(`ws://127.0.0.1:${bench.gateway.port}${ROUTES.events}`, {
      headers: { cookie: bench.cookie, origin: bench.origin },
    });
    const heard: string[] = [];
    socket.on('message', (data) => heard.push(String(data)));
    const signal = AbortSignal.timeout(ANSWER_MS);
    await once(socket, 'open', { signal });
    socket.send(said);
    const [code] = (await once(socket, 'close', { signal })) as [number];
    expect([1008, 1009]).toContain(code);
    expect(heard).toEqual([]);
  });
});

test('nothing is asked on any other address than 127.0.0.1', async () => {
  const other = await new Promise((resolve) => {
    const socket = connect({ host: '127.0.0.2', port: bench.gateway.port }, () => resolve('open'));
    socket.on('error', (error: NodeJS.ErrnoException) => resolve(error.code));
  });
  expect(other).toBe('ECONNREFUSED');
});

test('every answer isolates the page and lets in no script and no frame but its own', async () => {
  for (const path of ['/', ROUTES.session, '/assets/page-1.js', '/nothing']) {
    const { headers } = await bench.ask(path);
    expect(headers).toMatchObject({
      'cross-origin-opener-policy': 'same-origin',
      'cross-origin-embedder-policy': 'require-corp',
      'cross-origin-resource-policy': 'same-origin',
      'x-content-type-options': 'nosniff',
    });
    expect(headers['content-security-policy']).toMatch(
      /^default-src 'none'; script-src 'self' 'wasm-unsafe-eval';.*frame-ancestors 'none'/,
    );
    expect(headers['access-control-allow-origin']).toBeUndefined();
  }
});
