import type { StageContext } from '@soliloquy/stage';

/** How much a figure rests on. */
export interface Support {
  readonly count: number;
  /** What is counted, e.g. `windows`. */
  readonly of: string;
  /** From how many on the figure means something. */
  readonly enough: number;
  /** Why, in a few words. */
  readonly why: string;
}

/**
 * A figure with how much it rests on, and with a warning, in the log too, where that is too little.
 *
 * @param at what else it holds at
 */
export function restsOn(
  name: string,
  value: number,
  support: Support,
  { at, ctx }: { readonly at?: string; readonly ctx: Pick<StageContext, 'log'> },
): { readonly value: number; readonly at: string } {
  const { count, of, enough, why } = support;
  const warning = `${count} ${of} are too few: ${name} means something from ${enough} on (${why})`;
  if (count < enough) ctx.log(`warning: ${warning}`);
  return { value, at: [at, count < enough ? `WARNING ${warning}` : `of ${count} ${of}`].filter(Boolean).join(', ') };
}
