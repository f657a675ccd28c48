import { arch, cpus, freemem, platform, totalmem } from 'node:os';
import { availableCores } from './cores.ts';

/** What the computer itself is. */
export interface Machine {
  readonly node: string;
  readonly platform: string;
  readonly arch: string;
  readonly cpu: string;
  /** How many threads can run at once: what the runner hands out. */
  readonly threads: number;
  readonly memoryBytes: number;
  readonly freeBytes: number;
}

/** Asks the operating system; starts nothing. */
export function machine(): Machine {
  return {
    node: process.versions.node,
    platform: platform(),
    arch: arch(),
    cpu: cpus()[0]?.model.trim() ?? 'unknown',
    threads: availableCores(),
    memoryBytes: totalmem(),
    freeBytes: freemem(),
  };
}
