import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { endWithChildren, THIS_SYSTEM, type EndingSystem } from './end-with-children.ts';

/** A process as the system lists it. */
interface Listed {
  readonly pid: number;
  readonly parent: number;
  readonly group: number;
}

/**
 * Ends a process and all that descends from it, in groups and sessions of their own too: a command that a task started
 * goes with its worker. What left the tree (a daemon, whose parent is gone) is not found here, see `killLeftIn`.
 *
 * @param root its pid, undefined where it never started; 0 and 1 are nobody's to end
 */
export function killTree(root: number | undefined, system: EndingSystem = THIS_SYSTEM): void {
  if (root === undefined || root <= 1) return;
  if (system.platform === 'win32') return endWithChildren(root, 'SIGKILL', system);
  const children = Map.groupBy(listProcesses(), ({ parent }) => parent);
  const doomed: Pick<Listed, 'pid' | 'group'>[] = [{ pid: root, group: 0 }];
  // The list grows while it is walked: breadth first, parents before what they started.
  for (const { pid } of doomed) doomed.push(...(children.get(pid) ?? []));
  // Who ends itself does so last: nobody is there to go on with the rest.
  if (root === process.pid) doomed.push(...doomed.splice(0, 1));
  for (const { pid, group } of doomed) {
    kill(pid);
    // What a leader's group gained since it was listed.
    if (group === pid) kill(-pid);
  }
}

/** What every launched program has in its environment, and so has all that it starts: the folder of its task. */
export const TASK_VARIABLE = 'SOLILOQUY_TASK';

/**
 * Ends what belongs to a task although nobody waits for it any more: processes that work in its folder, or have it in
 * their environment (`TASK_VARIABLE`), wherever they work. A worker that was killed from outside leaves such. Linux
 * only; elsewhere nothing is found.
 *
 * @param folder of one task alone
 */
export function killLeftIn(folder: string): void {
  if (process.platform !== 'linux') return;
  for (const { pid } of listProcesses()) if (pid !== process.pid && isOfTask(pid, folder)) kill(pid);
}

function isOfTask(pid: number, folder: string): boolean {
  const at = within(() => readlinkSync(`/proc/${pid}/cwd`)) ?? '';
  if (at === folder || at.startsWith(`${folder}/`) || at === `${folder} (deleted)`) return true;
  const environment = within(() => readFileSync(`/proc/${pid}/environ`, 'utf8')) ?? '';
  return environment.split('\0').includes(`${TASK_VARIABLE}=${folder}`);
}

function listProcesses(): Listed[] {
  if (process.platform === 'linux')
    return readdirSync('/proc')
      .filter((name) => /^\d+$/.test(name))
      .flatMap((name) => statOf(Number(name)) ?? []);
  const text = within(() => execFileSync('ps', ['-A', '-o', 'pid=,ppid=,pgid='], { encoding: 'utf8' })) ?? '';
  return text
    .trim()
    .split('\n')
    .map((line) => line.trim().split(/\s+/).map(Number))
    .map(([pid, parent, group]) => ({ pid, parent, group }));
}

/** `undefined` for what is gone meanwhile. */
function statOf(pid: number): Listed | undefined {
  const text = within(() => readFileSync(`/proc/${pid}/stat`, 'utf8'));
  // pid (name) state ppid pgrp …: the name may hold anything, brackets too.
  const fields = text?.slice(text.lastIndexOf(')') + 2).split(' ');
  return fields && { pid, parent: Number(fields[1]), group: Number(fields[2]) };
}

function kill(pid: number): void {
  within(() => process.kill(pid, 'SIGKILL'));
}

/** Processes end while they are looked at. */
function within<T>(look: () => T): T | undefined {
  try {
    return look();
  } catch {
    return undefined;
  }
}
