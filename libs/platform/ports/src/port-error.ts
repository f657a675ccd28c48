import type { z } from 'zod';

/**
 * A value that is not what its port takes, or an artifact that is damaged, in the form `where.what: expected …, got …;
 * remedy`. Permanent: the same value fails again.
 */
export class PortError extends Error {
  readonly code: 'port-value' | 'port-artifact';
  override readonly name = 'PortError';

  constructor(code: 'port-value' | 'port-artifact', message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.code = code;
  }
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
  const text = issue.message.replace(/^Invalid input: /, '').replace(', received ', ', got ');
  throw new PortError('port-value', `${place}: ${text}${text.includes(';') ? '' : '; correct it'}`, {
    cause: result.error,
  });
}

/** JSON from bytes or text. */
export function parseJson(source: Uint8Array | string, where: string): unknown {
  try {
    return JSON.parse(typeof source === 'string' ? source : new TextDecoder('utf-8', { fatal: true }).decode(source));
  } catch (cause) {
    throw new PortError(
      'port-value',
      `${where}: expected JSON, got something else (${cause instanceof Error ? cause.message : String(cause)}); correct it`,
      { cause },
    );
  }
}

/** A file of an artifact that must be there. */
export function artifactFile(files: Readonly<Record<string, Uint8Array>>, name: string, where: string): Uint8Array {
  const bytes = files[name];
  if (!bytes)
    throw new PortError(
      'port-artifact',
      `${where}.files: expected ${name}, got ${Object.keys(files).join(', ') || 'none'}; compute it again`,
    );
  return bytes;
}
