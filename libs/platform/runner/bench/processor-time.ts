import { readdirSync, readFileSync } from 'node:fs';

/** Of a tick of `/proc`. */
const TICK_MS = 10;

/**
 * Processor time of a process and of all that it started and that lives, or that it waited for, so far. Linux. @returns
 * ms
 */
export function processorMs(pid: number): number {
  const processes = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => {
      try {
        const fields = readFileSync(`/proc/${name}/stat`, 'utf8').split(') ')[1].split(' ');
        // ppid; utime, stime, cutime, cstime
        return [
          {
            pid: Number(name),
            parent: Number(fields[1]),
            ticks: fields.slice(11, 15).reduce((sum, field) => sum + Number(field), 0),
          },
        ];
      } catch {
        return [];
      }
    });
  const found = [pid];
  for (const at of found) found.push(...processes.filter(({ parent }) => parent === at).map((each) => each.pid));
  return TICK_MS * processes.filter((each) => found.includes(each.pid)).reduce((sum, { ticks }) => sum + ticks, 0);
}
