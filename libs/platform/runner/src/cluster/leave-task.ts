import { persistently } from '@soliloquy/artifacts/nats';
import type { Cluster } from './cluster.ts';
import { STREAMS, subjects, workSubject } from './names.ts';
import type { TaskStates } from './task-states.ts';

/** One run less that wants a task; without any it is taken out of the queue, and stopped where it runs. */
export async function leaveTask(cluster: Cluster, states: TaskStates, id: string, run: string): Promise<void> {
  let capability: string | undefined;
  // Whoever asks for the task as soon as nobody wanted it puts it behind this into the queue: that is not ours to take
  // out.
  const { state: queue } = await persistently(() => cluster.manager.streams.info(STREAMS.work), cluster.closing);
  const left = await states.change(id, (state) => {
    capability = undefined;
    if (state.state !== 'queued' && state.state !== 'running') return undefined;
    if (!state.runs.includes(run)) return undefined;
    capability = state.capability;
    const runs = state.runs.filter((each) => each !== run);
    return runs.length > 0 ? { ...state, runs } : null;
  });
  if (left !== undefined || capability === undefined) return;
  cluster.connection.publish(subjects.stop(id));
  const filter = workSubject(capability, id);
  await persistently(
    () => cluster.manager.streams.purge(STREAMS.work, { filter, seq: queue.last_seq + 1 }),
    cluster.closing,
  );
}

/** A run less that wants anything. */
export async function leaveAll(cluster: Cluster, states: TaskStates, run: string): Promise<void> {
  for await (const { id, state } of states.all())
    if ('runs' in state && state.runs.includes(run)) await leaveTask(cluster, states, id, run);
}
