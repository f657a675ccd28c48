import { chmod, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { z } from 'zod';
import { writeFileAtomically } from '@soliloquy/artifacts';
import { consentSchema, type Consent } from '@soliloquy/content-credentials/seal';
import type { Conversation } from './ask-for-terms.ts';
import { UsageError } from './usage-error.ts';
import { userStateFolder } from './user-folder.ts';

/** What was said once, by digest of the picture, voice or avatar that it is about. */
const recordSchema = z.record(z.string(), consentSchema);

/** @throws UsageError where the file of `--consent` is none */
export async function readConsent(path: string): Promise<Consent> {
  try {
    return consentSchema.parse(JSON.parse(await readFile(path, 'utf8')));
  } catch (cause) {
    throw new UsageError(
      {
        code: 'usage.call',
        where: '--consent',
        expected: 'a file {"who": "Ada", "to": "what they agreed to"}',
        got: cause instanceof z.ZodError ? cause.issues[0].message : (cause as Error).message,
        remedy: 'correct it',
      },
      { cause },
    );
  }
}

/** Forgets what was said of pictures and voices. @returns of how many */
export async function withdrawConsent(digests: ReadonlySet<string>): Promise<number> {
  const before = await readRecord();
  const kept = Object.entries(before).filter(([digest]) => !digests.has(digest));
  const withdrawn = Object.keys(before).length - kept.length;
  if (withdrawn > 0) await writeRecord(Object.fromEntries(kept));
  return withdrawn;
}

/**
 * Who agreed to be shown and heard: as `--consent` says, as was said of all of these before, or as a person says who is
 * asked now, once. Whatever is said is remembered for these digests.
 *
 * @param digests of pictures, voices and avatars that go in; none where all is painted
 * @param person left out: nobody is asked
 * @returns `undefined` where nobody said anything
 */
export async function settleConsent(
  digests: readonly string[],
  given: Consent | undefined,
  person: Conversation | undefined,
): Promise<Consent | undefined> {
  if (digests.length === 0) return undefined;
  const before = await readRecord();
  const known = digests.map((digest) => before[digest]).find((said) => said !== undefined);
  const isKnown = digests.every((digest) => before[digest] !== undefined);
  const said = given ?? (isKnown ? known : person === undefined ? undefined : await asked(person));
  if (said !== undefined && !(given === undefined && isKnown)) {
    await writeRecord({ ...before, ...Object.fromEntries(digests.map((digest) => [digest, said])) });
  }
  return said;
}

async function readRecord(): Promise<z.infer<typeof recordSchema>> {
  return readFile(recordPath(), 'utf8').then(
    (text) => recordSchema.catch({}).parse(JSON.parse(text)),
    () => ({}),
  );
}

async function writeRecord(record: z.infer<typeof recordSchema>): Promise<void> {
  await writeFileAtomically(recordPath(), `${JSON.stringify(record, null, 2)}\n`);
  await chmod(recordPath(), 0o600);
}

function recordPath(): string {
  return join(userStateFolder(), 'consents.json');
}

/** An empty answer says nothing, like the end of the input. */
async function asked({ input, output }: Conversation): Promise<Consent | undefined> {
  output.write('Films are made only of people who agreed to it. It is asked once for this picture and this voice.\n');
  const lines = createInterface({ input, output, terminal: false });
  const answers: string[] = [];
  for (const question of ['Who agreed to be shown and heard (Enter: nobody said)? ', 'To what? ']) {
    const answer = await new Promise<string>((resolve) => {
      lines.once('close', () => resolve(''));
      lines.question(question, resolve);
    });
    if (answer.trim() === '') break;
    answers.push(answer.trim());
  }
  lines.close();
  const parsed = consentSchema.safeParse({ who: answers[0], to: answers[1] });
  return parsed.success ? parsed.data : undefined;
}
