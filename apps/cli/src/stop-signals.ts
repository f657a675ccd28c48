/** What tells a command to stop: the keyboard, a supervisor, a terminal that closed. */
export const STOP_SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/**
 * Calls `stop` when the process is gone that handed over to this one: an older Node, see `bin/soliloquy.js`. Keeps the
 * process alive for nothing.
 */
export function whenHandingOverEnds(stop: () => void): void {
  if (process.env.SOLILOQUY_PARENT !== 'channel' || !process.channel) return;
  process.once('disconnect', stop);
  process.channel.unref();
}
