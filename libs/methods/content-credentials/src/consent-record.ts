import { chmod, readFile } from 'node:fs/promises';
import { z } from 'zod';
import { writeFileAtomically } from '@soliloquy/artifacts';
import { consentSchema, type Consent } from './statement.ts';

/** What was said once, by digest of the picture, voice or avatar that it is about. */
const recordSchema = z.record(z.string(), consentSchema);

/** Who agreed to be shown and heard, as a person said it once: a file of theirs alone, for every project. */
export class ConsentRecord {
  readonly #path: string;

  /** @param path of a JSON file; it need not be there */
  constructor(path: string) {
    this.#path = path;
  }

  /**
   * Who agreed to be shown and heard: as is given, as was said of all of these before, or as whoever is asked now says.
   * Whatever is said is remembered for these digests.
   *
   * @param digests of pictures, voices and avatars that go in; none where all is painted
   * @param ask left out: nobody is asked
   * @returns `undefined` where nobody said anything
   */
  async settle(
    digests: readonly string[],
    given?: Consent,
    ask?: () => Promise<Consent | undefined>,
  ): Promise<Consent | undefined> {
    if (digests.length === 0) return undefined;
    const before = await this.#read();
    const isKnown = digests.every((digest) => before[digest] !== undefined);
    if (given === undefined && isKnown) return before[digests[0]];
    const said = given ?? (await ask?.());
    if (said === undefined) return undefined;
    // Read anew: another may have answered while this person was asked.
    const now = ask === undefined ? before : await this.#read();
    await this.#write({ ...now, ...Object.fromEntries(digests.map((digest) => [digest, said])) });
    return said;
  }

  /** Forgets what was said of pictures and voices. @returns of how many */
  async withdraw(digests: ReadonlySet<string>): Promise<number> {
    const before = await this.#read();
    const kept = Object.entries(before).filter(([digest]) => !digests.has(digest));
    const withdrawn = Object.keys(before).length - kept.length;
    if (withdrawn > 0) await this.#write(Object.fromEntries(kept));
    return withdrawn;
  }

  async #read(): Promise<z.infer<typeof recordSchema>> {
    return readFile(this.#path, 'utf8').then(
      (text) => recordSchema.catch({}).parse(JSON.parse(text)),
      () => ({}),
    );
  }

  async #write(record: z.infer<typeof recordSchema>): Promise<void> {
    await writeFileAtomically(this.#path, `${JSON.stringify(record, null, 2)}\n`);
    await chmod(this.#path, 0o600);
  }
}
