import { parseArgs } from 'node:util';
import { parseDuration } from '@soliloquy/runner';
import { counted } from './amount-words.ts';
import { commands, type OptionHelp } from './help.ts';
import { UsageError } from './usage-error.ts';

/** What a command line came to: each option's value, or all of its values where it may be repeated. */
export interface ParsedOptions {
  readonly positionals: readonly string[];
  text(option: string): string | undefined;
  texts(option: string): readonly string[];
  flag(option: string): boolean;
}

/**
 * Reads a command's options and positional arguments.
 *
 * @param count how many positional arguments there may be: at least, at most
 * @throws UsageError for an unknown option, a missing value, or too few or too many arguments
 */
export function parseOptions(
  command: keyof typeof commands,
  args: readonly string[],
  [least, most]: readonly [number, number],
): ParsedOptions {
  const { usage, options }: { usage: string; options: Readonly<Record<string, OptionHelp>> } = commands[command];
  const known = Object.keys(options).map((name) => `--${name}`);
  const { values, positionals } = (() => {
    try {
      const config = Object.fromEntries(
        Object.entries(options).map(([name, { type, multiple, short }]) => [
          name,
          { type, ...(multiple ? { multiple } : {}), ...(short ? { short } : {}) },
        ]),
      );
      return parseArgs({ args: [...args], options: config, allowPositionals: true, strict: true });
    } catch (cause) {
      throw refusal(command, known, cause as Error & { code?: string });
    }
  })();
  if (positionals.length < least || positionals.length > most) {
    const wanted =
      least === most
        ? counted(least, 'argument')
        : most === Infinity
          ? `at least ${least} argument`
          : `${least} to ${most} arguments`;
    throw new UsageError({
      code: 'usage.call',
      where: `soliloquy ${command}`,
      expected: wanted,
      got: positionals.length === 0 ? 'none' : positionals.map((text) => `"${text}"`).join(' '),
      remedy: `usage: ${usage}`,
    });
  }
  return {
    positionals,
    text: (option) => values[option] as string | undefined,
    texts: (option) => (values[option] as string[] | undefined) ?? [],
    flag: (option) => values[option] === true,
  };
}

function refusal(command: string, known: readonly string[], cause: Error & { code?: string }): UsageError {
  const unknown = cause.code === 'ERR_PARSE_ARGS_UNKNOWN_OPTION';
  const options = known.length > 0 ? `an option of it (${known.join(', ')})` : 'no options';
  return new UsageError(
    {
      code: 'usage.call',
      where: `soliloquy ${command}`,
      expected: unknown ? options : 'a value where one belongs and none elsewhere',
      got: `"${/'([^']+)'/.exec(cause.message)?.[1] ?? cause.message}"`,
      remedy: `see soliloquy help ${command}`,
    },
    { cause },
  );
}

/**
 * `['a=b=c']` -> `a` -> `b=c`.
 *
 * @throws UsageError where there is no `=`
 */
export function parseAssignments(option: string, texts: readonly string[]): Map<string, string> {
  return new Map(
    texts.map((text) => {
      const at = text.indexOf('=');
      if (at < 1)
        throw new UsageError({
          code: 'usage.call',
          where: `--${option}`,
          expected: 'NAME=VALUE',
          got: `"${text}"`,
          remedy: `e.g. --${option} line=Hello`,
        });
      return [text.slice(0, at), text.slice(at + 1)];
    }),
  );
}

/** @throws UsageError for what is no seed */
export function parseSeed(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const value = Number(text);
  if (!/^\d+$/.test(text) || value > 0xffffffff)
    throw new UsageError({
      code: 'usage.call',
      where: '--seed',
      expected: 'a whole number from 0 to 4294967295',
      got: `"${text}"`,
      remedy: 'give one',
    });
  return value;
}

/** @throws UsageError for what is no whole number from 0 */
export function parseCount(option: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  if (!/^\d{1,7}$/.test(text))
    throw new UsageError({
      code: 'usage.call',
      where: `--${option}`,
      expected: 'a whole number',
      got: `"${text}"`,
      remedy: 'give one',
    });
  return Number(text);
}

/** How long a task may take, in ms. @throws UsageError for what is no duration */
export function parseTaskDeadline(options: ParsedOptions): number | undefined {
  const text = options.text('task-deadline');
  if (text === undefined) return undefined;
  const ms = parseDuration(text);
  if (ms === undefined)
    throw new UsageError({
      code: 'usage.call',
      where: '--task-deadline',
      expected: 'a time in s, m or h, up to 596h',
      got: `"${text}"`,
      remedy: 'e.g. 90s, 30m or 48h',
    });
  return ms;
}
