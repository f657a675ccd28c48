import { readFileSync, statSync } from 'node:fs';
import type { z } from 'zod';
import { StageError } from '@soliloquy/stage';

/** JSON of a model is small; tokenizers have some megabytes. */
const LARGEST_MIB = 64;

/** Whose folder it is, and what makes it right. */
export interface ModelLayout {
  readonly where: string;
  readonly remedy: string;
}

/** A folder that is not laid out as its kind of models must be. */
export function layoutFault(about: ModelLayout, expected: string, got: string): StageError {
  return new StageError({ code: 'model.layout', ...about, expected, got });
}

/**
 * A JSON file of a model's folder.
 *
 * @param missing what stands for a file that is not there; without it that is a fault
 * @throws StageError `model.layout`
 */
export function readModelJson<T>(path: string, schema: z.ZodType<T>, about: ModelLayout, missing?: unknown): T {
  const name = path.split(/[/\\]/).slice(-2).join('/');
  const size = statSync(path, { throwIfNoEntry: false })?.size;
  if (size === undefined && missing === undefined) throw layoutFault(about, name, 'none');
  const own = { ...about, where: `${about.where}: ${name}` };
  if (size !== undefined && size > LARGEST_MIB * 2 ** 20)
    throw layoutFault(own, `a file of at most ${LARGEST_MIB} MiB`, `${size} bytes`);
  let value: unknown = missing;
  try {
    if (size !== undefined) value = JSON.parse(readFileSync(path, 'utf8'));
  } catch (cause) {
    throw layoutFault(own, 'JSON', (cause as Error).message);
  }
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw layoutFault(own, `its field ${issue.path.map(String).join('.') || '(all)'} right`, issue.message);
}
