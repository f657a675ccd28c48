import { readFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import { stripTypeScriptTypes } from 'node:module';
import type { AddressInfo } from 'node:net';
import { extname, join, normalize, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { chromium, type Browser, type Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { CHROMIUM } from '@soliloquy/testing/chromium';
import { createRasterizer, PARAMETER_GROUPS } from '../src/index.ts';
import { agreement, largestDifference } from './agreement.ts';
import { BROWSER_CASES } from './browser-cases.ts';
import { noise } from './cases.ts';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));

/** What the worker answers: of each case the picture, and its gradients by group. */
type Answer = {
  device: string;
  name: string;
  isolated: boolean;
  results: { color: number[]; gradients: Record<string, number[]> }[];
};

let server: Server;
let browser: Browser | undefined;
let page: Page;

/** Of the platform, what the kernel and the cases import. */
const LIBRARIES = ['device', 'fault', 'random'];

/** The sources as a browser takes them: without types, and with the names that a bundler would resolve. */
async function serve(path: string): Promise<{ type: string; body: string | Buffer }> {
  if (path === '/') return { type: 'text/html', body: '<!doctype html><title>splat</title>' };
  const file = normalize(`${ROOT}${path}`);
  const rooms = ['kernels', ...LIBRARIES.map((library) => join('libs', 'platform', library))];
  if (!rooms.some((room) => file.startsWith(normalize(`${ROOT}${room}${sep}`)))) throw new Error('elsewhere');
  const bytes = await readFile(file);
  if (extname(file) === '.wasm') return { type: 'application/wasm', body: bytes };
  const code = stripTypeScriptTypes(bytes.toString())
    .replaceAll("'#host'", "'/kernels/splat/src/host/host-browser.ts'")
    .replaceAll("'@soliloquy/device/webgpu'", "'/libs/platform/device/src/web-gpu.ts'")
    .replaceAll(/'@soliloquy\/(\w+)'/g, "'/libs/platform/$1/src/index.ts'");
  return { type: 'text/javascript', body: code };
}

beforeAll(async () => {
  server = createServer((request, response) => {
    serve(new URL(request.url ?? '/', 'http://here').pathname).then(
      ({ type, body }) =>
        response
          .writeHead(200, {
            'content-type': type,
            'cross-origin-opener-policy': 'same-origin',
            'cross-origin-embedder-policy': 'require-corp',
          })
          .end(body),
      () => response.writeHead(404).end(),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  if (CHROMIUM === undefined) return;
  browser = await chromium.launch({
    executablePath: CHROMIUM,
    args: [
      '--no-sandbox',
      '--enable-unsafe-webgpu',
      '--disable-quic',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  });
  page = await browser.newPage();
  await page.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
}, 120_000);

afterAll(async () => {
  await browser?.close();
  server.close();
});

/** Draws the cases in a worker of the page. */
function drawn(device: 'cpu' | 'webgpu', threads: number): Promise<Answer> {
  return page.evaluate(
    ([chosen, count]) =>
      new Promise<Answer>((resolve, reject) => {
        const worker = new Worker('/kernels/splat/test/browser-worker.ts', { type: 'module' });
        worker.onmessage = ({ data }: MessageEvent<Answer | string>) =>
          typeof data === 'string' ? reject(new Error(data)) : resolve(data);
        worker.onerror = ({ message }) => reject(new Error(message));
        worker.postMessage({ device: chosen, threads: count });
      }),
    [device, threads] as const,
  );
}

async function expectSame({ results }: Answer): Promise<void> {
  const rasterizer = await createRasterizer();
  for (const [i, { gaussians, camera, background }] of BROWSER_CASES.entries()) {
    const { color } = rasterizer.render(gaussians, camera, background);
    const gradients = rasterizer.backward({ color: noise(camera, 5, 3, -1, 1) });
    expect(largestDifference(results[i].color, color)).toBeLessThan(1e-4);
    for (const group of PARAMETER_GROUPS) {
      const { relative, cosine } = agreement(results[i].gradients[group], gradients[group]);
      expect(relative, group).toBeLessThan(1e-3);
      expect(cosine, group).toBeGreaterThan(0.9999);
    }
  }
  rasterizer.dispose();
}

test.skipIf(CHROMIUM === undefined)(
  'WebAssembly on two threads of a browser gives what it gives in Node',
  async () => {
    const answer = await drawn('cpu', 2);
    expect(answer).toMatchObject({ device: 'cpu', name: 'WebAssembly on 2 threads', isolated: true });
    await expectSame(answer);
  },
  120_000,
);

test.skipIf(CHROMIUM === undefined)(
  "the browser's WebGPU gives what WebAssembly gives in Node",
  async () => {
    const answer = await drawn('webgpu', 1);
    expect(answer.device).toBe('webgpu');
    await expectSame(answer);
  },
  300_000,
);
