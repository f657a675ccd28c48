import { globSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { defineConfig } from 'vitest/config';
import { chosenScope } from './scopes.ts';

// Stryker works on a copy of the repository whose node_modules is a link: `@soliloquy/graph` would be found beside the
// original, unmutated. The aliases point at the copy.
const root = process.cwd();
const alias = globSync('{apps,kernels,libs/*}/*/package.json').flatMap((path) => {
  const { name, exports = {} } = JSON.parse(readFileSync(path, 'utf8'));
  return Object.entries(exports).map(([entry, file]) => ({
    find: new RegExp(`^${name}${entry.slice(1)}$`),
    replacement: join(root, dirname(path), file),
  }));
});

export default defineConfig({
  resolve: { alias },
  test: { include: [...chosenScope().tests], isolate: false, testTimeout: 60_000, hookTimeout: 60_000 },
});
