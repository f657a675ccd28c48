import { spawn, type ChildProcess } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** A `soliloquy` that may be killed. */
export interface Command {
  readonly child: ChildProcess;
  /** How it ended; `null` when it was killed. */
  readonly ended: Promise<number | null>;
  said(): string;
  /** Resolves with what was found in what it said; rejects when it ends before. */
  until(pattern: RegExp): Promise<RegExpExecArray>;
}

/** Starts the command in the repository. */
export function soliloquy(...args: string[]): Command {
  const child = spawn(process.execPath, [join(ROOT, 'apps/cli/bin/soliloquy.js'), ...args], {
    cwd: ROOT,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let said = '';
  const hearers = new Set<() => void>();
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => {
      said = (said + text).slice(-100_000);
      hearers.forEach((hear) => hear());
    });
  const ended = new Promise<number | null>((resolve) => child.once('exit', (code) => resolve(code)));
  return {
    child,
    ended,
    said: () => said,
    until: (pattern) =>
      new Promise((resolve, reject) => {
        const hear = (): void => {
          const found = pattern.exec(said);
          if (found === null) return;
          hearers.delete(hear);
          resolve(found);
        };
        hearers.add(hear);
        hear();
        void ended.then((code) => reject(new Error(`ended with ${code}: ${said.slice(-500)}`)));
      }),
  };
}

/** The processes that a process started, by its pid. Linux only. */
export function childrenOf(parent: number): number[] {
  return readdirSync('/proc')
    .filter((pid) => /^\d+$/.test(pid))
    .filter((pid) => {
      try {
        const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
        return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]) === parent;
      } catch {
        return false;
      }
    })
    .map(Number);
}
