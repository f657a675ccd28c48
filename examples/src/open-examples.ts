import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build, preview, type InlineConfig, type Plugin } from 'vite';
import { BUILT_PLAYER } from '@soliloquy/player/built';

const root = fileURLToPath(new URL('..', import.meta.url));
const PAGES = ['voice-agent', 'side-by-side'];
const TYPES: Readonly<Record<string, string>> = {
  js: 'text/javascript',
  mjs: 'text/javascript',
  wasm: 'application/wasm',
};
/** With them there are threads. */
const ISOLATION = { 'cross-origin-opener-policy': 'same-origin', 'cross-origin-embedder-policy': 'require-corp' };

/** Bytes of two `.avatar` files. */
export interface ExampleAvatars {
  readonly first: Uint8Array;
  readonly second: Uint8Array;
}

/** Builds the pages and serves them on 127.0.0.1, with the player and two avatars. */
export async function openExamples({ first, second }: ExampleAvatars): Promise<{
  readonly origin: string;
  close(): Promise<void>;
}> {
  const avatars: Readonly<Record<string, Uint8Array>> = { '/first.avatar': first, '/second.avatar': second };
  const beside: Plugin = {
    name: 'avatars-and-player',
    configurePreviewServer({ middlewares }) {
      middlewares.use((request, response, next) => {
        const path = new URL(request.url ?? '/', 'http://here').pathname;
        const name = /^\/player\/([\w.-]+)$/.exec(path)?.[1];
        const bytes = Object.hasOwn(avatars, path)
          ? Promise.resolve(avatars[path])
          : name !== undefined && readFile(join(BUILT_PLAYER, name));
        if (bytes === false) return next();
        const type = TYPES[path.split('.').at(-1) ?? ''] ?? 'application/octet-stream';
        bytes.then(
          (body) => response.writeHead(200, { 'content-type': type, ...ISOLATION }).end(body),
          () => response.writeHead(404, ISOLATION).end(),
        );
      });
    },
  };
  const input = Object.fromEntries(PAGES.map((page) => [page, join(root, page, 'index.html')]));
  const config: InlineConfig = { root, configFile: false, logLevel: 'warn', plugins: [beside] };
  const outDir = join(root, 'build');
  await build({
    ...config,
    worker: { format: 'es' },
    build: { outDir, emptyOutDir: true, target: 'es2024', assetsInlineLimit: 0, rollupOptions: { input } },
  });
  const server = await preview({
    ...config,
    build: { outDir },
    preview: { host: '127.0.0.1', port: 0, headers: ISOLATION },
  });
  const address = server.httpServer.address();
  const port = typeof address === 'object' ? address?.port : undefined;
  return { origin: `http://127.0.0.1:${port}`, close: () => server.close() };
}
