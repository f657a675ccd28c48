import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { z } from 'zod';
import { StageError } from '@soliloquy/stage';

/** JSON of a voice has some kilobytes. */
const LARGEST = 16 * 2 ** 20;
const SHOWN = 200;

/**
 * A JSON file of a voice's folder.
 *
 * @throws StageError `model.layout`
 */
export function readVoiceJson<T>(folder: string, name: string, schema: z.ZodType<T>): T {
  const path = join(folder, name);
  const size = statSync(path, { throwIfNoEntry: false })?.size;
  if (size === undefined || size > LARGEST)
    throw voiceLayout(`${name} of at most 16 MiB`, size === undefined ? 'none' : 'more');
  let value: unknown;
  try {
    value = JSON.parse(readFileSync(path, 'utf8'));
  } catch (cause) {
    throw voiceLayout(`${name} to be JSON`, (cause as Error).message);
  }
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw voiceLayout(`${name} with ${issue.path.map(String).join('.') || 'fields'} right`, issue.message);
}

/** A folder that is not laid out as its kind of voices must be. */
export function voiceLayout(expected: string, got: string): StageError {
  const remedy = 'put the files of the voice there as its makers publish them';
  return new StageError({ code: 'model.layout', where: 'text-to-speech.model', expected, got, remedy });
}

/** Names of files in a folder that end so, sorted. */
export function filesEnding(folder: string, ending: string): string[] {
  return existsSync(folder)
    ? readdirSync(folder)
        .filter((name) => name.endsWith(ending))
        .sort()
    : [];
}

/** Where makers of voices say under which licence they are. */
const TOLD_IN = ['MODEL_CARD', 'LICENSE', 'LICENSE.md', 'LICENSE.txt', 'README.md'];

/** What the files beside a voice say of its licence, in one line; `undefined` where they say nothing. */
export function licenceOf(folder: string): string | undefined {
  for (const name of TOLD_IN) {
    const path = join(folder, name);
    if ((statSync(path, { throwIfNoEntry: false })?.size ?? LARGEST) >= LARGEST) continue;
    const lines = readFileSync(path, 'utf8').split('\n');
    const line = lines.find((each) => /licen[cs]e/i.test(each)) ?? (name.startsWith('LICENSE') ? lines[0] : undefined);
    if (line !== undefined && line.trim() !== '')
      return line
        .replace(/^[#*\-\s]+/, '')
        .trim()
        .slice(0, SHOWN);
  }
  return undefined;
}
