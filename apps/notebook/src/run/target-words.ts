import type { Target } from '@soliloquy/gateway/protocol';

/** What of the graph is run, in words. */
export function targetWords(target: Target): string {
  return target.kind === 'all' ? 'whole graph' : target.kind === 'to' ? `up to ${target.node}` : `from ${target.node}`;
}
