import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['{apps,kernels,libs/*}/*/test/**/*.test.ts', '{examples,test,tools}/**/*.test.ts'],
    // Tests that sign make a key at its first use: not in the folder of whoever runs them.
    env: { XDG_CONFIG_HOME: join(tmpdir(), `soliloquy-tests-${process.pid}`) },
    pool: 'forks',
    maxWorkers: 2,
    testTimeout: 60_000,
    hookTimeout: 60_000,
    // Browsers, brokers and killed processes on two busy cores: one more try in CI, none where a person looks on.
    retry: process.env.CI === 'true' ? 1 : 0,
  },
});
