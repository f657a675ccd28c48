import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, readlinkSync } from 'node:fs';
import { cpus } from 'node:os';
import { Fault } from '@soliloquy/fault';

/**
 * Cores that the encoder is let see. x264 cuts a picture into as many slices as the thread that opens it may use cores
 * (`sched_getaffinity`), and the codec package has no setting for it. Two, as many as nearly every machine has. More
 * gain little: a film of 512x768 took as long with one as with two, since its colours are converted on one thread.
 */
const CORES = 2;

const STATUS = '/proc/thread-self/status';
/** Of util-linux, by its full path: what a folder calls `taskset` is never run. */
const TASKSET = ['/usr/bin/taskset', '/bin/taskset'].find((path) => process.platform === 'linux' && existsSync(path));

/**
 * How many cores the encoder sees here, on which the bytes of a film depend: two on Linux, whatever the machine has,
 * one where it has no more; elsewhere, and where nobody may choose, all. A quota of processor time does not count.
 */
export function encoderCores(): number {
  const allowed = allowedCores();
  const cores = allowed?.length ?? cpus().length;
  return cores > CORES && allowed !== undefined && mayChoose(allowed) ? CORES : cores;
}

/**
 * Opens an encoder so that it sees some of the cores that this thread may use and no more; what runs in it afterwards
 * may use all. Nothing is done where there are no more.
 *
 * @throws Fault `media.encoder-cores` where the system refuses: its film would be filed as another
 */
export function openOnCores<T>(open: () => T, count = encoderCores()): T {
  const allowed = allowedCores();
  if (allowed === undefined || allowed.length <= count) return open();
  allow(allowed.slice(0, count));
  try {
    return open();
  } finally {
    allow(allowed);
  }
}

/** Numbers of the cores that this thread may use, where the system tells. */
function allowedCores(): number[] | undefined {
  if (process.platform !== 'linux' || !existsSync(STATUS)) return undefined;
  const [, list] = /^Cpus_allowed_list:\s*(\S+)$/m.exec(readFileSync(STATUS, 'utf8')) ?? [];
  return list?.split(',').flatMap((range) => {
    const [first, last = first] = range.split('-').map(Number);
    return Array.from({ length: last - first + 1 }, (_, i) => first + i);
  });
}

let chosen: boolean | undefined;

/** Whether the system lets the cores of a thread be chosen: tried once, by choosing those that it has. */
function mayChoose(allowed: readonly number[]): boolean {
  chosen ??= refusal(allowed) === undefined;
  return chosen;
}

function allow(cores: readonly number[]): void {
  const got = refusal(cores);
  if (got === undefined) return;
  throw new Fault({
    code: 'media.encoder-cores',
    where: 'encode-h264.cores',
    expected: `the cores ${cores.join(', ')} for the thread that opens an encoder`,
    got,
    remedy: 'let taskset choose them (sched_setaffinity)',
  });
}

/** Chooses the cores of this thread. @returns why it could not */
function refusal(cores: readonly number[]): string | undefined {
  if (TASKSET === undefined) return 'no taskset here';
  const thread = readlinkSync('/proc/thread-self').split('/').at(-1);
  const given = ['--cpu-list', '--pid', cores.join(','), `${thread}`];
  const { status, stderr, error } = spawnSync(TASKSET, given, { encoding: 'utf8' });
  return status === 0 ? undefined : (error?.message ?? stderr.trim());
}
