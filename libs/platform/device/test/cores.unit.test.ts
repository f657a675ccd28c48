import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { availableCores } from '../src/index.ts';

function machine(files: Readonly<Record<string, string>>): string {
  const root = mkdtempSync(join(tmpdir(), 'soliloquy-cores-'));
  onTestFinished(() => rmSync(root, { recursive: true, force: true }));
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), `${text}\n`);
  }
  return root;
}

const V1 = '3:cpuset:/docker/f00\n2:cpu,cpuacct:/docker/f00\n1:memory:/docker/f00';
const version1 = (quota: string, period = '100000'): Record<string, string> => ({
  'proc/self/cgroup': V1,
  'sys/fs/cgroup/cpu,cpuacct/cpu.cfs_quota_us': quota,
  'sys/fs/cgroup/cpu,cpuacct/cpu.cfs_period_us': period,
});
const version2 = (limit: string): Record<string, string> => ({
  'proc/self/cgroup': '0::/',
  'sys/fs/cgroup/cpu.max': limit,
});

test.each([
  ['version 1, half a core', version1('50000'), 1],
  ['version 1, two of sixteen', version1('200000'), 2],
  ['version 1, another period', version1('75000', '50000'), 2],
  ['version 1, no limit', version1('-1'), 16],
  ['version 2, half a core', version2('50000 100000'), 1],
  ['version 2, two of sixteen', version2('200000 100000'), 2],
  ['version 2, more than there are', version2('6400000 100000'), 16],
  ['version 2, no limit', version2('max 100000'), 16],
  ['no groups at all', {}, 16],
])('a quota of the container is the number of cores: %s', (_what, files, cores) => {
  expect(availableCores(machine(files), 16)).toBe(cores);
});

test('the least of all groups upwards counts', () => {
  const root = machine({
    'proc/self/cgroup': '0::/system.slice/runner.service',
    'sys/fs/cgroup/system.slice/cpu.max': '300000 100000',
    'sys/fs/cgroup/system.slice/runner.service/cpu.max': '800000 100000',
  });
  expect(availableCores(root, 16)).toBe(3);
});
