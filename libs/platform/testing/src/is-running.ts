import { readFileSync } from 'node:fs';

/**
 * Whether a process still runs. On Linux one that has ended but that its parent has not yet taken note of (a zombie)
 * does not run: orphans stay so until the first process of the system looks, a second or more.
 */
export function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
  return process.platform !== 'linux' || stateOf(pid) !== 'Z';
}

/** The letter of a process's state; the name before it, in brackets, may hold anything. Nothing once it is gone. */
function stateOf(pid: number): string {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    return stat[stat.lastIndexOf(')') + 2];
  } catch {
    return 'Z';
  }
}
