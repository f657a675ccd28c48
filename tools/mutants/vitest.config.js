import { globSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { defineConfig } from 'vitest/config';
import { BaseSequencer } from 'vitest/node';
import { chosenScope } from './scopes.ts';

// Stryker works on a copy of the repository whose node_modules is a link: `@soliloquy/graph` would be found beside the
// original, unmutated. The aliases point at the copy.
const root = process.cwd();
const { tests, except = [] } = chosenScope();
const alias = globSync('{apps,kernels,libs/*}/*/package.json').flatMap((path) => {
  const { name, exports = {} } = JSON.parse(readFileSync(path, 'utf8'));
  return Object.entries(exports).map(([entry, file]) => ({
    find: new RegExp(`^${name}${entry.slice(1)}$`),
    replacement: join(root, dirname(path), file),
  }));
});

/** How long each test file took when nothing was changed, ms. */
const durations = new Map();

/** Quick files first, where Vitest has the long ones first: a mutant ends at the first test that fails. */
class QuickFirst extends BaseSequencer {
  async sort(files) {
    const durationOf = ({ project, moduleId }) => {
      const key = `${project.name}:${relative(this.ctx.config.root, moduleId)}`;
      if (!durations.has(key)) {
        const taken = this.ctx.cache.getFileTestResults(key)?.duration;
        if (taken === undefined) return 0;
        durations.set(key, taken);
      }
      return durations.get(key);
    };
    return [...files].sort((a, b) => durationOf(a) - durationOf(b));
  }
}

export default defineConfig({
  resolve: { alias },
  test: {
    include: [...tests],
    exclude: [...except],
    setupFiles: ['tools/mutants/activate.js'],
    isolate: false,
    sequence: { sequencer: QuickFirst },
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
});
