import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path/posix';

/**
 * How many threads can run at once: the cores that this process may use, or fewer where its container has a quota of
 * processor time (half a core and one core are one; one and a half are two).
 *
 * @param root where `/proc` and `/sys` are; another in tests
 */
export function availableCores(root = '/', cores = availableParallelism()): number {
  const quota = Math.min(...quotas(root));
  return Math.max(1, Math.min(cores, Number.isFinite(quota) ? Math.ceil(quota) : cores));
}

/** Of every group that this process is in, in cores: each limits those below it. */
function quotas(root: string): number[] {
  return (read(join(root, 'proc/self/cgroup')) ?? '').split('\n').flatMap((line) => {
    const [, controllers, path] = /^\d+:([^:]*):(.*)$/.exec(line) ?? [];
    if (path === undefined) return [];
    if (controllers === '')
      return upwards(path).map((group) => quotaOf(read(join(root, 'sys/fs/cgroup', group, 'cpu.max'))));
    if (!controllers.split(',').includes('cpu')) return [];
    // In a container its own group is mounted as the root, while the path is that of the host.
    return upwards(path).flatMap((group) =>
      [controllers, 'cpu'].map((mount) => {
        const at = join(root, 'sys/fs/cgroup', mount, group);
        return quotaOf(`${read(join(at, 'cpu.cfs_quota_us'))} ${read(join(at, 'cpu.cfs_period_us'))}`);
      }),
    );
  });
}

/** `/a/b` -> `/a/b`, `/a`, `/` */
function upwards(path: string): string[] {
  const parts = path.split('/').filter((part) => part !== '');
  return Array.from(
    { length: parts.length + 1 },
    (_, dropped) => `/${parts.slice(0, parts.length - dropped).join('/')}`,
  );
}

/** Microseconds of processor time in a period of so many; `max` and -1 are no limit. */
function quotaOf(text: string | undefined): number {
  const [time, period] = (text ?? '').split(/\s+/).map(Number);
  return time > 0 && period > 0 ? time / period : Infinity;
}

function read(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8').trim();
  } catch {
    return undefined;
  }
}
