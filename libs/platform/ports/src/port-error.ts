import type { z } from 'zod';
import { Fault } from '@soliloquy/fault';

/** A value that is not what its port takes, or an artifact that is damaged. Permanent: the same value fails again. */
export class PortError extends Fault<'port.value' | 'port.artifact'> {
  override readonly name = 'PortError';
}

/**
 * Checks a value against its port's schema.
 *
 * @param where what the message calls the value
 * @throws PortError that names the first thing that is wrong
 */
export function parseValue<T>(schema: z.ZodType<T>, value: unknown, where: string): T {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const issue = result.error.issues[0];
  const place = [where, ...issue.path.map(String)].join('.');
  throw new PortError({ code: 'port.value', where: place, ...wordsOf(issue.message) }, { cause: result.error });
}

/** Schemas write `expected …, got …[; remedy]`, zod `Invalid input: expected …, received …`. */
function wordsOf(message: string): { expected: string; got: string; remedy: string } {
  const [body, remedy = 'correct it'] = message.replace(/^Invalid input: /, '').split(/; (?=[^;]*$)/s);
  const [expected, got = 'another value'] = body.replace(/^expected /, '').split(/, (?:got|received) (.*)/s);
  return { expected, got, remedy };
}

/** JSON from bytes or text. */
export function parseJson(source: Uint8Array | string, where: string): unknown {
  try {
    return JSON.parse(
      typeof source === 'string'
        ? source.replace(/^\uFEFF/, '')
        : new TextDecoder('utf-8', { fatal: true }).decode(source),
    );
  } catch (cause) {
    throw new PortError(
      {
        code: 'port.value',
        where,
        expected: 'JSON',
        got: `something else (${cause instanceof Error ? cause.message : String(cause)})`,
        remedy: 'correct it',
      },
      { cause },
    );
  }
}

/** A file of an artifact that must be there. */
export function artifactFile(files: Readonly<Record<string, Uint8Array>>, name: string, where: string): Uint8Array {
  const bytes = files[name];
  if (!bytes)
    throw new PortError({
      code: 'port.artifact',
      where: `${where}.files`,
      expected: name,
      got: Object.keys(files).join(', ') || 'none',
      remedy: 'compute it again',
    });
  return bytes;
}
