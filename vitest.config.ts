import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['{apps,kernels}/*/test/**/*.test.ts', 'libs/*/*/test/**/*.test.ts', 'test/**/*.test.ts'],
    pool: 'forks',
    maxWorkers: 2,
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
});
