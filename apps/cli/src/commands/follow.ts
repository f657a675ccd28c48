import { dirname } from 'node:path';
import { RECORD_FILE } from '@soliloquy/graph/limits';
import type { RunEvent, RunSummary } from '@soliloquy/runner';
import { followRun, listRuns, openCluster } from '@soliloquy/runner/cluster';
import { neededAccess } from '../cluster-access.ts';
import { EXIT, exitCodeOf } from '../exit-code.ts';
import { parseOptions } from '../parse-options.ts';
import { complain, print } from '../print.ts';
import { chooseShow } from '../run-document.ts';
import { closingLines } from '../show.ts';
import { STOP_SIGNALS } from '../stop-signals.ts';
import { UsageError } from '../usage-error.ts';

/** `soliloquy follow [RUN] --nats URL`: from its first event to its last, whatever came between. */
export async function execute(args: readonly string[]): Promise<number> {
  const options = parseOptions('follow', args, [0, 1]);
  const cluster = await openCluster(neededAccess('follow', options), 'follow');
  const stop = new AbortController();
  for (const signal of STOP_SIGNALS) process.once(signal, () => stop.abort());
  try {
    const runs = await listRuns(cluster);
    const run = options.positionals[0] ?? runs[0]?.run;
    if (run === undefined || !runs.some((record) => record.run === run))
      throw new UsageError({
        code: 'usage.call',
        where: 'soliloquy follow',
        expected: 'a run of this cluster',
        got: run === undefined ? 'none there' : `"${run}"`,
        remedy: `known are ${
          runs
            .map((record) => record.run)
            .slice(0, 5)
            .join(', ') || 'none'
        }`,
      });
    const show = chooseShow(options.flag('json'), '');
    const heard: RunEvent[] = [];
    try {
      for await (const event of followRun(cluster, run, stop.signal)) {
        show.event(event);
        if (event.type !== 'task-progress' && event.type !== 'task-scalar') heard.push(event);
      }
      const summary = summaryOf(heard);
      if (summary === undefined) return EXIT.cancelled;
      show.close();
      const record = heard.findLast((event) => event.type === 'run-finished')?.record ?? RECORD_FILE;
      if (!options.flag('json'))
        for (const line of closingLines(
          summary,
          { size: sizeOf(heard), expect: [] },
          dirname(record),
          (_style, words) => words,
        ))
          print(`${line}\n`);
      for (const event of heard) if (event.type === 'task-failed') complain(`${event.message}\n`);
      return exitCodeOf(summary.status);
    } finally {
      show.close();
    }
  } finally {
    await cluster.close();
  }
}

function sizeOf(events: readonly RunEvent[]): string {
  return events.find((event) => event.type === 'run-started')?.size ?? 'this size';
}

/** What a run came to, as far as its events tell; `undefined` before its end. */
function summaryOf(events: readonly RunEvent[]): RunSummary | undefined {
  const last = events.findLast((event) => event.type === 'run-finished');
  if (last === undefined) return undefined;
  const { run, status, seconds, executed, cached } = last;
  return {
    run,
    status,
    seconds,
    executed,
    cached,
    failures: events.flatMap((event) => (event.type === 'task-failed' ? [event] : [])),
    expectations: events.flatMap((event) => (event.type === 'expectation' ? [event.row] : [])),
    outputs: events.flatMap((event) => (event.type === 'output-written' ? [event] : [])),
    metrics: {},
    tasks: [],
  };
}
