import type { JobAnswer, JobMessage } from '../guarded-process.ts';
import { watchOver } from './watch-over.ts';

/**
 * The other side of `GuardedProcess`: does the jobs that come, one after another.
 *
 * @param run must not throw; its answer is copied by structured clone
 */
export function serveJobs(run: (job: unknown) => Promise<unknown>): void {
  const allow = watchOver(Number(process.argv[2]));
  process.on('disconnect', () => process.exit(0));
  // A terminal sends Ctrl-C to every process of the group: the parent says when this one ends.
  process.on('SIGINT', () => {});
  const tell = (answer: JobAnswer): void => void process.send?.(answer);
  process.on('message', async ({ id, job, mebibytes }: JobMessage) => {
    tell({ id, begun: true });
    allow(mebibytes);
    const value = await run(job);
    allow(0);
    tell({ id, value });
  });
}
