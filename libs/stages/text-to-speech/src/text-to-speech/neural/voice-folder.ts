import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { z } from 'zod';
import { layoutFault, readModelJson } from '@soliloquy/models';
import type { StageError } from '@soliloquy/stage';

/** What says a licence is a page at most. */
const LARGEST = 16 * 2 ** 20;
const SHOWN = 200;

const VOICE = {
  where: 'text-to-speech.model',
  remedy: 'put the files of the voice there as its makers publish them',
};

/**
 * A JSON file of a voice's folder.
 *
 * @throws StageError `model.layout`
 */
export function readVoiceJson<T>(folder: string, name: string, schema: z.ZodType<T>): T {
  return readModelJson(join(folder, name), schema, VOICE);
}

/** A folder that is not laid out as its kind of voices must be. */
export function voiceLayout(expected: string, got: string): StageError {
  return layoutFault(VOICE, expected, got);
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

/** What the files beside a voice say of its licence, in one line. */
export function licenceOf(folder: string): string {
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
  return 'its files say nothing of a licence';
}
