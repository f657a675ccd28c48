import { delimiter, isAbsolute, join } from 'node:path';
import type { FoundCheckout, StageContext } from '@soliloquy/stage';
import { launch } from './launch.ts';
import { ProgressReader } from './progress-line.ts';

/** A command of a foreign system. */
export interface CheckoutRun {
  /** What messages call it. */
  readonly where: string;
  readonly checkout: FoundCheckout;
  /** Program and arguments, as its documentation writes them. */
  readonly command: readonly [string, ...string[]];
  /** Variables that its documentation sets. */
  readonly environment?: Readonly<Record<string, string>>;
  /** The folder of the task. */
  readonly task: string;
  /** Which part of how many commands of the task it is, for progress. */
  readonly part?: { readonly index: number; readonly of: number };
}

/** Variables of this machine that every system gets: none says who the person is, and none is a secret. */
const PASSED = ['HOME', 'LANG', 'LC_ALL', 'TMPDIR', 'CUDA_HOME', 'LD_LIBRARY_PATH', 'HF_HOME', 'HF_HUB_OFFLINE'];

/**
 * Runs a command of a foreign system in its checkout, on the card that the task was given. Bars that it draws become
 * progress of the task, everything else that it writes is logged.
 *
 * @throws as `launch`
 */
export async function runInCheckout(run: CheckoutRun, ctx: StageContext): Promise<void> {
  const { where, checkout, command, task, part = { index: 0, of: 1 } } = run;
  const [program, ...args] = command;
  const reader = new ProgressReader();
  const line = (text: string): void => {
    const said = reader.read(text);
    if (said !== undefined)
      ctx.progress(part.index * said.total + said.done, part.of * said.total, said.note ?? checkout.name);
    else if (text.trim() !== '') ctx.log(text.trim().slice(0, SHOWN));
  };
  await launch({
    where,
    program: checkoutProgram(checkout, program),
    args,
    folder: checkout.folder,
    task,
    environment: checkoutEnvironment(run, ctx.gpu),
    seconds: checkout.seconds,
    silence: checkout.silence,
    signal: ctx.signal,
    line,
    settings: `systems.${checkout.name} in your configuration`,
  });
}

/** Characters of a line that are logged. */
const SHOWN = 500;

/** A program by the folder of programs that the configuration names. */
export function checkoutProgram({ bin }: FoundCheckout, program: string): string {
  return bin === undefined || isAbsolute(program) ? program : join(bin, program);
}

/** All variables that a program of a checkout gets. */
export function checkoutEnvironment(
  { checkout, environment }: Pick<CheckoutRun, 'checkout' | 'environment'>,
  gpu: StageContext['gpu'],
): Record<string, string> {
  const path = process.env.PATH ?? '';
  const names = [...PASSED, ...checkout.environment];
  const passed = names.flatMap((name) => {
    const value = process.env[name];
    return value === undefined ? [] : [[name, value] as const];
  });
  return {
    PATH: checkout.bin === undefined ? path : `${checkout.bin}${delimiter}${path}`,
    // Lines come as they are written, not when a buffer is full.
    PYTHONUNBUFFERED: '1',
    ...Object.fromEntries(passed),
    ...environment,
    // The same numbers as nvidia-smi has, whatever the cards are.
    CUDA_DEVICE_ORDER: 'PCI_BUS_ID',
    CUDA_VISIBLE_DEVICES: gpu === undefined ? '' : String(gpu.index),
  };
}
