import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { z } from 'zod';
import { ConsentRecord, consentSchema, type Consent } from '@soliloquy/content-credentials/seal';
import type { Conversation } from './ask-for-terms.ts';
import { UsageError } from './usage-error.ts';
import { userStateFolder } from './user-folder.ts';

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
export function withdrawConsent(digests: ReadonlySet<string>): Promise<number> {
  return consentsHere().withdraw(digests);
}

/** As `ConsentRecord.settle`, by this person's own record. @param person left out: nobody is asked */
export function settleConsent(
  digests: readonly string[],
  given: Consent | undefined,
  person: Conversation | undefined,
): Promise<Consent | undefined> {
  return consentsHere().settle(digests, given, person && (() => asked(person)));
}

function consentsHere(): ConsentRecord {
  return new ConsentRecord(join(userStateFolder(), 'consents.json'));
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
