/** How long a thread looks before it sleeps. Waking one takes 50 µs and more, as long as a small job; the gaps between the jobs of one call are shorter than this. */
const SPIN_MS = 0.3;

/** Looks again and again, for a short while, until `waiting` is over. */
export function spin(waiting: () => boolean): void {
  if (!waiting()) return;
  const end = performance.now() + SPIN_MS;
  do {
    for (let i = 0; i < 100; i++) if (!waiting()) return;
  } while (performance.now() < end);
}
