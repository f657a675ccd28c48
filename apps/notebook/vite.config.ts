import { fileURLToPath } from 'node:url';
import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig } from 'vite';
import { firstLoadBudget } from './first-load-budget.ts';
import { recordSources } from './record-sources.ts';

export default defineConfig({
  root: fileURLToPath(new URL('.', import.meta.url)),
  // relative, so that the page works under any path of the gateway
  base: './',
  plugins: [svelte(), firstLoadBudget({ kib: 200 }), recordSources()],
  build: {
    outDir: 'build',
    emptyOutDir: true,
    target: 'es2023',
    // scripts and styles are files of the page's own origin: the policy allows nothing inline, data URLs included
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
  },
  worker: { format: 'es' },
});
