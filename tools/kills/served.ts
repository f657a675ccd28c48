import { setTimeout as pause } from 'node:timers/promises';
import type { RunRecord } from '../digests/artifact-digests.ts';
import { soliloquy } from './command.ts';

/** A gateway that may be killed, and a page of it. */
export interface Served {
  /** Asks for a run. @returns its id */
  run(path: string, size: string): Promise<string>;
  /** Lets what an earlier gateway left in the queue go on, and waits for its end. */
  proceed(run: string): Promise<RunRecord>;
  kill(): Promise<void>;
}

interface Entry {
  readonly run: string;
  readonly state: { readonly kind: string; readonly status?: string; readonly message?: string };
}

const LOOK_EVERY_MS = 300;

/** `soliloquy serve` of this repository with a store of its own. */
export async function openServed(store: string): Promise<Served> {
  const command = soliloquy('serve', '--no-open', '--threads', '2', '--store', store);
  const link = new URL((await command.until(/http:\S+/))[0]);
  const entered = await fetch(link, { redirect: 'manual' });
  const cookie = entered.headers.get('set-cookie')?.split(';')[0] ?? '';
  async function ask<T>(path: string, body?: object): Promise<T> {
    const answer = await fetch(new URL(path, link), {
      method: body === undefined ? 'GET' : 'POST',
      body: body === undefined ? undefined : JSON.stringify(body),
      headers: { cookie, origin: link.origin, 'content-type': 'application/json' },
    });
    if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
    return (await answer.json()) as T;
  }
  const stateOf = async (run: string): Promise<Entry['state'] | undefined> =>
    (await ask<{ entries: Entry[] }>('/api/queue')).entries.find((entry) => entry.run === run)?.state;
  return {
    async run(path, size) {
      const { digest } = await ask<{ digest: string }>(`/api/document?path=${encodeURIComponent(path)}`);
      return (await ask<Entry>('/api/runs', { path, digest, size })).run;
    },
    async proceed(run) {
      // One that ended before the kill is in the archive.
      if ((await stateOf(run))?.kind === 'held') await ask(`/api/runs/${run}/proceed`, {});
      for (;;) {
        const state = await stateOf(run);
        if (state === undefined || state.kind === 'ended') {
          if (state !== undefined && state.status !== 'done') throw new Error(`${run}: ${JSON.stringify(state)}`);
          return ask<RunRecord>(`/api/runs/${run}`);
        }
        await pause(LOOK_EVERY_MS);
      }
    },
    async kill() {
      command.child.kill('SIGKILL');
      await command.ended;
    },
  };
}
