import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['{apps,kernels,libs/*}/*/test/**/*.test.ts', '{examples,test,tools}/**/*.test.ts'],
    pool: 'forks',
    maxWorkers: 2,
    testTimeout: 60_000,
    hookTimeout: 60_000,
    // Browsers, brokers and killed processes on two busy cores: one more try in CI, none where a person looks on.
    retry: process.env.CI === 'true' ? 1 : 0,
  },
});
