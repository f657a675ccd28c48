import { copyFile, mkdir, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build, type Plugin } from 'vite';
import { listSources } from '@soliloquy/device/built-sources';
import { ASSETS } from '../src/assets.ts';
import { PAGE_STYLE } from '../src/pack-page.ts';

/**
 * Builds the player into `build/`: each script whole, so that a page may start it from an address or from bytes that it
 * holds, and the files that they load.
 */
const folder = fileURLToPath(new URL('..', import.meta.url));
const out = join(folder, 'build');
const ENTRIES = {
  player: 'src/page/player.ts',
  packed: 'src/page/packed.ts',
  live: 'src/page/live.ts',
  mind: 'src/mind/mind-worker.ts',
  painter: 'src/painter/painter-worker.ts',
  worklet: 'src/sound/capture-worklet.ts',
};

const sources = new Set<string>();

/** Lists what a script is made of. */
const record: Plugin = {
  name: 'record-sources',
  generateBundle(_options, bundle) {
    // Pages give engines and kernels as bytes: what libraries would fetch by themselves is left out.
    for (const name of Object.keys(bundle)) if (name.endsWith('.wasm')) delete bundle[name];
    for (const id of this.getModuleIds()) {
      const path = id.replace(/^\0/, '').replace(/\?.*$/, '');
      if (path.startsWith('/') && !path.includes('/node_modules/')) sources.add(path);
    }
  },
};

await rm(out, { recursive: true, force: true });
await mkdir(out, { recursive: true });
for (const [name, entry] of Object.entries(ENTRIES))
  await build({
    root: folder,
    base: './',
    logLevel: 'warn',
    configFile: false,
    plugins: [record],
    worker: { format: 'es' },
    build: {
      outDir: out,
      emptyOutDir: false,
      target: 'es2023',
      assetsInlineLimit: 0,
      modulePreload: { polyfill: false },
      rollupOptions: {
        input: join(folder, entry),
        preserveEntrySignatures: 'strict',
        output: { entryFileNames: `${name}.js`, codeSplitting: false, format: 'es' },
      },
    },
  });
const require = createRequire(import.meta.url);
const engine = join(require.resolve('onnxruntime-web/wasm'), '..');
const kernels = fileURLToPath(new URL('../../../../kernels/splat/build/', import.meta.url));
const phones = fileURLToPath(new URL('../../speech-features/data/phone-encoder/', import.meta.url));
const copies = [
  [join(engine, ASSETS.engine), ASSETS.engine],
  [join(engine, ASSETS.engineModule), ASSETS.engineModule],
  [join(kernels, ASSETS.kernel), ASSETS.kernel],
  [join(kernels, ASSETS.plainKernel), ASSETS.plainKernel],
  [join(phones, 'encoder.onnx'), ASSETS.phones],
  [join(phones, 'card.json'), ASSETS.phonesCard],
];
await writeFile(join(out, 'page.css'), `${PAGE_STYLE}\n`);
for (const [from, name] of copies) await copyFile(from, join(out, name));
const made = [
  ...sources,
  join(phones, 'encoder.onnx'),
  join(kernels, 'sources.json'),
  join(folder, 'tools/build-player.ts'),
  join(folder, 'src/pack-page.ts'),
];
await writeFile(join(out, 'sources.json'), listSources(folder, made));
