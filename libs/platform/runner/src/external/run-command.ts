import { launch } from '@soliloquy/launcher';
import type { ExternalBackbone } from './worker-config.ts';

export interface CommandRun {
  /** What messages call it. */
  readonly where: string;
  readonly config: ExternalBackbone & { readonly command: readonly string[] };
  /** Its working folder. */
  readonly folder: string;
  /** What stands for `{name}` in its arguments. */
  readonly paths: Readonly<Record<string, string>>;
  readonly signal: AbortSignal;
  /** Each line that it writes. */
  readonly line: (text: string) => void;
}

/**
 * Runs a configured command to its end: in its folder, with the variables that are named and no others.
 *
 * @throws as `launch`
 */
export async function runCommand({ where, config, folder, paths, signal, line }: CommandRun): Promise<void> {
  const [program, ...rest] = config.command as [string, ...string[]];
  await launch({
    where,
    program,
    args: rest.map((text) => text.replace(/\{(\w+)\}/g, (whole, key: string) => paths[key] ?? whole)),
    folder,
    environment: Object.fromEntries(
      config.environment.flatMap((key) => (process.env[key] === undefined ? [] : [[key, process.env[key]]])),
    ),
    seconds: config.seconds,
    silence: config.silence,
    memoryMiB: config.memoryMiB,
    signal,
    line,
    settings: "the worker's configuration",
  });
}
