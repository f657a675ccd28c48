import { Refused } from '../gateway/client.ts';
import type { Notices } from '../notices.svelte.ts';

/** Does what the gateway may refuse; a refusal is said in a notice. */
export async function saidOf(notices: Notices, work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (thrown) {
    if (!(thrown instanceof Refused)) throw thrown;
    notices.warn(thrown.message);
  }
}
