import { fileURLToPath } from 'node:url';
import type { Plugin } from 'vite';
import { listSources } from '@soliloquy/device/built-sources';

const folder = fileURLToPath(new URL('.', import.meta.url));

/** Lists beside the page the files of the workspace that it is made of: `soliloquy serve` builds what is stale. */
export function recordSources(): Plugin {
  return {
    name: 'record-sources',
    apply: 'build',
    generateBundle() {
      const files = [...this.getModuleIds()]
        .map((id) => id.replace(/^\0/, '').replace(/\?.*$/, ''))
        .filter((path) => path.startsWith('/') || /^[A-Za-z]:[\\/]/.test(path))
        .filter((path) => !path.includes('/node_modules/'));
      this.emitFile({
        type: 'asset',
        fileName: 'sources.json',
        source: listSources(folder, ['index.html', 'vite.config.ts', ...files]),
      });
    },
  };
}
