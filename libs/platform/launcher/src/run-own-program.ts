import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { StageContext } from '@soliloquy/stage';
import { findResult } from './find-result.ts';
import type { ForeignSystem } from './foreign-system.ts';
import { runInCheckout } from './run-in-checkout.ts';

/** How a program of a person's own is called. */
export interface OwnProgramRun {
  /** What messages call it. */
  readonly where: string;
  readonly system: ForeignSystem;
  /** Without the output. */
  readonly args: readonly string[];
  /** Ending of the file that it leaves, e.g. `.wav`. */
  readonly ending: string;
}

/**
 * Runs `run …args --seed N --output FILE` of a person's own program, and reads what it left.
 *
 * @throws as `launch` and `findResult`
 */
export async function runOwnProgram(run: OwnProgramRun, ctx: StageContext): Promise<Uint8Array> {
  const { where, system, args, ending } = run;
  const checkout = await ctx.checkout(system.name);
  const task = await ctx.scratch();
  const name = `made${ending}`;
  const output = ['--seed', String(ctx.seed), '--output', join(task, name)];
  await runInCheckout({ where, checkout, command: [join(checkout.folder, 'run'), ...args, ...output], task }, ctx);
  const { path } = await findResult({ where, folder: task, patterns: [name], elsewhere: [`*${ending}`] });
  return new Uint8Array(await readFile(path));
}
