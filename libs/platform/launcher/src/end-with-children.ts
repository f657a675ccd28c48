import { spawn } from 'node:child_process';

/** What ending a process needs of its system; another in tests. */
export interface EndingSystem {
  readonly platform: string;
  readonly kill: (pid: number, signal: NodeJS.Signals) => void;
  readonly start: (program: string, args: readonly string[]) => void;
}

/** The one that this process runs on. */
export const THIS_SYSTEM: EndingSystem = {
  platform: process.platform,
  kill: (pid, signal) => void process.kill(pid, signal),
  start: (program, args) =>
    void spawn(program, args, { stdio: 'ignore', windowsHide: true })
      .on('error', () => {})
      .unref(),
};

/**
 * Ends a process and all that it started. On Unix it leads a group of its own (`detached`), and a negative number means
 * the group (kill(2)). Windows has no groups and no signals: `taskkill /T` ends the tree, at once.
 *
 * @param pid undefined where it never started: nothing is done
 */
export function endWithChildren(
  pid: number | undefined,
  signal: 'SIGTERM' | 'SIGKILL',
  { platform, kill, start }: EndingSystem = THIS_SYSTEM,
): void {
  if (pid === undefined) return;
  if (platform === 'win32') return start('taskkill', ['/pid', String(pid), '/T', '/F']);
  try {
    kill(-pid, signal);
  } catch {
    // It is gone already.
  }
}
