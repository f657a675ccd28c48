import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { extname, join } from 'node:path';
import { chromium, type Page } from 'playwright-core';
import { CHROMIUM } from './chromium.ts';

/** A network to run, and its one input. */
export interface LiteRtRun {
  readonly bytes: Uint8Array;
  readonly input: Float32Array;
  readonly shape: readonly number[];
}

const TYPES: Readonly<Record<string, string>> = { '.js': 'text/javascript', '.wasm': 'application/wasm' };
const PAGE = `<script type="importmap">{"imports":{
  "@litertjs/core":"/node_modules/@litertjs/core/dist/index.js",
  "@litertjs/wasm-utils":"/node_modules/@litertjs/wasm-utils/dist/index.js"}}</script>`;

/**
 * Opens a page in Chromium to which files are served, and leaves it when the work is done.
 *
 * @param read a file by its path, undefined where there is none
 */
export async function inChromium<T>(
  read: (path: string) => Promise<Uint8Array | undefined>,
  work: (page: Page) => Promise<T>,
): Promise<T> {
  const server = createServer(async ({ url = '/' }, response) => {
    const { pathname } = new URL(url, 'http://localhost');
    response.setHeader('content-type', pathname === '/' ? 'text/html' : (TYPES[extname(pathname)] ?? 'text/plain'));
    const file = pathname === '/' ? PAGE : await read(pathname);
    response.statusCode = file === undefined ? 404 : 200;
    response.end(file);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  const browser = await chromium.launch({ executablePath: CHROMIUM, args: ['--no-sandbox'] });
  try {
    const page = await browser.newPage();
    await page.goto(`http://127.0.0.1:${port}/`);
    return await work(page);
  } finally {
    await browser.close();
    server.close();
  }
}

/** The bytes behind numbers. */
export function bytesOf({ buffer, byteOffset, byteLength }: Float32Array): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength);
}

/**
 * Runs networks with LiteRT, Google's own interpreter of `.tflite` files, in Chromium: the engine that conversions are
 * held against. It is no dependency of the project: `npm install --prefix FOLDER @litertjs/core@2.5.3`.
 *
 * @param folder where it is installed
 * @returns      of each run its outputs by name
 */
export function runLiteRt(folder: string, runs: readonly LiteRtRun[]): Promise<Record<string, Float32Array>[]> {
  const read = async (path: string): Promise<Uint8Array | undefined> => {
    const [, index, what] = /^\/run\/(\d+)\/(bytes|input)$/.exec(path) ?? [];
    if (what === undefined) return readFile(join(folder, path)).catch(() => undefined);
    const { bytes, input } = runs[Number(index)];
    return what === 'bytes' ? bytes : bytesOf(input);
  };
  return inChromium(read, async (page) => {
    const results: Record<string, Float32Array>[] = [];
    for (const [i, { shape }] of runs.entries()) {
      const outputs = await page.evaluate(runInPage, { i, shape: [...shape] });
      results.push(Object.fromEntries(outputs.map(([name, values]) => [name, Float32Array.from(values)])));
    }
    return results;
  });
}

/** In the page. */
async function runInPage({ i, shape }: { i: number; shape: number[] }): Promise<[string, number[]][]> {
  // @ts-expect-error a module of the page
  const { loadLiteRt, loadAndCompile, Tensor } = await import('@litertjs/core');
  const page = globalThis as { isLoaded?: Promise<unknown> };
  page.isLoaded ??= loadLiteRt('/node_modules/@litertjs/core/wasm/');
  await page.isLoaded;
  const model = await loadAndCompile(`/run/${i}/bytes`, { accelerator: 'wasm' });
  const input = new Float32Array(await (await fetch(`/run/${i}/input`)).arrayBuffer());
  const outputs = await model.run([new Tensor(input, shape)]);
  const details = model.getOutputDetails() as { name: string }[];
  return details.map(({ name }, k) => [name, Array.from(outputs[k].toTypedArray() as Float32Array)]);
}
