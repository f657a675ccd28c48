import { existsSync, readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import { dirname, join } from 'node:path';
import { chromium, type Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { CHROMIUM } from '@soliloquy/testing/chromium';
import { motionDit } from '../bench/networks.ts';
import { exportOnnx, flattenPaths, loadOnnx, type Tensor } from '../src/index.ts';
import { relativeError } from './against-jax.ts';

const runtime = dirname(createRequire(import.meta.url).resolve('onnxruntime-web'));
const network = motionDit({ B: 2, T: 25, width: 64, layers: 2 });
const { y: _, ...inputs } = network.batch;
const model = exportOnnx(
  (p, batch) => ({ clean: network.forward(p as never, { ...batch, y: batch.x.ref } as never) }),
  network.params,
  inputs,
  { ports: { clean: 'motion' } },
);
let want: Float32Array;
let server: Server;
let browser: Browser;

const TYPES: Readonly<Record<string, string>> = {
  '.mjs': 'text/javascript',
  '.wasm': 'application/wasm',
  '.html': 'text/html',
};

beforeAll(async () => {
  const program = await loadOnnx(model);
  want = (await program.run(flattenPaths(inputs) as Record<string, Tensor>)).clean.data as Float32Array;
  await program.dispose();
  server = createServer(({ url = '/' }, response) => {
    const name = url.slice(1).replace(/\?.*/, '');
    const body =
      name === ''
        ? '<!doctype html><script type="module" src="/page.mjs"></script>'
        : name === 'page.mjs'
          ? readFileSync(new URL('dit-page.mjs', import.meta.url))
          : name === 'model.onnx'
            ? model
            : existsSync(join(runtime, name)) && /^[\w.-]+$/.test(name)
              ? readFileSync(join(runtime, name))
              : undefined;
    const type = TYPES[/\.\w+$/.exec(name)?.[0] ?? '.html'] ?? 'application/octet-stream';
    response.writeHead(body === undefined ? 404 : 200, {
      'content-type': type,
      'cross-origin-opener-policy': 'same-origin',
      'cross-origin-embedder-policy': 'require-corp',
    });
    response.end(body);
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
});

afterAll(async () => {
  await browser?.close();
  server.close();
});

/** Runs the model in a page; undefined where the provider is not there. */
async function inBrowser(provider: 'wasm' | 'webgpu'): Promise<number[] | undefined> {
  const page = await browser.newPage();
  try {
    await page.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
    const feeds = Object.entries(inputs).map(([name, { shape, data }]) => ({ name, shape, data: [...data] }));
    return await page.evaluate(
      ([name, values]) =>
        (globalThis as unknown as { runModel(...args: unknown[]): Promise<number[] | undefined> }).runModel(
          name,
          values,
        ),
      [provider, feeds] as const,
    );
  } finally {
    await page.close();
  }
}

test.skipIf(CHROMIUM === undefined)(
  'the exported DiT gives in Chromium, on WebAssembly, what it gives in Node (no Chromium: nothing to compare)',
  async () => {
    const got = await inBrowser('wasm');
    expect(got).toHaveLength(want.length);
    expect(relativeError(got!, want)).toBeLessThan(1e-4);
  },
  120_000,
);

test.skipIf(CHROMIUM === undefined)(
  'and on WebGPU, where Chromium has an adapter (no Chromium: nothing to compare)',
  async () => {
    const got = await inBrowser('webgpu');
    if (got === undefined) return console.log('no WebGPU adapter in Chromium');
    expect(relativeError(got, want)).toBeLessThan(1e-4);
  },
  120_000,
);
