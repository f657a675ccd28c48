/**
 * How the gateway answers others while it is kept busy with what a stranger sent: `/api/session` is asked every 20 ms
 * while each hostile graph and file is listed, opened, planned, exported, uploaded and run.
 *
 *     node apps/gateway/bench/hostile.bench.ts [NAME…]
 *
 * Prints for each how long it took, and of the answers the median, the 99th of 100 and the slowest, in milliseconds.
 */
import { fork, type ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { request } from 'node:http';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { routePath, ROUTES } from '../src/protocol/index.ts';
import { hostileFiles, hostileInputs, plantRuns, put } from './hostile-project.ts';

const ASK_EVERY_MS = 20;
const CHUNK = 4 * 2 ** 20;
const only = process.argv.slice(2);

const folder = mkdtempSync(join(tmpdir(), 'soliloquy-hostile-'));
const project = join(folder, 'project');
put(project, 'none.txt', '');
const child: ChildProcess = fork(fileURLToPath(new URL('./gateway-process.ts', import.meta.url)), [project]);
child.on('exit', (code, signal) => console.log(`the gateway ended: ${signal ?? code}`));
const link = new URL(await new Promise<string>((resolve) => child.once('message', (said) => resolve(String(said)))));
const entered = await fetch(link, { redirect: 'manual' });
const cookie = String(entered.headers.get('set-cookie')).split(';')[0];
const origin = link.origin;

/** A connection of its own: one that was kept may end while the gateway is busy. */
function ask(path: string, method = 'GET', body?: object): Promise<{ status: number; json: unknown }> {
  const content = body && JSON.stringify(body);
  const more = content && { origin, 'content-type': 'application/json', 'content-length': Buffer.byteLength(content) };
  return new Promise((resolve, reject) => {
    const asked = request(origin + path, { method, agent: false, headers: { cookie, ...more } }, (answer) => {
      const parts: Buffer[] = [];
      answer.on('data', (part: Buffer) => parts.push(part));
      answer.on('end', () => {
        const text = Buffer.concat(parts).toString('utf8');
        const json: unknown = String(answer.headers['content-type']).includes('json') ? JSON.parse(text) : undefined;
        resolve({ status: answer.statusCode ?? 0, json });
      });
    });
    asked.on('error', reject);
    asked.end(content);
  });
}

const all: number[] = [];

/** Asks beside something, and prints how it was answered. */
async function beside(name: string, work: () => Promise<unknown>): Promise<void> {
  if (only.length > 0 && !only.some((part) => name.includes(part))) return void (await work().catch(() => {}));
  const answers: number[] = [];
  let busy = true;
  const asking = (async () => {
    while (busy || answers.length < 20) {
      const asked = performance.now();
      await ask(ROUTES.session);
      answers.push(performance.now() - asked);
      await new Promise((resolve) => setTimeout(resolve, ASK_EVERY_MS));
    }
  })();
  const started = performance.now();
  const said = await work().then(String, (error: Error) => error.message);
  const seconds = (performance.now() - started) / 1000;
  busy = false;
  await asking;
  all.push(...answers);
  console.log(`${row(answers)}  ${seconds.toFixed(1).padStart(6)} s  ${name}: ${said}`);
}

function row(answers: readonly number[]): string {
  const sorted = [...answers].sort((a, b) => a - b);
  const at = (share: number): number => sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))];
  return [at(0.5), at(0.99), at(1)].map((value) => value.toFixed(0).padStart(5)).join(' ');
}

const statusOf = async (asked: Promise<{ status: number; json: unknown }>): Promise<string> => {
  const { status, json } = await asked;
  const { errors, code } = (json ?? {}) as { errors?: unknown[]; code?: string };
  return `${status}${code === undefined ? '' : ` ${code}`}${errors?.length ? `, ${errors.length} faults` : ''}`;
};

async function upload(name: string, bytes: Uint8Array): Promise<string> {
  const { json } = await ask(ROUTES.uploads, 'POST', { name, bytes: bytes.length });
  const { upload: id } = json as { upload: string };
  let given = '';
  for (let at = 0; at < bytes.length; at += CHUNK) {
    const base64 = Buffer.from(bytes.subarray(at, at + CHUNK)).toString('base64');
    const answer = await ask(routePath('upload', { upload: id }), 'POST', { at, base64 });
    given = ((answer.json as { file?: { given: string } }).file ?? { given }).given;
  }
  return given;
}

/** Runs a graph of the project to its end. */
async function run(path: string, inputs: Record<string, string> = {}): Promise<string> {
  const { json } = await ask(routePath('document', {}, { path }));
  const { digest } = json as { digest?: string };
  const asked = await ask(ROUTES.runs, 'POST', { path, digest: digest ?? '', inputs });
  if (asked.status !== 202) return statusOf(Promise.resolve(asked));
  const { run: id } = asked.json as { run: string };
  for (;;) {
    const { entries } = (await ask(ROUTES.queue)).json as { entries: { run: string; state: { kind: string } }[] };
    const state = entries.find((entry) => entry.run === id)?.state;
    if (state === undefined || state.kind === 'ended') return JSON.stringify(state ?? 'gone');
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

console.log(`load ${loadavg()[0].toFixed(1)}\nmedian, 99 of 100, slowest in ms`);
await beside('nothing', async () => new Promise((resolve) => setTimeout(resolve, 2000, 'idle')));
for (const [path, content] of Object.entries(hostileFiles())) {
  put(project, path, content);
  const query = { path };
  await beside(`list beside ${path}`, () => statusOf(ask(ROUTES.documents)));
  await beside(`open ${path}`, () => statusOf(ask(routePath('document', {}, query))));
  await beside(`plan ${path}`, () => statusOf(ask(ROUTES.plan, 'POST', { path, target: { kind: 'all' } })));
  await beside(`export ${path}`, () => statusOf(ask(routePath('export', {}, query))));
  if (path !== '2,000 nodes.json') await beside(`run ${path}`, () => run(path));
  rmSync(join(project, path));
}
for (const [name, { port, bytes }] of Object.entries(hostileInputs())) {
  let given = '';
  await beside(`upload ${name}`, async () => (given = await upload(name, bytes)));
  const path = `take ${port}.json`;
  const type = port;
  const graph = { format: 1, name: 'one', inputs: { it: { type } }, nodes: { taker: { stage: 'taker@1' } } };
  put(project, path, JSON.stringify({ ...graph, edges: [`it -> taker.${port}`], outputs: { 'a.txt': 'taker.text' } }));
  const inputs = { it: port === 'text' ? `@${given}` : given };
  await beside(`plan ${name}`, () => statusOf(ask(ROUTES.plan, 'POST', { path, inputs, target: { kind: 'all' } })));
  await beside(`run ${name}`, () => run(path, inputs));
}
plantRuns(join(project, '.soliloquy'));
await beside('list planted runs', () => statusOf(ask(ROUTES.runs)));
await beside('open planted run', () => statusOf(ask(routePath('run', { run: '20261130-021301-abcdef' }))));
await beside('history of planted run', () => statusOf(ask(routePath('history', { run: '20261130-021301-abcdef' }))));
await beside('history of planted gigabyte', () =>
  statusOf(ask(routePath('history', { run: '20261130-021400-abcdef' }))),
);
console.log(`${row(all)}  all ${all.length} answers; load ${loadavg()[0].toFixed(1)}`);
child.removeAllListeners('exit');
child.disconnect();
rmSync(folder, { recursive: true, force: true });
