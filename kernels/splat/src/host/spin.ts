/**
 * How long a thread looks before it sleeps: as long as a fit does other things between two calls. Waking it takes 0.05
 * to 0.15 ms, and a job may be as short.
 */
const SPIN_MS = 2;

/**
 * Where there is one (V8 13.6, not in the types of ES2024): tells the core that this is a loop that waits, so that its
 * other thread gets on.
 */
const { pause } = Atomics as { pause?: () => void };

/** Looks again and again, for a short while, until `waiting` is over. */
export function spin(waiting: () => boolean): void {
  if (!waiting()) return;
  const end = performance.now() + SPIN_MS;
  do {
    for (let i = 0; i < 100; i++) {
      if (!waiting()) return;
      pause?.();
    }
  } while (performance.now() < end);
}
