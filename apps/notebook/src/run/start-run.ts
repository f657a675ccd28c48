import type { Target } from '@soliloquy/gateway/protocol';
import { Refused } from '../gateway/client.ts';
import type { OpenGraph } from '../graph/open-graph.svelte.ts';
import type { Notebook } from '../notebook.svelte.ts';

/** Saves what is not saved yet and queues a run of it; what stands in the way is said in a notice. */
export async function startRun(notebook: Notebook, open: OpenGraph, target: Target, resume = false): Promise<void> {
  try {
    await open.document.flush();
    if (!open.document.isSaved) {
      notebook.notices.warn('Not started: what runs is the file, and it could not be saved. Settle that first.');
      return;
    }
    const entry = await open.runs.start({
      path: open.document.path,
      digest: open.document.digest,
      size: open.size,
      target,
      resume,
    });
    // That it started is told by the run itself: where all is cached it has ended before this answer comes.
    if (entry.state.kind === 'waiting') notebook.notices.announce('Run queued');
  } catch (thrown) {
    if (!(thrown instanceof Refused)) throw thrown;
    notebook.notices.warn(thrown.errors[0]?.message ?? thrown.message);
  }
}
